"""How busy each location is."""

from collections.abc import Mapping

from sqlalchemy import Connection, and_, func, or_, select

from connectors.database.tables import shipment


def orders_since(conn: Connection, since_ms: Mapping[str, int]) -> dict[str, int]:
    """The orders planned for each of these locations since its own time, void parcels left out; none is left out."""
    if not since_ms:
        return {}
    each = [and_(shipment.c.location == code, shipment.c.planned_at >= since) for code, since in since_ms.items()]
    count = func.count(shipment.c.order_id.distinct())
    query = select(shipment.c.location, count).where(or_(*each), shipment.c.state != "voided")
    return {location: orders for location, orders in conn.execute(query.group_by(shipment.c.location))}
