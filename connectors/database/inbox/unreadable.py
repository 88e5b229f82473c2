"""Deliveries nobody could read, kept until a person decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, literal_column, select, update

from connectors.database.inbox.sealing import opened_body
from connectors.database.orders.personal_data import Vault
from connectors.database.session import now_ms
from connectors.database.tables import inbox

_DEAD = inbox.c.state == literal_column("'dead'")


@dataclass(frozen=True)
class DeadLetter:
    """A delivery nobody could read, with the reason."""

    id: str
    source: str
    topic: str
    external_id: str
    error: str
    received_at_ms: int


def dead_letters(conn: Connection, limit: int = 100) -> list[DeadLetter]:
    """The deliveries that wait for a person, oldest first."""
    query = select(inbox).where(_DEAD).order_by(inbox.c.received_at).limit(limit)
    return [
        DeadLetter(row.id, row.source, row.topic, row.external_id, row.last_error, row.received_at)
        for row in conn.execute(query)
    ]


def body_of_letter(conn: Connection, vault: Vault, row_id: str) -> bytes | None:
    """A dead letter as it came; None where there is none of this id."""
    kept = conn.scalar(select(inbox.c.body).where(inbox.c.id == row_id, _DEAD))
    return None if kept is None else opened_body(vault, kept)


def replay_inbox(conn: Connection, row_id: str) -> bool:
    """Puts a dead letter back into the queue; False where it is none."""
    return _revive(conn, row_id, {"state": "new", "attempts": 0, "next_at": now_ms(conn)})


def discard_inbox(conn: Connection, row_id: str) -> bool:
    """Ends a dead letter a person has looked at; its key stays, so it is not taken in again. False where it is none."""
    return _revive(conn, row_id, {"state": "done", "body": b"", "note": "discarded"})


def _revive(conn: Connection, row_id: str, values: Mapping[str, Any]) -> bool:
    return conn.execute(update(inbox).where(inbox.c.id == row_id, _DEAD).values(**values)).rowcount == 1
