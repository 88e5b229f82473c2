"""Orders that are planned and that nobody is about to label: their plans may still be exchanged for better ones."""

from sqlalchemy import Connection, exists, or_, select

from connectors.database.session import now_ms
from connectors.database.tables import hold, orders, shipment, step
from orderflow.lifecycle import OrderStatus


def unreleased_orders(conn: Connection, limit: int = 200) -> list[str]:
    """The ids of such orders, the longest planned first; one that is held, or due for its label now, is none."""
    now = now_ms(conn)
    mine = shipment.c.order_id == orders.c.id
    waits = or_(orders.c.step == "none", orders.c.next_at > now)
    query = select(orders.c.id).where(
        orders.c.status == OrderStatus.AWAITING_FULFILLMENT,
        waits,
        orders.c.lease_until <= now,
        ~orders.c.cancel_requested,
        exists().where(mine, shipment.c.state == "pending"),
        ~exists().where(mine, shipment.c.state != "pending"),
        ~exists().where(step.c.order_id == orders.c.id),
        ~exists().where(hold.c.order_id == orders.c.id, hold.c.closed_at.is_(None)),
    )
    return list(conn.scalars(query.order_by(orders.c.status_at, orders.c.id).limit(limit)))
