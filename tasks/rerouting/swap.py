"""Swap: orders that wait for their labels exchange units, so that fewer of them are split (sourcing/pairwise.py).

1. Load the waiting orders, their plans, and the world as if all their units were free.
2. Find better plans, nothing written.
3. Claim the orders whose plans change, and put all new plans and reservations in force in one commit. Where one of
   them has moved on meanwhile nothing is changed; the next run looks again.
"""

import copy
from collections.abc import Sequence
from contextlib import ExitStack

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import decisions, orders
from connectors.database.orders import StaleOrder, StoredOrder
from connectors.database.unreleased import unreleased_orders
from connectors.shop import Shop
from orderflow.decision import SourcingPlan
from orderflow.sourcing.pairwise import Improvement, improved, is_split
from tasks.labelling.begun import has_label
from tasks.labelling.cancel import release_plan
from tasks.routing.deciding import Routed, decide_in, world_of
from tasks.routing.saving import commit

ACTOR = "system:swap-splits"


class MovedOn(Exception):
    """One of the orders is no longer as it was, so the exchange does not come about."""


@task(name="swap", task_run_name="exchange units between orders that wait", cache_policy=NO_CACHE, retries=1)
async def swap_splits(shop: Shop, owner: str, limit: int = 200) -> dict[str, int]:
    """Puts cheaper plans in force for orders not released yet; says how many orders changed, and if the search ended
    early.
    """
    found = find_swaps(shop, limit)
    changed = put_in_force(shop, owner, list(found.changed.values()))
    return {"swapped": changed, "cut": int(found.was_cut)}


def find_swaps(shop: Shop, limit: int = 200) -> Improvement[Routed]:
    """The better plans there are now; nothing is written."""
    with shop.database.read() as conn:
        ids = unreleased_orders(conn, limit)
        waiting = {stored.id: stored for stored in orders.load_orders(conn, shop.vault, ids)}
        plans = {key: one.plan for key, one in decisions.latest_decisions(conn, ids).items() if one.plan.cost}
    if not any(is_split(plan) for plan in plans.values()):
        return Improvement()
    world = world_of(shop, [waiting[key] for key in plans], as_if_free=True)

    def plan_again(key: str, held: Sequence[SourcingPlan]) -> Routed:
        shelf = copy.copy(world.shelf)
        shelf.take_plans(held)
        return decide_in(shop, world, waiting[key], shelf)

    return improved(plans, plan_again)


def put_in_force(shop: Shop, owner: str, changed: Sequence[Routed]) -> int:
    """Exchanges the plans of these orders in one commit, all or none; returns how many were changed."""
    try:
        with ExitStack() as stack:
            for item in changed:
                _claim(shop, owner, item.stored, stack)
            _exchange(shop, owner, changed)
    except (MovedOn, StaleOrder):
        return 0
    return len(changed)


def _claim(shop: Shop, owner: str, stored: StoredOrder, stack: ExitStack) -> None:
    claimed = orders.claim_order(shop.database, shop.vault, stored.id, owner)
    if claimed is None:
        raise MovedOn
    stack.callback(orders.release_lease, shop.database, stored.id, owner)
    if claimed.version != stored.version:
        raise MovedOn


def _exchange(shop: Shop, owner: str, changed: Sequence[Routed]) -> None:
    if not changed:
        return
    with shop.database.write() as conn:
        for item in sorted(changed, key=lambda one: one.stored.id):
            if has_label(conn, item.stored.id):
                raise MovedOn
            release_plan(conn, item.stored.id)
        if commit(conn, shop, changed, owner=owner, actor=ACTOR):
            raise MovedOn
