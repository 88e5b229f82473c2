"""How busy each location is."""

from sqlalchemy import Connection, func, select

from connectors.database.session import now_ms
from connectors.database.tables import shipment

DAY_MS = 86_400_000


def parcels_since_yesterday(conn: Connection) -> dict[str, int]:
    """Parcels planned for each location during the last 24 hours, voided ones left out."""
    recent = (shipment.c.planned_at > now_ms(conn) - DAY_MS) & (shipment.c.state != "voided")
    query = select(shipment.c.location, func.count()).where(recent).group_by(shipment.c.location)
    return {location: count for location, count in conn.execute(query)}
