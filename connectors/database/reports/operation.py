"""What happened to stock, and which orders were fulfilled."""

from sqlalchemy import Connection, case, func, select

from connectors.database.tables import order_event, stock, stock_ledger
from orderflow.lifecycle import OrderStatus
from orderflow.reports import StockFigures


def stock_figures(conn: Connection, since_ms: int) -> StockFigures:
    """Units shipped since then, and those on hand then and now."""
    ledger = stock_ledger.c
    shipped = func.sum(case((ledger.kind.in_(("ship", "unship")), -ledger.delta_on_hand), else_=0))
    query = select(func.coalesce(shipped, 0), func.coalesce(func.sum(ledger.delta_on_hand), 0))
    moved, change = conn.execute(query.where(ledger.at >= since_ms)).one()
    after = conn.scalar(select(func.coalesce(func.sum(stock.c.on_hand), 0))) or 0
    return StockFigures(shipped=int(moved), on_hand_before=int(after) - int(change), on_hand_after=int(after))


def fulfilled_since(conn: Connection, since_ms: int, limit: int = 100_000) -> dict[str, int]:
    """When each order became fulfilled that did so since then, in epoch milliseconds, the earliest first."""
    events = order_event.c
    became = (events.to_status == OrderStatus.FULFILLED) & (events.from_status != OrderStatus.FULFILLED)
    at = func.max(events.occurred_at)
    query = select(events.order_id, at).where(became, events.occurred_at >= since_ms).group_by(events.order_id)
    return {order_id: int(ms) for order_id, ms in conn.execute(query.order_by(at, events.order_id).limit(limit))}
