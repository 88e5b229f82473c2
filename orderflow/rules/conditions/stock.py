"""What a rule may ask of the stock. Units are those that can be promised: on hand less reserved and safety stock."""

from collections import Counter
from collections.abc import Mapping

from orderflow.facts import RoutingFacts
from orderflow.order import OrderLine
from orderflow.rules.condition import Kind, condition


@condition("units available at the primary location, of the order's scarcest line", Kind.NUMBER, unit="units")
def primary_warehouse_stock(facts: RoutingFacts) -> int | None:
    """Missing where the policy names no primary location or nothing must be packed."""
    primary = facts.policy.primary_location
    return scarcest(facts, primary) if primary else None


@condition("units available at the location, of one SKU or of the order's scarcest line", Kind.NUMBER, unit="units")
def stock(facts: RoutingFacts, location: str, sku: str = "", variant: str = "") -> int | None:
    """Of the SKU if one is named, whether ordered or not; else of the line with the fewest units there."""
    return facts.stock.available(location, sku, variant) if sku else scarcest(facts, location)


@condition("units of the line's SKU available at the location", Kind.NUMBER, unit="units")
def line_stock(facts: RoutingFacts, line: OrderLine, location: str) -> int:
    """0 where it is not stocked."""
    return facts.stock.available(location, line.sku, line.variant)


@condition("units of the order's scarcest line available over all locations", Kind.NUMBER, unit="units")
def total_stock(facts: RoutingFacts) -> int | None:
    """Missing where nothing must be packed."""
    return min((available_anywhere(facts, item) for item in wanted(facts)), default=None)


@condition("whether the location can ship the whole order", Kind.FLAG)
def in_stock(facts: RoutingFacts, location: str) -> bool:
    """Whether every line is there in full; lines of the same SKU are counted together."""
    return covers(facts, location)


@condition("whether the primary location can ship the whole order", Kind.FLAG)
def primary_warehouse_in_stock(facts: RoutingFacts) -> bool | None:
    """Missing where the policy names no primary location."""
    primary = facts.policy.primary_location
    return covers(facts, primary) if primary else None


@condition("how many locations can ship the whole order", Kind.NUMBER, unit="locations")
def locations_in_stock(facts: RoutingFacts) -> int:
    """The locations that have every line in full."""
    return sum(covers(facts, location) for location in facts.locations)


@condition("how many SKUs all locations together cannot fill", Kind.NUMBER, unit="SKUs")
def short_sku_count(facts: RoutingFacts) -> int:
    """SKUs and variants of which more was ordered than can be promised anywhere."""
    return sum(available_anywhere(facts, item) < quantity for item, quantity in wanted(facts).items())


@condition("whether the order can only be filled from several locations", Kind.FLAG)
def needs_split(facts: RoutingFacts) -> bool:
    """Whether everything is there, but not at one location."""
    everything_is_there = not short_sku_count.read(facts)
    return everything_is_there and bool(wanted(facts)) and not locations_in_stock.read(facts)


@condition("the age of the oldest count of the order's SKUs at the location", Kind.NUMBER, unit="minutes")
def stock_age_minutes(facts: RoutingFacts, location: str) -> float | None:
    """Missing where nothing of the order was ever counted there."""
    levels = [facts.stock.level(location, *item) for item in wanted(facts)]
    counted = [level.counted_at for level in levels if level and level.counted_at]
    return (facts.now - min(counted)).total_seconds() / 60 if counted else None


@condition("how many orders the location was already sent today", Kind.NUMBER, unit="orders")
def orders_today(facts: RoutingFacts, location: str) -> int:
    """0 where nothing was counted."""
    return facts.load.get(location, 0)


@condition("how many more orders the location takes today", Kind.NUMBER, unit="orders")
def capacity_left(facts: RoutingFacts, location: str) -> int | None:
    """Missing where the location has no capacity set, which means no limit."""
    place = facts.locations.get(location)
    if place is None or place.capacity_per_day is None:
        return None
    return max(0, place.capacity_per_day - facts.load.get(location, 0))


def wanted(facts: RoutingFacts) -> Mapping[tuple[str, str], int]:
    """The units to be packed by (SKU, variant), lines of the same SKU counted together."""
    quantities: Counter[tuple[str, str]] = Counter()
    for line in facts.order.shippable_lines:
        quantities[line.sku, line.variant] += line.quantity
    return quantities


def covers(facts: RoutingFacts, location: str) -> bool:
    """Whether the location has everything that must be packed."""
    return all(facts.stock.available(location, *item) >= quantity for item, quantity in wanted(facts).items())


def scarcest(facts: RoutingFacts, location: str) -> int | None:
    """The units available there of the line with the fewest; None where nothing must be packed."""
    available = facts.stock.available
    lines = facts.order.lines
    return min([available(location, line.sku, line.variant) for line in lines if line.requires_shipping], default=None)


def available_anywhere(facts: RoutingFacts, item: tuple[str, str]) -> int:
    """The units of the (SKU, variant) all locations can promise together."""
    return sum(facts.stock.available(location, *item) for location in facts.locations)
