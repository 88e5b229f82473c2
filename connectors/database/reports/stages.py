"""How long orders stayed in each status, from the audit trail."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from connectors.database.session import now_ms
from connectors.database.tables import order_event, orders
from orderflow.lifecycle import OrderStatus
from orderflow.reports import Stay


def stays_since(conn: Connection, since_ms: int) -> Iterator[Stay]:
    """Every stay of the orders received since then; one that is not over lasts until now."""
    events = order_event.c
    mine = order_event.join(orders, events.order_id == orders.c.id)
    query = select(events.order_id, events.to_status, events.occurred_at).select_from(mine)
    query = query.where(orders.c.received_at >= since_ms).order_by(events.order_id, events.seq)
    now, before = now_ms(conn), None
    for row in conn.execute(query):
        if before is not None and before.order_id != row.order_id:
            yield _stay(before, now, is_over=False)
            before = None
        if before is not None and before.to_status != row.to_status:
            yield _stay(before, row.occurred_at, is_over=True)
        if before is None or before.to_status != row.to_status:
            before = row
    if before is not None:
        yield _stay(before, now, is_over=False)


def piled_up(conn: Connection, status: OrderStatus, before_ms: int) -> tuple[int, int]:
    """How many orders have had this status since before then, and since when the first has; (0, 0) for none."""
    waits = (orders.c.status == status, orders.c.status_at <= before_ms)
    waiting, oldest = conn.execute(select(func.count(), func.min(orders.c.status_at)).where(*waits)).one()
    return waiting, oldest or 0


def _stay(entered: Any, until_ms: int, *, is_over: bool) -> Stay:
    duration = timedelta(milliseconds=max(0, until_ms - entered.occurred_at))
    return Stay(order_id=entered.order_id, status=OrderStatus(entered.to_status), duration=duration, is_over=is_over)
