"""Route: each paid order gets its decision, its stock and its next step in one commit per batch.

1. Claim due orders, load what they may know, decide one after the other.
2. Commit decisions, reservations, planned shipments, cases, backorders and events together.
3. An order whose units another worker took meanwhile is refused by the reservation and decided again.
4. Where a batch fails, each of its orders is taken alone: one that fails again waits, and at last goes to a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import MissingContextError

from connectors.database import holds, orders, outbox
from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from orderflow.holds import Hold, HoldReason
from tasks.routing.deciding import Routed, decide_all
from tasks.routing.saving import commit
from tasks.telling.announce import after_holding

BATCH_SIZE = 200
ROUNDS = 3
# Orders decided in one commit; see the same figure of ingest.
A_COMMIT = 40
TRIES_BEFORE_A_PERSON = 5


@dataclass(frozen=True)
class Request:
    """On whose behalf orders are routed."""

    owner: str
    actor: str = "system:process-orders"


@task(name="route", task_run_name="route paid orders", cache_policy=NO_CACHE, retries=3)
async def route_orders(shop: Shop, owner: str, limit: int = BATCH_SIZE) -> list[Routed]:
    """Decides every due order and returns the decisions that were committed."""
    claimed = orders.claim_orders(shop.database, shop.vault, "route", owner, limit=limit)
    return route_claimed(shop, claimed, Request(owner))


def route_claimed(shop: Shop, claimed: Sequence[StoredOrder], request: Request) -> list[Routed]:
    """Decides orders the caller has claimed; returns the decisions that were committed."""
    groups = (claimed[start : start + A_COMMIT] for start in range(0, len(claimed), A_COMMIT))
    return [routed for group in groups for routed in _route_group(shop, group, request)]


def _route_group(shop: Shop, group: Sequence[StoredOrder], request: Request) -> list[Routed]:
    try:
        return _in_rounds(shop, group, request)
    except Exception as error:  # one order of the group is poison: take each alone, so that only that one fails
        _warn(f"a batch of {len(group)} orders is taken one by one: {type(error).__name__}: {error}")
    return [routed for stored in group for routed in _alone(shop, stored, request)]


def _in_rounds(shop: Shop, claimed: Sequence[StoredOrder], request: Request) -> list[Routed]:
    done: list[Routed] = []
    waiting = list(claimed)
    for _ in range(ROUNDS):
        routed = decide_all(shop, waiting)
        with shop.database.write() as conn:
            refused = commit(conn, shop, routed, owner=request.owner, actor=request.actor)
        done += [item for item in routed if item.stored.id not in refused]
        waiting = [item.stored for item in routed if item.stored.id in refused]
        if not waiting:
            return done
    with shop.database.write() as conn:
        for stored in waiting:
            error = "its stock was taken meanwhile"
            orders.postpone(conn, stored, owner=request.owner, wait_seconds=1, error=error, count_attempt=False)
    return done


def _alone(shop: Shop, stored: StoredOrder, request: Request) -> list[Routed]:
    try:
        return _in_rounds(shop, [stored], request)
    except Exception as error:  # whatever it is, it is this order's: the reason is kept where an operator looks
        reason = f"{type(error).__name__}: {error}"
    _warn(f"order {stored.order.number} cannot be routed: {reason}")
    with shop.database.write() as conn:
        if stored.attempts < TRIES_BEFORE_A_PERSON:
            wait_seconds = 2.0**stored.attempts
            orders.postpone(conn, stored, owner=request.owner, wait_seconds=wait_seconds, error=reason)
            return []
        hold = cannot_route(reason)
        change = orders.OrderChange(stored, kind="hold_opened", actor=request.actor, step="none", note=hold.detail)
        if not orders.record_batch(conn, [change], request.owner).stale:
            holds.open_hold(conn, stored.id, hold)
            outbox.enqueue(conn, after_holding(shop, stored, hold))
    return []


def cannot_route(reason: str) -> Hold:
    """The case of an order that our own code fails on."""
    return Hold(
        reason=HoldReason.APPROVAL,
        code="routing_failed",
        field="order",
        detail=f"The order could not be decided after {TRIES_BEFORE_A_PERSON} tries: {reason}",
        remedy="This is a fault of the software: report it with the order's number, then resume the order.",
    )


def _warn(words: str) -> None:
    try:
        get_run_logger().warning(words)
    except MissingContextError:  # called by a test or the command line, outside a run
        return
