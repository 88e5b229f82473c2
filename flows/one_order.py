"""Taking a single order through its stages now, under the same claims as everybody else."""

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.database import orders
from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from tasks.labelling.label import label_claimed
from tasks.log import log_decisions
from tasks.routing.route import Request, route_claimed
from tasks.sync import sync_shipments
from tasks.telling.notify import notify_people


class OrderNotFound(LookupError):
    """Nobody knows an order of that number."""


class OrderBusy(RuntimeError):
    """Another worker is at this order right now; try again in a minute."""


@contextmanager
def leased(shop: Shop, stored: StoredOrder, owner: str) -> Iterator[StoredOrder]:
    """The order, leased to this run whatever its step is, and given back however it ends. Raises OrderBusy."""
    claimed = orders.claim_order(shop.database, shop.vault, stored.id, owner)
    if claimed is None:
        raise OrderBusy(f"another run is at {stored.order.number}; try again in a minute")
    try:
        yield claimed
    finally:
        orders.release_lease(shop.database, stored.id, owner)


async def finish_order(shop: Shop, owner: str, order_id: str) -> str:
    """Routes and labels the order as far as it goes now, tells people, and says where it stands."""
    for _ in range(2):
        claimed = orders.claim_order(shop.database, shop.vault, order_id, owner)
        if claimed is None or claimed.step not in {"route", "label"}:
            break
        if claimed.step == "route":
            route_claimed(shop, [claimed], Request(owner))
        else:
            await label_claimed(shop, owner, [claimed])
    orders.release_lease(shop.database, order_id, owner)
    for tell in (notify_people, log_decisions, sync_shipments):
        await tell(shop, owner)
    with shop.database.read() as conn:
        stored = orders.load_orders(conn, shop.vault, [order_id])[0]
    return f"{stored.order.number} is {stored.status}{f' ({stored.last_error})' if stored.last_error else ''}"
