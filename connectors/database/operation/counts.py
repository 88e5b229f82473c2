"""What is due and what there is, in numbers and in lists for people."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select, func, literal, select, union_all

from connectors.database.inbox import deliveries_due
from connectors.database.orders.claims import orders_due_for
from connectors.database.outbox.queue import messages_due_for
from connectors.database.session import now_ms
from connectors.database.statements.claims import NOW
from connectors.database.tables import inbox, orders, outbox
from orderflow.lifecycle import OrderStatus
from orderflow.money import Money

ORDER_STEPS = ("route", "label")
OUTBOX_STAGES = ("notify", "log", "sync")


@dataclass(frozen=True)
class OrderSummary:
    """One order on a list, without personal data."""

    id: str
    number: str
    source: str
    status: OrderStatus
    step: str
    total: Money
    placed_at_ms: int
    status_at_ms: int
    attempts: int
    last_error: str


def due_counts(conn: Connection) -> dict[str, int]:
    """How many rows each stage could work on now: inbox, route, label, notify, log and sync.

    Counts only what is due, so the cost does not grow with the number of orders.
    """
    return {name: number for name, number in conn.execute(_due_counts(), {"now": now_ms(conn)})}


@cache
def _due_counts() -> CompoundSelect[Any]:
    counts = [_count("inbox", select(inbox.c.id).where(deliveries_due(NOW)))]
    counts += [_count(name, select(orders.c.id).where(orders_due_for(name, NOW))) for name in ORDER_STEPS]
    counts += [_count(name, select(outbox.c.id).where(messages_due_for(name, NOW))) for name in OUTBOX_STAGES]
    return union_all(*counts)


def order_counts(conn: Connection) -> dict[OrderStatus, int]:
    """How many orders stand at each status; a status without orders is left out."""
    query = select(orders.c.status, func.count()).group_by(orders.c.status)
    return {OrderStatus(status): number for status, number in conn.execute(query)}


def list_orders(
    conn: Connection,
    *,
    status: OrderStatus | None = None,
    unchanged_seconds: float | None = None,
    limit: int = 50,
) -> list[OrderSummary]:
    """Orders, newest first; of one status and of a status unchanged for so long, where that is given."""
    query = select(orders)
    if status is not None:
        query = query.where(orders.c.status == status)
    if unchanged_seconds is not None:
        query = query.where(orders.c.status_at <= now_ms(conn) - round(unchanged_seconds * 1000))
    rows = conn.execute(query.order_by(orders.c.placed_at.desc(), orders.c.id.desc()).limit(limit))
    return [
        OrderSummary(
            id=row.id,
            number=row.number,
            source=row.source,
            status=OrderStatus(row.status),
            step=row.step,
            total=Money.from_minor(row.total_minor, row.currency),
            placed_at_ms=row.placed_at,
            status_at_ms=row.status_at,
            attempts=row.attempts,
            last_error=row.last_error,
        )
        for row in rows
    ]


def _count(name: str, due: Select) -> Select:
    return select(literal(name), func.count()).select_from(due.subquery())
