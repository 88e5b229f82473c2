"""Leasing one order by hand, and asking whether leased orders are still as they were."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, Connection, String, bindparam, select, update

from connectors.database.orders.personal_data import Vault
from connectors.database.orders.stored import COLUMNS, StoredOrder, stored_order
from connectors.database.session import Database, now_ms
from connectors.database.statements.claims import FREE, NOW
from connectors.database.statements.lists import among
from connectors.database.tables import orders

_WORKER = bindparam("worker", type_=String)
_ORDER = orders.c.id == bindparam("order_id")
_MINE = orders.c.lease_owner == _WORKER
_CLAIM = (
    update(orders)
    .where(_ORDER, (orders.c.lease_until <= NOW) | _MINE)
    .values(
        lease_owner=_WORKER, lease_until=bindparam("leased_until", type_=BigInteger), attempts=orders.c.attempts + 1
    )
    .returning(*COLUMNS)
)
_RELEASE = update(orders).where(_ORDER, _MINE).values(FREE)
_VERSIONS = select(orders.c.id, orders.c.version).where(among(orders.c.id, "ids"), _MINE)
_VERSIONS_TO_KEEP = _VERSIONS.where(~orders.c.cancel_requested)


def claim_order(
    db: Database, vault: Vault, order_id: str, owner: str, *, lease_seconds: float = 60
) -> StoredOrder | None:
    """Leases one order whatever it waits for; None while somebody else holds it. Its own holder may take it again."""
    with db.write() as conn:
        now = now_ms(conn)
        lease = {"worker": owner, "now": now, "leased_until": now + round(lease_seconds * 1000)}
        row = conn.execute(_CLAIM, {"order_id": order_id, **lease}).first()
        return stored_order(row, vault) if row else None


def release_lease(db: Database, order_id: str, owner: str) -> None:
    """Gives an order back that was leased and not changed; does nothing where the lease was lost."""
    with db.write() as conn:
        conn.execute(_RELEASE, {"order_id": order_id, "worker": owner})


def unchanged(
    conn: Connection, versions: Mapping[str, int], owner: str, *, cancelled_too: bool = False
) -> frozenset[str]:
    """The orders still at these versions, leased to this owner and, unless asked for too, not to be cancelled."""
    rows = conn.execute(_VERSIONS if cancelled_too else _VERSIONS_TO_KEEP, {"ids": list(versions), "worker": owner})
    return frozenset(row.id for row in rows if versions[row.id] == row.version)
