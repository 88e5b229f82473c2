"""Deliveries: stored once before they are acknowledged, and read later."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, literal_column, update

from connectors.database.session import Database, now_ms
from connectors.database.statements.batch import insert_one, storable
from connectors.database.statements.claims import FREE, NOW, Time, claim, claiming, due
from connectors.database.statements.identifiers import new_id
from connectors.database.statements.lists import among
from connectors.database.tables import inbox

_UNREAD = inbox.c.state == literal_column("'new'")
_SETTLE = update(inbox).where(inbox.c.id == bindparam("delivery"), _UNREAD).values(FREE)
_SETTLE_MANY = update(inbox).where(among(inbox.c.id, "deliveries"), _UNREAD).values(FREE)
_READ = {"state": "done", "body": b"", "last_error": ""}


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


def deliveries_due(now: Time) -> ColumnElement[bool]:
    """The deliveries that want to be read now and are leased to nobody."""
    return due(inbox, now, _UNREAD)


_COLUMNS = ("id", "next_at", "source", "topic", "external_id", "body", "attempts", "received_at")
_CLAIM = claiming(inbox, deliveries_due(NOW), [inbox.c[name] for name in _COLUMNS])


def claim_inbox(db: Database, owner: str, *, limit: int = 200, lease_seconds: float = 60) -> list[InboxRow]:
    """Leases up to `limit` deliveries, oldest first, in a transaction of its own."""
    with db.write() as conn:
        taken = claim(conn, _CLAIM, owner=owner, now=now_ms(conn), lease_seconds=lease_seconds, limit=limit)
    return [_row(row) for row in taken]


def finish_inbox(conn: Connection, row_id: str, note: str = "") -> None:
    """Marks a delivery as read, in the same commit as what it brought; `note` says what that was."""
    _settle(conn, row_id, **_READ, note=note)


def finish_inbox_batch(conn: Connection, row_ids: Iterable[str], note: str = "") -> None:
    """Marks many deliveries as read."""
    if read := list(row_ids):
        conn.execute(_SETTLE_MANY, {"deliveries": read, **_READ, "note": note})


def retry_inbox(conn: Connection, row_id: str, error: str, wait_seconds: float) -> None:
    """Puts a delivery back, to be read again after the wait."""
    next_at = now_ms(conn) + round(wait_seconds * 1000)
    _settle(conn, row_id, next_at=next_at, last_error=storable(error))


def bury_inbox(conn: Connection, row_id: str, error: str) -> None:
    """Takes a delivery that cannot be read out of the queue and keeps it for a person."""
    _settle(conn, row_id, state="dead", last_error=storable(error))


def _settle(conn: Connection, row_id: str, **values: Any) -> None:
    conn.execute(_SETTLE, {"delivery": row_id, **values})


def _row(row: Any) -> InboxRow:
    return InboxRow(row.id, row.source, row.topic, row.external_id, row.body, row.attempts, row.received_at)
