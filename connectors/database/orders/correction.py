"""A person's correction of an order: kept over what the channel says until the channel sends something newer."""

from dataclasses import replace

from sqlalchemy import Connection, update

from connectors.database.orders.changes import record
from connectors.database.orders.personal_data import Vault, split
from connectors.database.orders.stored import StoredOrder
from connectors.database.tables import order_pii, orders
from orderflow.address import Address


def correct_address(
    conn: Connection, vault: Vault, stored: StoredOrder, address: Address, *, owner: str | None, actor: str
) -> StoredOrder:
    """Replaces the destination, with an event. The old address is not in the event: it is personal data."""
    order = stored.order.model_copy(update={"destination": address})
    document, personal = split(order, vault)
    conn.execute(update(orders).where(orders.c.id == stored.id).values(document=document))
    conn.execute(update(order_pii).where(order_pii.c.order_id == stored.id).values(sealed=personal))
    changed = record(conn, stored, owner=owner, kind="address_corrected", actor=actor, release=False)
    return replace(changed, order=order)
