"""Which orders are a person's. Addresses are sealed, so each of them is opened: a search of minutes, not of seconds."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from connectors.database.orders.personal_data import Vault, email_of
from connectors.database.tables import order_pii, orders


def orders_of_person(conn: Connection, vault: Vault, email: str) -> list[str]:
    """Our ids of the orders placed with this mail address, in whatever case it was written, oldest first."""
    wanted = email.strip().casefold()
    rows = conn.execute(select(order_pii).order_by(order_pii.c.order_id).execution_options(yield_per=500))
    return [row.order_id for row in rows if email_of(row.sealed, vault).casefold() == wanted]


def orders_of_source(conn: Connection, source: str, external_ids: Iterable[str] | None = None) -> list[str]:
    """Our ids of a channel's orders: of these ids of its own, or of all."""
    query = select(orders.c.id).where(orders.c.source == source).order_by(orders.c.id)
    if external_ids is not None:
        query = query.where(orders.c.external_id.in_(list(external_ids)))
    return list(conn.scalars(query))
