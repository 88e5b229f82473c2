"""The timeline of an order: who did what, and when. Nothing here can be changed or deleted."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from connectors.database.statements.lists import among
from connectors.database.tables import order_event

_OF_ORDER = select(order_event).where(order_event.c.order_id == bindparam("order")).order_by(order_event.c.seq)
_ACTORS = (
    select(order_event.c.order_id, order_event.c.actor_id)
    .where(among(order_event.c.order_id, "order_ids"), order_event.c.kind == bindparam("looked_for"))
    .order_by(order_event.c.seq)
)


@dataclass(frozen=True)
class EventRow:
    """One event; `seq` is the version of the order it made. `from_status` is None for the first."""

    seq: int
    kind: str
    from_status: str | None
    to_status: str
    actor: str
    note: str
    data: Mapping[str, Any] = field(default_factory=dict)
    at_ms: int = 0
    order_id: str = ""

    @property
    def sentence(self) -> str:
        """The change of status as people read it; empty for an event that changed none."""
        moved = self.from_status is not None and self.from_status != self.to_status
        return f"from {self.from_status} to {self.to_status}" if moved else ""


def timeline(conn: Connection, order_id: str) -> list[EventRow]:
    """Everything that happened to the order, in order."""
    return [event_row(row) for row in conn.execute(_OF_ORDER, {"order": order_id})]


def actors_of(conn: Connection, order_ids: Iterable[str], kind: str) -> dict[str, str]:
    """Who was behind the newest event of this kind, by order; an order without one is left out."""
    rows = conn.execute(_ACTORS, {"order_ids": order_ids, "looked_for": kind})
    return {order_id: actor for order_id, actor in rows}


def events_between(
    conn: Connection, from_ms: int, to_ms: int, *, kinds: Sequence[str] = (), limit: int = 10_000
) -> list[EventRow]:
    """The events of all orders from one time up to, but not at, another, in order of time; of some kinds or all."""
    wanted = [order_event.c.occurred_at >= from_ms, order_event.c.occurred_at < to_ms]
    if kinds:
        wanted.append(order_event.c.kind.in_(kinds))
    query = select(order_event).where(*wanted)
    query = query.order_by(order_event.c.occurred_at, order_event.c.order_id, order_event.c.seq).limit(limit)
    return [event_row(row) for row in conn.execute(query)]


def event_row(row: Any) -> EventRow:
    """The event as it is read everywhere."""
    return EventRow(
        seq=row.seq,
        kind=row.kind,
        from_status=row.from_status,
        to_status=row.to_status,
        actor=row.actor_id,
        note=row.note or "",
        data=json.loads(row.data) if row.data else {},
        at_ms=row.occurred_at,
        order_id=row.order_id,
    )
