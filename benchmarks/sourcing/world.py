"""A synthetic shop: a month of past orders, the orders until the next replenishment, and the stock they meet.

Parcels cost by zone, so much a parcel and so much a kilogram. 45 % of the orders have several lines. Stock is 1.05 to
1.3 times the demand of each product, spread over the locations roughly as their neighbourhoods buy.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from orderflow.address import Address
from orderflow.location import StockLocation
from orderflow.money import Money
from orderflow.order import Order, OrderLine, PaymentStatus
from orderflow.shipping.rate import ShippingSpeed
from orderflow.shipping.rate_card import RateCard, ServiceRates, Zone

STARTS = datetime(2026, 3, 2, tzinfo=UTC)
HISTORY_DAYS = 30
HORIZON_DAYS = 14
MULTI_LINE = 0.45
ZONES = (Zone(to_km=250, name="1"), Zone(to_km=600, name="2"), Zone(to_km=1200, name="3"), Zone(to_km=2200, name="4"))
CARD = RateCard(
    currency="USD",
    zones=(*ZONES, Zone(to_km=20_000, name="5")),
    services=(
        ServiceRates(
            carrier="ground",
            service="ground",
            speed=ShippingSpeed.STANDARD,
            step_grams=10,
            max_grams=100_000,
            base=tuple(map(Decimal, ("5.00", "5.80", "6.80", "8.00", "9.50"))),
            per_step=tuple(map(Decimal, ("0.004", "0.006", "0.009", "0.013", "0.018"))),
            days=(1, 2, 3, 4, 5),
        ),
    ),
)


@dataclass(frozen=True)
class World:
    """One shop; `stock` is units by (location, SKU) at the start."""

    name: str
    locations: dict[str, StockLocation]
    history: tuple[Order, ...]
    orders: tuple[Order, ...]
    stock: Counter[tuple[str, str]]
    days: int = HORIZON_DAYS


@dataclass(frozen=True)
class Size:
    """How big a world is."""

    locations: int
    skus: int
    orders: int


def make_world(size: Size, seed: int) -> World:
    """The world of this size and seed, always the same one."""
    rng = Random(seed)
    towns = [(rng.uniform(28, 47), rng.uniform(-122, -73), rng.paretovariate(1.2)) for _ in range(40)]
    locations = {place.code: place for place in (_location(rng, n, towns) for n in range(size.locations))}
    shop = _Shop(rng, towns, size.skus)
    per_day = size.orders / HORIZON_DAYS
    history = tuple(shop.orders(int(per_day * HISTORY_DAYS), STARTS - timedelta(days=HISTORY_DAYS), HISTORY_DAYS))
    orders = tuple(shop.orders(size.orders, STARTS, HORIZON_DAYS))
    name = f"{size.locations} locations, {size.skus:,} SKUs, {size.orders:,} orders, seed {seed}"
    return World(name, locations, history, orders, _stock(rng, orders, locations))


def _location(rng: Random, number: int, towns: list[tuple[float, float, float]]) -> StockLocation:
    latitude, longitude, _ = rng.choices(towns, [weight for *_, weight in towns])[0]
    address = Address(
        line1="1 Dock Rd",
        city="Town",
        country="US",
        latitude=latitude + rng.gauss(0, 1),
        longitude=longitude + rng.gauss(0, 1),
    )
    return StockLocation(code=f"location_{number:02}", address=address, timezone="America/Chicago", cutoff=time(23, 59))


class _Shop:
    """What customers buy, how heavy it is and where they live."""

    def __init__(self, rng: Random, towns: list[tuple[float, float, float]], skus: int) -> None:
        self._rng, self._towns = rng, towns
        self._skus = [f"SKU{n:05}" for n in range(skus)]
        self._popularity = [1 / (n + 10) ** 0.8 for n in range(skus)]
        self._grams = {sku: max(50, int(rng.lognormvariate(6.4, 0.8)) // 10 * 10) for sku in self._skus}
        self._numbers = count(1)

    def orders(self, how_many: int, starts: datetime, days: int) -> list[Order]:
        moments = sorted(starts + timedelta(days=self._rng.random() * days) for _ in range(how_many))
        return [self._order(moment) for moment in moments]

    def _order(self, placed_at: datetime) -> Order:
        rng, number = self._rng, next(self._numbers)
        latitude, longitude, _ = rng.choices(self._towns, [weight for *_, weight in self._towns])[0]
        home = Address(
            line1="1 Main St",
            city="Town",
            country="US",
            latitude=latitude + rng.gauss(0, 0.5),
            longitude=longitude + rng.gauss(0, 0.5),
        )
        size = rng.choice((2, 2, 2, 3, 3, 4)) if rng.random() < MULTI_LINE else 1
        skus = dict.fromkeys(rng.choices(self._skus, self._popularity, k=size))
        return Order(
            source="bench",
            external_id=str(number),
            number=f"#{number}",
            placed_at=placed_at,
            updated_at=placed_at,
            payment_status=PaymentStatus.PAID,
            total=Money.of(100, "USD"),
            destination=home,
            lines=tuple(self._line(n, sku) for n, sku in enumerate(skus, start=1)),
        )

    def _line(self, number: int, sku: str) -> OrderLine:
        return OrderLine(
            line_no=number,
            line_id=str(number),
            sku=sku,
            quantity=self._rng.choices((1, 2, 3), (85, 12, 3))[0],
            unit_price=Money.of(50, "USD"),
            weight_grams=self._grams[sku],
        )


def _stock(rng: Random, orders: tuple[Order, ...], locations: dict[str, StockLocation]) -> Counter[tuple[str, str]]:
    """Every product's demand × 1.05 to 1.3, its units laid where customers live near, and somewhat by chance."""
    demand = Counter[str]()
    near = Counter[str]()
    for order in orders:
        demand.update({line.sku: line.quantity for line in order.lines})
        near[min(locations, key=lambda code: CARD.zone_of(locations[code].address, order.destination))] += 1
    stock = Counter[tuple[str, str]]()
    for sku, units in demand.items():
        weights = [(near[code] + 0.02 * len(orders)) * rng.gammavariate(8, 1 / 8) for code in locations]
        laid = rng.choices(list(locations), weights, k=max(units, int(units * rng.uniform(1.05, 1.3) + rng.random())))
        stock.update((code, sku) for code in laid)
    return stock
