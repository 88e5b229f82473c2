"""What people did that belongs to no order: a chain of its own, one for all of them.

Each carries the hash of the one before it, as the events of an order do. Writers take turns, which people can bear.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, text

from connectors.database.session import now_ms
from connectors.database.statements.batch import storable
from connectors.database.tables import operator_action

FIELDS = ("actor_id", "action", "subject", "reason", "occurred_at")


@dataclass(frozen=True)
class ActionRow:
    """Who did what to which thing, when and why."""

    actor: str
    action: str
    subject: str
    reason: str
    at_ms: int


def note_action(conn: Connection, *, actor: str, action: str, subject: str, reason: str) -> None:
    """Notes what a person did, in the commit of the doing."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("LOCK TABLE operator_action IN SHARE ROW EXCLUSIVE MODE"))
    newest = select(operator_action.c.hash).order_by(operator_action.c.id.desc()).limit(1)
    previous = conn.scalar(newest) or ""
    row: dict[str, Any] = {"actor_id": actor, "action": action, "subject": storable(subject)}
    row |= {"reason": storable(reason), "occurred_at": now_ms(conn)}
    conn.execute(insert(operator_action), [row | {"previous_hash": previous, "hash": _hash_of(row, previous)}])


def actions(conn: Connection, *, limit: int = 200) -> list[ActionRow]:
    """What people did, newest first."""
    rows = conn.execute(select(operator_action).order_by(operator_action.c.id.desc()).limit(limit))
    return [ActionRow(row.actor_id, row.action, row.subject, row.reason, row.occurred_at) for row in rows]


def broken_actions(conn: Connection) -> Iterator[tuple[str, str]]:
    """The actions at which the chain does not add up, with what is wrong."""
    previous = ""
    for row in conn.execute(select(operator_action).order_by(operator_action.c.id)):
        where = f"operator action {row.id}"
        if row.previous_hash != previous:
            yield where, "it does not follow the action before it"
        if row.hash != _hash_of(row._asdict(), row.previous_hash):
            yield where, "its fields are not those its hash was made of"
        previous = row.hash


def _hash_of(row: Mapping[str, Any], previous: str) -> str:
    words = json.dumps([previous, *(row[name] for name in FIELDS)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(words.encode()).hexdigest()
