"""Finding events again: by order, person, kind, time and words."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, or_, select

from connectors.database.audit.timeline import EventRow, event_row
from connectors.database.tables import order_event, orders


@dataclass(frozen=True)
class Search:
    """What is looked for; what is empty does not narrow. Times are epoch milliseconds, from one up to another.

    `order` is a number or an id of ours, `actor` the beginning of one ("user:"), `words` are in a note or in the data.
    """

    order: str = ""
    actor: str = ""
    kind: str = ""
    words: str = ""
    from_ms: int = 0
    to_ms: int | None = None


def search(conn: Connection, wanted: Search, *, limit: int = 200) -> list[EventRow]:
    """The newest events that fit, newest first."""
    query = select(order_event).where(*_conditions(wanted))
    query = query.order_by(order_event.c.occurred_at.desc(), order_event.c.order_id, order_event.c.seq.desc())
    return [event_row(row) for row in conn.execute(query.limit(limit))]


def _conditions(wanted: Search) -> list[ColumnElement[bool]]:
    events = order_event.c
    found = [events.occurred_at >= wanted.from_ms]
    if wanted.to_ms is not None:
        found.append(events.occurred_at < wanted.to_ms)
    if wanted.order:
        named = select(orders.c.id).where(orders.c.number == wanted.order)
        found.append(or_(events.order_id == wanted.order, events.order_id.in_(named)))
    if wanted.actor:
        found.append(events.actor_id.startswith(wanted.actor, autoescape=True))
    if wanted.kind:
        found.append(events.kind == wanted.kind)
    if wanted.words:
        within = (column.icontains(wanted.words, autoescape=True) for column in (events.note, events.data))
        found.append(or_(*within))
    return found
