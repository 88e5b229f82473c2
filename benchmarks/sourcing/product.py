"""The product itself: `source_order` as the route step calls it, with the outlook of past demand on every level."""

from datetime import timedelta
from time import process_time

from benchmarks.sourcing.books import Books
from benchmarks.sourcing.world import CARD, HISTORY_DAYS, STARTS, World
from orderflow.facts import RoutingFacts
from orderflow.inventory import StockLevel, StockView
from orderflow.money import Money
from orderflow.order import Order
from orderflow.policy import RoutingPolicy, UnfilledPolicy
from orderflow.rules.actions import Actions
from orderflow.sourcing.outlook import PastDemand, PastOrder, past_demand
from orderflow.sourcing.plan import source_order


def policy(strategy: str) -> RoutingPolicy:
    """As many parcels as it takes, and a further split for every cent it saves."""
    return RoutingPolicy(
        strategy=strategy, max_shipments=10, split_saves_money=Money.of("0.01", "USD"), unfilled=UnfilledPolicy.SPLIT
    )


def run_product(world: World, strategy: str = "bid_price") -> Books:
    """All orders one after another, each seeing the stock the ones before left."""
    books, rules = Books.of(world), policy(strategy)
    demand = past_demand(map(past_order, world.history), HISTORY_DAYS, world.locations, CARD)
    for order in world.orders:
        facts = facts_for(world, order, books, rules, demand)
        started = process_time()
        plan = source_order(facts, Actions())
        books.milliseconds.append((process_time() - started) * 1000)
        for shipment in plan.shipments:
            books.parcels += 1
            books.shipping += shipment.estimated_cost.minor if shipment.estimated_cost else 0
            for line in shipment.lines:
                books.take(shipment.location, line.sku, line.quantity)
        for line in plan.backordered:
            books.miss(world, line.sku, line.quantity)
    return books


def facts_for(world: World, order: Order, books: Books, rules: RoutingPolicy, demand: PastDemand) -> RoutingFacts:
    """What the order may know: the stock of its products now, with what is left of the days to replenishment."""
    days_left = world.days - (order.placed_at - STARTS) / timedelta(days=1)
    bare = [
        StockLevel(location=code, sku=line.sku, on_hand=books.left[code, line.sku])
        for line in order.lines
        for code in world.locations
        if (code, line.sku) in world.stock
    ]
    return RoutingFacts(
        order=order,
        stock=StockView(demand.with_outlook(bare, days_left)),
        locations=world.locations,
        policy=rules,
        rate_card=CARD,
        now=order.placed_at,
    )


def past_order(order: Order) -> PastOrder:
    """An order of the past as the outlook reads it."""
    grams = sum((line.weight_grams or 0) * line.quantity for line in order.lines)
    return PastOrder(order.destination, grams, {(line.sku, line.variant): line.quantity for line in order.lines})
