"""How busy each location is."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import BigInteger, Connection, Select, String, func, select

from connectors.database.statements.batch import as_parameter, table_to_come
from connectors.database.tables import shipment


def orders_since(conn: Connection, since_ms: Mapping[str, int]) -> dict[str, int]:
    """The orders planned for each of these locations since its own time, void parcels left out; none is left out."""
    if not since_ms:
        return {}
    days = as_parameter({"location": code, "since": since} for code, since in since_ms.items())
    rows = conn.execute(_counting(conn.dialect.name), {"day_rows": days})
    return {location: orders for location, orders in rows}


@cache
def _counting(engine: str) -> Select:
    day = table_to_come(engine, "day", {"location": String(), "since": BigInteger()})
    planned = (shipment.c.location == day.c.location) & (shipment.c.planned_at >= day.c.since)
    query = select(shipment.c.location, func.count(shipment.c.order_id.distinct())).join_from(shipment, day, planned)
    return query.where(shipment.c.state != "voided").group_by(shipment.c.location)
