"""How long what is due has been waiting: the sign that nobody drains."""

from sqlalchemy import Connection, Select, func, literal, select, union_all

from connectors.database.inbox import deliveries_due
from connectors.database.operation.counts import ORDER_STEPS, OUTBOX_STAGES
from connectors.database.orders.claims import orders_due_for
from connectors.database.outbox.queue import messages_due_for
from connectors.database.session import now_ms
from connectors.database.tables import inbox, orders, outbox


def oldest_due_seconds(conn: Connection) -> dict[str, float]:
    """For each stage the seconds since its oldest due row fell due; 0 where nothing is due."""
    now = now_ms(conn)
    oldest = [_oldest("inbox", select(inbox.c.next_at).where(deliveries_due(now)))]
    oldest += [_oldest(name, select(orders.c.next_at).where(orders_due_for(name, now))) for name in ORDER_STEPS]
    oldest += [_oldest(name, select(outbox.c.next_at).where(messages_due_for(name, now))) for name in OUTBOX_STAGES]
    # Rows due "at once" have next_at 0, of which no age can be told.
    return {name: (now - at) / 1000 if at else 0.0 for name, at in conn.execute(union_all(*oldest))}


def _oldest(name: str, due: Select) -> Select:
    rows = due.subquery()
    return select(literal(name), func.min(rows.c.next_at)).where(rows.c.next_at > 0)
