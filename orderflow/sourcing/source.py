"""A location as one order sees it, in plain numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from orderflow.location import LocationKind, StockLocation
from orderflow.shipping.promise import arrival_day
from orderflow.shipping.tariff import Tariff
from orderflow.sourcing.demand import Demand, LineNeed

# Units per index of the demand's lines.
Units = Mapping[int, int]


class Cost(NamedTuple):
    """What sending some units from one location costs and when they arrive; None where no reference rate exists."""

    minor: int | None
    arrival: date | None
    transit_days: int | None


@dataclass(frozen=True, slots=True)
class Source:
    """One candidate location.

    `available` is per item of the demand, `takes` per line: whether this location may ship the line's product.
    `refusal` says why it ships nothing of this order; it is empty where it may ship.
    """

    location: StockLocation
    available: tuple[int, ...]
    takes: tuple[bool, ...]
    refusal: str
    tariff: Tariff
    dispatch: date | None
    distance_km: float | None
    utilization: float
    stale_minutes: int | None

    @property
    def code(self) -> str:
        """The location's code."""
        return self.location.code

    @property
    def is_outside(self) -> bool:
        """Whether somebody else packs the parcel: a 3PL or a drop-shipper."""
        return self.location.kind is not LocationKind.WAREHOUSE

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

    def cost_of(self, weight_grams: int) -> Cost:
        """Cost and arrival of one parcel of this weight."""
        quote = self.tariff.quote(weight_grams)
        if quote is None or self.dispatch is None:
            return Cost(None, None, None)
        arrival = arrival_day(self.dispatch, quote.days, self.location.holidays)
        return Cost(quote.minor, arrival, quote.days)


def weight_of(lines: tuple[LineNeed, ...], units: Units) -> int:
    """Grams of these units together."""
    return sum(lines[index].weight_grams * count for index, count in units.items())
