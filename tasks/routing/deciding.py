"""Decide: what each order of a batch may know is loaded once, and the units a decision takes are gone for the next."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from connectors.address_check import address_problem
from connectors.database import capacity, decisions, products, rulings, stock
from connectors.database.orders import StoredOrder
from connectors.database.session import milliseconds, moment
from connectors.database.stock import Reservation
from connectors.shop import Shop
from orderflow.backorders.modes import BACKORDERS
from orderflow.configuration.sections import Product
from orderflow.decision import Decision, PlannedShipment, SourcingPlan
from orderflow.experiments.settings import Experiment
from orderflow.facts import NOTHING_RULED, RoutingFacts
from orderflow.holds import HoldReason
from orderflow.inventory import StockLevel, StockView
from orderflow.order import OrderLine
from orderflow.replay import DecisionInputs
from orderflow.routing.capacity import working_window
from orderflow.rulings import Rulings
from orderflow.rulings.recheck import subject_of
from orderflow.shipping.promise import NeverOpenError
from orderflow.sourcing.outlook import PastDemand
from tasks.routing.trying import running_experiment, tried


@dataclass(frozen=True)
class Routed:
    """An order, what was decided for it, and from what."""

    stored: StoredOrder
    decision: Decision
    inputs: DecisionInputs


def planned(decision: Decision) -> tuple[PlannedShipment, ...]:
    """The shipments that are really planned: those to be sent, and those that only wait for somebody's approval."""
    waits = decision.hold is not None and decision.hold.reason is not HoldReason.APPROVAL
    return () if waits else decision.plan.shipments


class Shelf:
    """The stock of one batch, falling as decisions take from it."""

    def __init__(self, view: StockView, demand: PastDemand | None = None, days: float = 0) -> None:
        self._demand, self._days = demand, days
        self._levels = {(level.location, level.sku, level.variant): level for level in view.levels()}
        self._by_sku: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for key in self._levels:
            self._by_sku.setdefault(key[1:], []).append(key)

    def view(self, stored: StoredOrder) -> StockView:
        """What is left of the SKUs of this order, with what later orders will want of it where demand is known."""
        wanted = {(line.sku, line.variant) for line in stored.order.lines}
        levels = [self._levels[key] for sku in wanted for key in self._by_sku.get(sku, ())]
        return StockView(self._demand.with_outlook(levels, self._days) if self._demand else levels)

    def __copy__(self) -> "Shelf":
        """The same stock, to be taken from without this one falling."""
        return Shelf(StockView(self._levels.values()), self._demand, self._days)

    def take(self, decision: Decision) -> None:
        """Removes what the decision's shipments need."""
        self._take(planned(decision))

    def take_plans(self, plans: Iterable[SourcingPlan]) -> None:
        """Removes what these plans need."""
        for plan in plans:
            self._take(plan.shipments)

    def _take(self, shipments: Iterable[PlannedShipment]) -> None:
        for shipment in shipments:
            for line in shipment.lines:
                key = (shipment.location, line.sku, line.variant)
                level: StockLevel = self._levels[key]
                self._levels[key] = level.model_copy(update={"reserved": level.reserved + line.quantity})

    def give_back(self, held: Iterable[Reservation]) -> None:
        """Counts reserved units as free again."""
        for one in held:
            key = (one.location, one.sku, one.variant)
            if key in self._levels:
                level = self._levels[key]
                self._levels[key] = level.model_copy(update={"reserved": level.reserved - one.held})


@dataclass(frozen=True)
class World:
    """What the orders of one batch may know, loaded once."""

    shelf: Shelf
    known: frozenset[tuple[str, str]]
    catalog: Mapping[tuple[str, str], Product]
    now: datetime
    load: Counter[str]
    ruled: Mapping[str, Rulings]
    approved_at: Mapping[str, tuple[str, ...]]
    experiment: Experiment | None


def decide_all(shop: Shop, batch: Sequence[StoredOrder], *, as_if_free: bool = False) -> list[Routed]:
    """The decisions of a batch, nothing written; each takes its units from those after it.

    With `as_if_free` the units these orders hold already count as there for them.
    """
    world = world_of(shop, batch, as_if_free=as_if_free)
    routed = []
    for stored in batch:
        item = decide_in(shop, world, stored)
        world.shelf.take(item.decision)
        world.load.update({shipment.location for shipment in planned(item.decision)})
        routed.append(item)
    return routed


def world_of(shop: Shop, batch: Sequence[StoredOrder], *, as_if_free: bool = False) -> World:
    """The stock, the capacity, the catalog and people's rulings, as they are for this batch now."""
    skus = {(line.sku, line.variant) for stored in batch for line in stored.order.lines}
    demand = shop.past_demand
    with shop.database.read() as conn:
        now = moment(shop.database.now_ms(conn))
        ruled = rulings.rulings_of(conn, {stored.id: subject_of(stored.order) for stored in batch})
        world = World(
            shelf=Shelf(stock.stock_view(conn, skus), demand, shop.configuration.routing.replenishment_days),
            known=stock.known_skus(conn, skus),
            catalog=products.products_of(conn, skus),
            now=now,
            load=Counter(_busy(conn, shop, now)),
            ruled=ruled,
            approved_at=_approved_at(conn, ruled),
            experiment=running_experiment(conn, shop),
        )
        if as_if_free:
            world.shelf.give_back(held for stored in batch for held in stock.reservations_of(conn, stored.id))
    return world


def _approved_at(conn: Connection, ruled: Mapping[str, Rulings]) -> dict[str, tuple[str, ...]]:
    """Where each approved order was to ship from: it stays there as long as it can."""
    approved = [order_id for order_id, one in ruled.items() if one.approved and not one.override]
    plans = decisions.latest_decisions(conn, approved)
    return {order_id: tuple(sorted({one.location for one in made.plan.shipments})) for order_id, made in plans.items()}


def decide_in(shop: Shop, world: World, stored: StoredOrder, shelf: Shelf | None = None) -> Routed:
    """One order's decision, from the world's stock or from this; the world stays as it is."""
    facts = _facts(shop, _completed(stored, world.catalog), replace(world, shelf=shelf or world.shelf))
    ruled = replace(
        facts, rulings=world.ruled.get(stored.id, NOTHING_RULED), previous=world.approved_at.get(stored.id, ())
    )
    inputs = tried(world.experiment, DecisionInputs(ruled, shop.basis))
    return Routed(stored, inputs.decide(), inputs)


def _busy(conn: Connection, shop: Shop, now: datetime) -> dict[str, int]:
    """The orders each location with a capacity has for its working day already."""
    since: dict[str, int] = {}
    for code, place in shop.locations.items():
        if place.capacity_per_day is not None:
            with suppress(NeverOpenError):
                since[code] = milliseconds(working_window(place, now)[0])
    return capacity.orders_since(conn, since)


def _completed(stored: StoredOrder, catalog: Mapping[tuple[str, str], Product]) -> StoredOrder:
    """The order with what the catalog knows and the channel did not say: weight, category, who must ship it."""
    lines = tuple(completed_line(line, catalog.get((line.sku, line.variant))) for line in stored.order.lines)
    return replace(stored, order=stored.order.model_copy(update={"lines": lines}))


def completed_line(line: OrderLine, product: Product | None) -> OrderLine:
    """One line with the catalog's weight and category where the channel gave none, its fixed source and its mode."""
    if product is None:
        return line
    fixed = {"fulfilled_by": product.fulfilled_by} if product.fulfilled_by else {}
    fixed |= {BACKORDERS: product.backorders.value} if product.backorders else {}
    return line.model_copy(
        update={
            "weight_grams": line.weight_grams or product.weight_grams,
            "category": line.category or product.category,
            "attributes": fixed | line.attributes,
        }
    )


def _facts(shop: Shop, stored: StoredOrder, world: World) -> RoutingFacts:
    configuration = shop.configuration
    strict = stored.order.source not in configuration.shop.channels_without_street
    return RoutingFacts(
        order=stored.order,
        stock=world.shelf.view(stored),
        locations=shop.locations,
        policy=configuration.routing,
        rate_card=shop.rate_card,
        now=world.now,
        known_skus=world.known,
        load=dict(world.load),  # it grows with the batch, and the record of this decision must not
        address_problem=address_problem(stored.order.destination, strict=strict),
        street_required=strict,
    )
