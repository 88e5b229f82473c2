"""Leasing one order by hand, and asking whether leased orders are still as they were."""

from collections.abc import Mapping

from sqlalchemy import Connection, select, update

from connectors.database.orders.personal_data import Vault
from connectors.database.orders.stored import StoredOrder, load_orders
from connectors.database.session import Database, now_ms
from connectors.database.statements.claims import FREE
from connectors.database.tables import orders


def claim_order(
    db: Database, vault: Vault, order_id: str, owner: str, *, lease_seconds: float = 60
) -> StoredOrder | None:
    """Leases one order whatever it waits for; None while somebody else holds it. Its own holder may take it again."""
    with db.write() as conn:
        now = now_ms(conn)
        free = (orders.c.lease_until <= now) | (orders.c.lease_owner == owner)
        statement = update(orders).where(orders.c.id == order_id, free)
        lease = {"lease_owner": owner, "lease_until": now + round(lease_seconds * 1000)}
        if not conn.execute(statement.values(**lease, attempts=orders.c.attempts + 1)).rowcount:
            return None
        return load_orders(conn, vault, [order_id])[0]


def release_lease(db: Database, order_id: str, owner: str) -> None:
    """Gives an order back that was leased and not changed; does nothing where the lease was lost."""
    with db.write() as conn:
        conn.execute(update(orders).where(orders.c.id == order_id, orders.c.lease_owner == owner).values(**FREE))


def unchanged(
    conn: Connection, versions: Mapping[str, int], owner: str, *, cancelled_too: bool = False
) -> frozenset[str]:
    """The orders still at these versions, leased to this owner and, unless asked for too, not to be cancelled."""
    mine = [orders.c.id.in_(list(versions)), orders.c.lease_owner == owner]
    if not cancelled_too:
        mine.append(~orders.c.cancel_requested)
    rows = conn.execute(select(orders.c.id, orders.c.version).where(*mine))
    return frozenset(row.id for row in rows if versions[row.id] == row.version)
