"""What later orders will want of every stock level, reckoned from past orders. An average of what was, not a forecast.

1. Every past order prefers the location it would have cost least to ship from, whatever lay there then; its detour is
   what the second cheapest would have cost more.
2. A product's units a day at a location are its units a day altogether × the share of its units that preferred the
   location. A product with few orders borrows its share from all products: SHARED_UNITS units of evidence are theirs.
3. A location's detour is the mean over the orders that preferred it.
4. Until the next replenishment the units of a day come once for each of its days.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from orderflow.address import Address
from orderflow.inventory import Outlook, StockLevel
from orderflow.location import StockLocation
from orderflow.shipping.rate import ShippingSpeed
from orderflow.shipping.rate_card import RateCard
from orderflow.shipping.rate_choice import ServiceWish
from orderflow.shipping.tariff import tariff_into

SHARED_UNITS = 10
Item = tuple[str, str]
"""(sku, variant)"""


class PastOrder(NamedTuple):
    """Where an order went, its weight in grams and its units by SKU and variant."""

    destination: Address
    weight_grams: int
    units: Mapping[Item, int]


class Preference(NamedTuple):
    """The location an order would rather ship from, and what the next best one costs more in minor units."""

    location: str
    detour_minor: int


class PastDemand(NamedTuple):
    """Units a day by SKU and variant, and by location; the mean detour of each location in minor units."""

    units_a_day: Mapping[Item, float]
    preferred_a_day: Mapping[tuple[str, str, str], float]
    detour_minor: Mapping[str, float]

    def outlook(self, level: StockLevel, days: float) -> Outlook | None:
        """What orders of so many days will want of this level; None where the product was not sold."""
        key = (level.location, level.sku, level.variant)
        if key not in self.preferred_a_day:
            return None
        units = round(self.preferred_a_day[key] * days, 3)
        return Outlook(units=units, detour_minor=self.detour_minor[level.location])


def past_demand(
    orders: Iterable[PastOrder], days: float, locations: Mapping[str, StockLocation], card: RateCard
) -> PastDemand:
    """The demand of the orders of so many days."""
    total: Counter[Item] = Counter()
    preferred: Counter[tuple[str, Item]] = Counter()
    detours: dict[str, list[int]] = {code: [] for code in locations}
    for order in orders:
        best = preference_of(order, locations, card)
        if best is None:
            continue
        detours[best.location].append(best.detour_minor)
        total.update(order.units)
        preferred.update({(best.location, item): units for item, units in order.units.items()})
    return PastDemand(
        units_a_day={item: units / days for item, units in total.items()},
        preferred_a_day=dict(_spread(total, preferred, locations, days)),
        detour_minor={code: round(sum(paid) / len(paid), 2) if paid else 0.0 for code, paid in detours.items()},
    )


def preference_of(order: PastOrder, locations: Mapping[str, StockLocation], card: RateCard) -> Preference | None:
    """The cheapest location for the whole order by the standard rates; None where no two of them have a rate."""
    costs = sorted(
        (quote.minor, code)
        for code, place in sorted(locations.items())
        if (quote := _tariff(order, place, card).quote(order.weight_grams))
    )
    return Preference(costs[0][1], costs[1][0] - costs[0][0]) if len(costs) > 1 else None


def _tariff(order: PastOrder, place: StockLocation, card: RateCard):
    zone = card.zone_of(place.address, order.destination)
    abroad = bool(order.destination.country) and place.address.country not in ("", order.destination.country)
    return tariff_into(card, zone, ServiceWish(speed=ShippingSpeed.STANDARD), abroad=abroad)


def _spread(
    total: Counter[Item], preferred: Counter[tuple[str, Item]], locations: Iterable[str], days: float
) -> Iterator[tuple[tuple[str, str, str], float]]:
    """Units a day by location, SKU and variant."""
    everything = total.total()
    at_place: Counter[str] = Counter()
    for (code, _), units in preferred.items():
        at_place[code] += units
    for code in locations:
        usual = at_place[code] / everything if everything else 0.0
        for (sku, variant), units in total.items():
            share = (preferred[code, (sku, variant)] + SHARED_UNITS * usual) / (units + SHARED_UNITS)
            yield (code, sku, variant), units * share / days
