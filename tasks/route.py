"""Route: each paid order gets its decision, its stock and its next step in one commit per batch.

1. Claim due orders and load what they may know: stock, load per location, policy, rates.
2. Decide one after the other; the units a decision takes are gone for the next one of the batch.
3. Commit decisions, reservations, planned shipments, holds, backorders and events together.
4. An order whose units another worker took meanwhile is refused by the reservation and decided again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection

from connectors.address_check import address_problem
from connectors.database import backorders, capacity, decisions, holds, orders, outbox, products, shipments, stock
from connectors.database.orders import StoredOrder
from connectors.database.session import Database
from connectors.shop import Shop
from orderflow.configuration.sections import Product
from orderflow.decision import Decision, Outcome
from orderflow.facts import RoutingFacts
from orderflow.holds import HoldReason
from orderflow.inventory import StockLevel, StockView
from orderflow.lifecycle import OrderStatus
from orderflow.order import OrderLine
from orderflow.routing import Override, decide
from orderflow.rules.actions import Actions
from tasks.telling.announce import after_routing

BATCH_SIZE = 200
ROUNDS = 3


@dataclass(frozen=True)
class Routed:
    """An order, what was decided for it, and the decision's overriding person if there was one."""

    stored: StoredOrder
    decision: Decision


class Shelf:
    """The stock of one batch, falling as decisions take from it."""

    def __init__(self, view: StockView) -> None:
        self._levels = {(level.location, level.sku, level.variant): level for level in view.levels()}
        self._by_sku: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for key in self._levels:
            self._by_sku.setdefault(key[1:], []).append(key)

    def view(self, stored: StoredOrder) -> StockView:
        """What is left of the SKUs of this order."""
        wanted = {(line.sku, line.variant) for line in stored.order.lines}
        return StockView(self._levels[key] for sku in wanted for key in self._by_sku.get(sku, ()))

    def take(self, decision: Decision) -> None:
        """Removes what the decision's shipments need."""
        for shipment in decision.plan.shipments:
            for line in shipment.lines:
                key = (shipment.location, line.sku, line.variant)
                level: StockLevel = self._levels[key]
                self._levels[key] = level.model_copy(update={"reserved": level.reserved + line.quantity})


@task(name="route", task_run_name="route paid orders", cache_policy=NO_CACHE, retries=3)
async def route_orders(shop: Shop, owner: str, limit: int = BATCH_SIZE) -> list[Routed]:
    """Decides every due order and returns the decisions that were committed."""
    claimed = orders.claim_orders(shop.database, shop.vault, "route", owner, limit=limit)
    return route_claimed(shop, owner, claimed)


def route_claimed(
    shop: Shop,
    owner: str,
    claimed: Sequence[StoredOrder],
    *,
    approved: bool = False,
    override: Override | None = None,
    actor: str = "system:process-orders",
) -> list[Routed]:
    """Decides claimed orders until each decision has its stock; what still collides after three rounds comes later."""
    done: list[Routed] = []
    waiting = list(claimed)
    for _ in range(ROUNDS):
        if not waiting:
            break
        routed = decide_all(shop, waiting, approved=approved, override=override)
        with shop.database.write() as conn:
            refused = commit(conn, shop, routed, owner=owner, actor=actor)
        done += [item for item in routed if item.stored.id not in refused]
        waiting = [item.stored for item in routed if item.stored.id in refused]
    _come_back(shop.database, owner, waiting)
    return done


def decide_all(
    shop: Shop, batch: Sequence[StoredOrder], *, approved: bool = False, override: Override | None = None
) -> list[Routed]:
    """The decisions of a batch, nothing written. Reads the stock once for all."""
    skus = {(line.sku, line.variant) for stored in batch for line in stored.order.lines}
    with shop.database.read() as conn:
        shelf = Shelf(stock.stock_view(conn, skus))
        known = stock.known_skus(conn, skus)
        load = Counter(_busy(conn, shop))
        catalog = products.products_of(conn, skus)
    routed = []
    for stored in batch:
        facts = _facts(shop, _completed(stored, catalog), shelf, known, load)
        decision = decide(facts, shop.rule_set, approved=approved, override=override)
        shelf.take(decision)
        load.update(shipment.location for shipment in decision.plan.shipments)
        routed.append(Routed(stored, decision))
    return routed


def commit(conn: Connection, shop: Shop, routed: Sequence[Routed], *, owner: str | None, actor: str) -> set[str]:
    """Writes the decisions of a batch with everything that follows; returns the orders whose stock was gone."""
    refused = stock.reserve(conn, [request for item in routed for request in _requests(item)])
    kept = [item for item in routed if item.stored.id not in refused]
    decisions.save_decisions(conn, [(item.stored.id, item.decision) for item in kept])
    _plan(conn, kept)
    stale = orders.record_batch(conn, [_change(shop, item, actor) for item in kept], owner).stale
    if stale:
        raise orders.StaleOrder(f"{len(stale)} order(s) changed while they were decided")
    outbox.enqueue(conn, [message for item in kept for message in after_routing(shop, item.stored, item.decision)])
    return refused


def _busy(conn: Connection, shop: Shop) -> dict[str, int]:
    limited = any(location.capacity_per_day is not None for location in shop.locations.values())
    return capacity.parcels_since_yesterday(conn) if limited else {}


def _completed(stored: StoredOrder, catalog: Mapping[tuple[str, str], Product]) -> StoredOrder:
    """The order with what the catalog knows and the channel did not say: weight, category, who must ship it."""
    lines = tuple(completed_line(line, catalog.get((line.sku, line.variant))) for line in stored.order.lines)
    return replace(stored, order=stored.order.model_copy(update={"lines": lines}))


def completed_line(line: OrderLine, product: Product | None) -> OrderLine:
    """One line with the catalog's weight and category where the channel gave none, and its fixed source."""
    if product is None:
        return line
    fixed = {"fulfilled_by": product.fulfilled_by} if product.fulfilled_by else {}
    return line.model_copy(
        update={
            "weight_grams": line.weight_grams or product.weight_grams,
            "category": line.category or product.category,
            "attributes": fixed | line.attributes,
        }
    )


def _facts(
    shop: Shop, stored: StoredOrder, shelf: Shelf, known: frozenset[tuple[str, str]], load: Counter[str]
) -> RoutingFacts:
    configuration = shop.configuration
    strict = stored.order.source not in configuration.shop.channels_without_street
    return RoutingFacts(
        order=stored.order,
        stock=shelf.view(stored),
        locations=shop.locations,
        policy=configuration.routing,
        rate_card=shop.rate_card,
        now=datetime.now(UTC),
        known_skus=known,
        load=load,
        address_problem=address_problem(stored.order.destination, strict=strict),
    )


def _requests(item: Routed) -> list[stock.ReservationRequest]:
    return [
        stock.ReservationRequest(item.stored.id, line.line_no, line.sku, line.variant, shipment.location, line.quantity)
        for shipment in item.decision.plan.shipments
        for line in shipment.lines
    ]


def _plan(conn: Connection, kept: Sequence[Routed]) -> None:
    plans = {item.stored.id: item.decision.plan for item in kept}
    services = {item.stored.id: _services(item.decision) for item in kept}
    shipping = {order_id: plan.shipments for order_id, plan in plans.items() if plan.shipments}
    shipments.plan_shipments_batch(conn, shipping, services)
    waiting = {order_id: plan.backordered for order_id, plan in plans.items() if plan.backordered}
    backorders.open_backorders_batch(conn, waiting)
    holds.open_hold_batch(conn, [(item.stored.id, item.decision.hold) for item in kept if item.decision.hold])


def _services(decision: Decision) -> tuple[str, ...]:
    actions = Actions.model_validate(decision.actions)
    wanted = {"gift_wrap": actions.gift_wrap, "gift_receipt": actions.gift_receipt}
    return (*actions.services, *(service for service, asked in wanted.items() if asked))


def _change(shop: Shop, item: Routed, actor: str) -> orders.OrderChange:
    decision = item.decision
    status, step = _next(decision, labels=shop.configuration.fulfillment.auto_generate_labels)
    return orders.OrderChange(
        item.stored,
        to_status=status,
        step=step,
        kind="decision",
        actor=actor,
        note=decision.reason,
        data={"outcome": decision.outcome, "locations": [s.location for s in decision.plan.shipments]},
    )


def _next(decision: Decision, *, labels: bool) -> tuple[OrderStatus, str]:
    if decision.hold:
        fraud = decision.hold.reason is HoldReason.FRAUD
        return (OrderStatus.FRAUD_CHECK if fraud else OrderStatus.HOLD), "none"
    ships = decision.outcome is Outcome.SHIP and labels
    return OrderStatus.AWAITING_FULFILLMENT, "label" if ships else "none"


def _come_back(database: Database, owner: str, waiting: Sequence[StoredOrder]) -> None:
    with database.write() as conn:
        for stored in waiting:
            orders.postpone(conn, stored, owner=owner, wait_seconds=1, error="its stock was taken meanwhile")
