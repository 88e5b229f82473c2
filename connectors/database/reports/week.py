"""What reports need of orders, shipments and holds."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, case, exists, func, select

from connectors.database.tables import backorder, hold, order_event, orders, shipment
from orderflow.lifecycle import OrderStatus
from orderflow.money import Money
from orderflow.reports import OrderFigures, ShipmentFigures


def order_figures(conn: Connection, since_ms: int) -> list[OrderFigures]:
    """Every paid order received since then, with when it was paid and labelled and whether a person decided on it."""
    return [_order(row) for row in conn.execute(order_facts(since_ms))]


def order_facts(since_ms: int) -> Select[Any]:
    """The question for every paid order received since then: its times, parcels, and what people did to it."""
    events = order_event.c
    mine = events.order_id == orders.c.id
    times = (
        select(
            events.order_id,
            func.min(case((events.to_status == OrderStatus.PAID, events.occurred_at))).label("paid_at"),
            func.max(case((events.to_status == OrderStatus.FULFILLED, events.occurred_at))).label("fulfilled_at"),
            func.max(case((events.actor_id.like("user:%"), 1), else_=0)).label("touched"),
        )
        .select_from(order_event.join(orders, mine))
        .where(orders.c.received_at >= since_ms)
        .group_by(events.order_id)
        .subquery()
    )
    parcels = select(func.count()).where(shipment.c.order_id == orders.c.id, shipment.c.state != "voided")
    held = exists().where(hold.c.order_id == orders.c.id)
    waits = exists().where(backorder.c.order_id == orders.c.id)
    query = select(
        orders.c.id,
        orders.c.number,
        orders.c.status,
        times.c.paid_at,
        times.c.fulfilled_at,
        times.c.touched,
        parcels.scalar_subquery().label("parcels"),
        held.label("held"),
        waits.label("backordered"),
    ).join(times, times.c.order_id == orders.c.id)
    return query.where(times.c.paid_at.is_not(None))


def shipment_figures(conn: Connection, since_ms: int) -> list[ShipmentFigures]:
    """Every shipment labelled since then and not voided."""
    wanted = (shipment.c.labelled_at >= since_ms) & shipment.c.state.in_(("labelled", "delivered"))
    columns = shipment.c
    query = select(columns.carrier, columns.service, columns.location, columns.cost_minor, columns.currency)
    return [
        ShipmentFigures(
            carrier=row.carrier,
            service=row.service,
            location=row.location,
            cost=Money.from_minor(row.cost_minor, row.currency),
        )
        for row in conn.execute(query.where(wanted))
    ]


def holds_by_reason(conn: Connection, since_ms: int) -> dict[str, int]:
    """How many cases were opened since then, by reason."""
    query = select(hold.c.reason, func.count()).where(hold.c.opened_at >= since_ms).group_by(hold.c.reason)
    return {reason: count for reason, count in conn.execute(query)}


def _order(row: Any) -> OrderFigures:
    at = {name: _moment(getattr(row, name)) for name in ("paid_at", "fulfilled_at")}
    paid_at = at["paid_at"]
    if paid_at is None:
        raise ValueError("only paid orders are asked for")
    return OrderFigures(
        number=row.number,
        status=row.status,
        paid_at=paid_at,
        fulfilled_at=at["fulfilled_at"],
        shipments=row.parcels,
        touched=bool(row.touched or row.held),
        backordered=bool(row.backordered),
    )


def _moment(epoch_ms: int | None) -> datetime | None:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC) if epoch_ms else None
