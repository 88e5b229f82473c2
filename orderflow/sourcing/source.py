"""A location as one order sees it, in plain numbers."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from orderflow.location import StockLocation
from orderflow.money import Money
from orderflow.shipping.packing import packed
from orderflow.shipping.promise import arrival_day
from orderflow.shipping.tariff import Tariff
from orderflow.sourcing.demand import Demand, Units


@lru_cache(maxsize=4096)
def price(minor: int, currency: str) -> Money:
    """The amount of so many minor units; the same few prices come up all day."""
    return Money.from_minor(minor, currency)


@lru_cache(maxsize=4096)
def price_words(minor: int, currency: str) -> str:
    """The same amount as people read it."""
    return str(price(minor, currency))


class Cost(NamedTuple):
    """What sending some units from one location costs and when they arrive; None where no reference rate exists."""

    minor: int | None
    arrival: date | None
    parcels: int = 1


class Source(NamedTuple):
    """One candidate location.

    `is_outside` says that somebody else packs the parcel, a 3PL or a drop-shipper. `available` and `unit_prices` (bid
    prices in minor units) are per item of the demand, `takes` per line: whether this location may ship the line's
    product. `refusal` says why it ships nothing of this order; it is empty where it may ship. `is_closed` says that
    more stock would not change that.
    """

    code: str
    location: StockLocation
    is_outside: bool
    available: tuple[int, ...]
    unit_prices: tuple[float, ...]
    takes: tuple[bool, ...]
    refusal: str
    is_closed: bool
    tariff: Tariff
    dispatch: date | None
    distance_km: float | None
    utilization: float
    stale_minutes: int | None

    def allocate(self, demand: Demand, wanted: Units) -> dict[int, int]:
        """The units it can ship of the wanted ones, lines in order; lines of one SKU share what is available."""
        if self.refusal:
            return {}
        left = list(self.available)
        taken = {}
        for index, quantity in wanted.items():
            line = demand.lines[index]
            units = min(quantity, left[line.item]) if self.takes[index] else 0
            if units:
                taken[index] = units
                left[line.item] -= units
        return taken

    def parcels(self, demand: Demand, units: Units) -> list[dict[int, int]]:
        """These units as the parcels they need from here: one, unless they are too heavy for every service."""
        return packed(demand.grams_each, units, self.tariff.heaviest_grams)

    def cost_of(self, demand: Demand, units: Units) -> Cost:
        """Cost of sending these units and the arrival of the last parcel."""
        weight_grams = demand.weight_of(units)
        if weight_grams <= self.tariff.heaviest_grams:
            return self._parcel_cost(weight_grams)
        costs = [self._parcel_cost(demand.weight_of(parcel)) for parcel in self.parcels(demand, units)]
        if any(cost.minor is None or cost.arrival is None for cost in costs):
            return Cost(None, None, len(costs))
        arrival = max(cost.arrival for cost in costs if cost.arrival)
        return Cost(sum(cost.minor or 0 for cost in costs), arrival, len(costs))

    def later_cost(self, demand: Demand, units: Units) -> float:
        """What taking these units from here costs later orders, by their bid prices in minor units."""
        if not any(self.unit_prices):
            return 0.0
        return round(sum(self.unit_prices[demand.lines[i].item] * count for i, count in units.items()), 2)

    def _parcel_cost(self, weight_grams: int) -> Cost:
        quote = self.tariff.quote(weight_grams)
        if quote is None or self.dispatch is None:
            return Cost(None, None)
        arrival = arrival_day(self.dispatch, quote.days, self.location.holidays)
        return Cost(quote.minor, arrival)
