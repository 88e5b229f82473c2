"""The methods the product is measured against, each as it is usually built, on plain numbers.

exact     every order by itself at the lowest possible cost: every set of locations, every unit at its cheapest
points    50 points for stock (−100 without), 50 for speed, minus the cost: the best location for the whole order,
          else line by line along a chain of the four best; what these four do not hold stays unfilled
nearest   line by line, unit by unit, from the nearest location that has one
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import combinations

from benchmarks.sourcing.books import UNFILLED_COST, Books
from benchmarks.sourcing.world import CARD, World
from orderflow.order import Order
from orderflow.shipping.zones import distance_km

Shares = dict[str, Counter[str]]
"""Units by SKU, by location."""

CHAIN = 4
IN_STOCK, OUT_OF_STOCK, IN_TIME, DUE_DAYS = 50.0, -100.0, 50.0, 5


def run_peer(world: World, method: Callable[[World, Order, Books], Shares]) -> Books:
    """All orders one after another by this method."""
    books = Books.of(world)
    for order in world.orders:
        shares = method(world, order, books)
        open_units = Counter({line.sku: line.quantity for line in order.lines})
        for code, units in shares.items():
            books.parcels += 1
            books.shipping += parcel_cost(world, order, code, units)
            for sku, count in units.items():
                books.take(code, sku, count)
                open_units[sku] -= count
        for sku, count in (+open_units).items():
            books.miss(world, sku, count)
    return books


def exact(world: World, order: Order, books: Books) -> Shares:
    """The cheapest way for this order alone, unfilled units charged."""
    ways = (
        _cheapest_inside(world, order, books, chosen)
        for size in range(min(len(world.locations), sum(line.quantity for line in order.lines)) + 1)
        for chosen in combinations(_holders(world, order, books), size)
    )
    return min(ways, key=lambda way: _cost(world, order, way))


def points(world: World, order: Order, books: Books) -> Shares:
    """The best location by points for everything, or line by line along the chain of the four best."""
    everything = Counter({line.sku: line.quantity for line in order.lines})
    chain = sorted(world.locations, key=lambda code: (-_score(world, order, books, code, everything), code))[:CHAIN]
    if _holds(books, chain[0], everything):
        return {chain[0]: everything}
    return _in_turn(order, books, lambda _: chain)


def nearest(world: World, order: Order, books: Books) -> Shares:
    """Every unit from the nearest location that has one."""
    by_distance = sorted(
        world.locations, key=lambda code: distance_km(world.locations[code].address, order.destination)
    )
    return _in_turn(order, books, lambda _: by_distance)


def parcel_cost(world: World, order: Order, code: str, units: Counter[str]) -> int:
    """What one parcel with these units costs from there, in minor units."""
    return _price(CARD.zone_of(world.locations[code].address, order.destination), _weight(order, units))


@lru_cache(maxsize=100_000)
def _price(zone: int, weight_grams: int) -> int:
    return int((CARD.services[0].price(zone, weight_grams) * 100).to_integral_value())


def _weight(order: Order, units: Counter[str]) -> int:
    return sum((line.weight_grams or 0) * units[line.sku] for line in order.lines)


def _holders(world: World, order: Order, books: Books) -> list[str]:
    return [code for code in world.locations if any(books.left[code, line.sku] > 0 for line in order.lines)]


def _cheapest_inside(world: World, order: Order, books: Books, chosen: Iterable[str]) -> Shares:
    """Every unit in the parcel of this set where its weight adds least."""
    by_weight = sorted(chosen, key=lambda code: CARD.zone_of(world.locations[code].address, order.destination))
    return _in_turn(order, books, lambda _: by_weight)


def _in_turn(order: Order, books: Books, places: Callable[[str], Iterable[str]]) -> Shares:
    return {code: units for code, units in _taken(order, books, places).items() if units}


def _taken(order: Order, books: Books, places: Callable[[str], Iterable[str]]) -> Shares:
    shares: Shares = {}
    for line in order.lines:
        wanted = line.quantity
        for code in places(line.sku):
            count = min(wanted, books.left[code, line.sku])
            if count > 0:
                shares.setdefault(code, Counter())[line.sku] = count
                wanted -= count
    return shares


def _cost(world: World, order: Order, way: Shares) -> int:
    shipped = sum(units.total() for units in way.values())
    missing = sum(line.quantity for line in order.lines) - shipped
    return missing * UNFILLED_COST + sum(parcel_cost(world, order, code, units) for code, units in way.items())


def _holds(books: Books, code: str, units: Counter[str]) -> bool:
    return all(books.left[code, sku] >= count for sku, count in units.items())


def _score(world: World, order: Order, books: Books, code: str, everything: Counter[str]) -> float:
    zone = CARD.zone_of(world.locations[code].address, order.destination)
    stock = IN_STOCK if _holds(books, code, everything) else OUT_OF_STOCK
    speed = IN_TIME if CARD.services[0].days[zone] <= DUE_DAYS else 0.0
    return stock + speed - _price(zone, _weight(order, everything)) / 100


def rows(world: World) -> Iterator[tuple[str, Books]]:
    """The books of every peer."""
    for name, method in (("exact per order", exact), ("points, chain of four", points), ("nearest", nearest)):
        yield name, run_peer(world, method)
