"""Refill: units that came go to the backorders in the order of their turns, and their orders are labelled again.

1. The queue is loaded, oldest order first, and what is free of its products. Orders that are held or worked on for
   another step have no turn.
2. orderflow.backorders says who gets how many. Where from, each order's own decision says, made for these units alone.
3. Units no location may send to an order are no reason for the others to wait: it loses its turn, and 2 is done again.
4. Each order's shipments, reservations and decision are put in force in one commit; one that moved on meanwhile keeps
   its place in the queue, and its units, until the next look.
"""

from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import backorders, cursors, stock
from connectors.database.backorders import BackorderRow
from connectors.shop import Shop
from orderflow.backorders.refill import Grant, Waiting, grants
from tasks.refilling.parts import Part, decided, not_sendable
from tasks.refilling.saving import put_in_force

CURSOR = "refill"


@task(name="refill backorders", task_run_name="refill backorders", cache_policy=NO_CACHE, retries=1)
async def refill_backorders(shop: Shop, owner: str, *, everything: bool = False) -> dict[str, int]:
    """Gives out what came since the last look, or with `everything` whatever is free; says how many units and orders.

    Costs two small queries where nothing came, or nobody waits for it.
    """
    with shop.database.read() as conn:
        moved, position = stock.changed_since(conn, cursors.cursor(conn, CURSOR) or 0)
        queue = backorders.queue_for_refill(conn) if moved or everything else []
    wanted = {(row.sku, row.variant) for row in queue}
    wanted = wanted if everything else wanted & moved
    refilled = _refill(shop, owner, [row for row in queue if (row.sku, row.variant) in wanted])
    with shop.database.write() as conn:
        cursors.move_cursor(conn, CURSOR, position)
    return refilled


def _refill(shop: Shop, owner: str, queue: Sequence[BackorderRow]) -> dict[str, int]:
    parts = plan_refill(shop, queue)
    done = [part for part in parts if put_in_force(shop, owner, part)]
    return {"orders": len(done), "units": sum(part.units for part in done)}


def plan_refill(shop: Shop, queue: Sequence[BackorderRow]) -> list[Part]:
    """Who would get what from where; nothing is written."""
    while queue:
        given = _grants(shop, queue)
        parts = decided(shop, queue, given)
        lost = not_sendable(parts)
        if not lost:
            return parts
        queue = [row for row in queue if row.id not in lost]
    return []


def _grants(shop: Shop, queue: Sequence[BackorderRow]) -> Sequence[Grant]:
    with shop.database.read() as conn:
        view = stock.stock_view(conn, {(row.sku, row.variant) for row in queue})
    free: dict[tuple[str, str], int] = {}
    for level in view.levels():
        if level.location in shop.locations:
            free[level.sku, level.variant] = free.get((level.sku, level.variant), 0) + max(0, level.available)
    waiting = [Waiting(backorder_id=row.id, sku=row.sku, variant=row.variant, units=row.quantity) for row in queue]
    return grants(waiting, free, shop.configuration.inventory_sync.refill)
