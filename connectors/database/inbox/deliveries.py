"""Deliveries: stored once before they are acknowledged, and read later."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, literal_column, update

from connectors.database.session import Database, now_ms
from connectors.database.statements.batch import insert_one, storable
from connectors.database.statements.claims import FREE, claim, due
from connectors.database.statements.identifiers import new_id
from connectors.database.tables import inbox

_UNREAD = inbox.c.state == literal_column("'new'")


@dataclass(frozen=True)
class InboxRow:
    """A delivery to be read. `attempts` counts this one."""

    id: str
    source: str
    topic: str
    external_id: str
    body: bytes = field(repr=False)
    attempts: int
    received_at_ms: int


def receive(
    conn: Connection,
    *,
    source: str,
    topic: str,
    dedup_key: str,
    external_id: str,
    occurred_at_ms: int | None,
    body: bytes,
    unreadable: str = "",
) -> bool:
    """Stores a delivery; False for one that was stored before. Acknowledge only after the commit.

    The body is kept as it is given: hand it in sealed (`sealed_body`). It is emptied once it has been read.
    Where it is known already why nobody can read it, `unreadable` says so and it is a dead letter at once.
    """
    now = now_ms(conn)
    row = {
        "id": new_id(),
        "source": source,
        "topic": storable(topic),
        "dedup_key": storable(dedup_key),
        "external_id": storable(external_id),
        "occurred_at": occurred_at_ms,
        "received_at": now,
        "next_at": now,
        "body": body,
        "state": "dead" if unreadable else "new",
        "last_error": storable(unreadable),
    }
    return insert_one(conn, inbox, row)


def deliveries_due(now: int) -> ColumnElement[bool]:
    """The deliveries that want to be read now and are leased to nobody."""
    return due(inbox, now, _UNREAD)


def claim_inbox(db: Database, owner: str, *, limit: int = 200, lease_seconds: float = 60) -> list[InboxRow]:
    """Leases up to `limit` deliveries, oldest first, in a transaction of its own."""
    columns = [inbox.c[name] for name in ("id", "source", "topic", "external_id", "body", "attempts", "received_at")]
    with db.write() as conn:
        now = now_ms(conn)
        lease_until = now + round(lease_seconds * 1000)
        wanted = deliveries_due(now)
        taken = claim(conn, inbox, wanted, owner=owner, limit=limit, lease_until=lease_until, returning=columns)
    return [_row(row) for row in taken]


def finish_inbox(conn: Connection, row_id: str, note: str = "") -> None:
    """Marks a delivery as read, in the same commit as what it brought; `note` says what that was."""
    _settle(conn, row_id, state="done", body=b"", note=note, last_error="", **FREE)


def finish_inbox_batch(conn: Connection, row_ids: Iterable[str], note: str = "") -> None:
    """Marks many deliveries as read."""
    read = inbox.c.id.in_(list(row_ids)) & _UNREAD
    conn.execute(update(inbox).where(read).values(state="done", body=b"", note=note, last_error="", **FREE))


def retry_inbox(conn: Connection, row_id: str, error: str, wait_seconds: float) -> None:
    """Puts a delivery back, to be read again after the wait."""
    next_at = now_ms(conn) + round(wait_seconds * 1000)
    _settle(conn, row_id, next_at=next_at, last_error=storable(error), **FREE)


def bury_inbox(conn: Connection, row_id: str, error: str) -> None:
    """Takes a delivery that cannot be read out of the queue and keeps it for a person."""
    _settle(conn, row_id, state="dead", last_error=storable(error), **FREE)


def _settle(conn: Connection, row_id: str, **values: Any) -> None:
    conn.execute(update(inbox).where(inbox.c.id == row_id, _UNREAD).values(**values))


def _row(row: Any) -> InboxRow:
    return InboxRow(row.id, row.source, row.topic, row.external_id, row.body, row.attempts, row.received_at)
