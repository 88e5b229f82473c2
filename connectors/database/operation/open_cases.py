"""How many orders wait for a person, and why."""

from sqlalchemy import Connection, func, select

from connectors.database.tables import hold


def open_cases(conn: Connection) -> dict[str, int]:
    """The open cases by reason, most first."""
    number = func.count().label("number")
    query = select(hold.c.reason, number).where(hold.c.closed_at.is_(None)).group_by(hold.c.reason)
    return {reason: count for reason, count in conn.execute(query.order_by(number.desc(), hold.c.reason))}
