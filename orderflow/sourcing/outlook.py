"""What later orders will want of every stock level, reckoned from past orders. An average of what was, not a forecast.

1. Past orders that pay the same zones from every location are one neighbourhood; it ranks the locations by what its
   mean parcel costs from there.
2. A neighbourhood prefers the first location of its ranking that holds the product now; its detour is what the second
   one that holds it costs more.
3. A location's units of a product are the product's units a day × the days to replenishment × the share of all orders
   whose neighbourhood prefers the location. Its detour is the mean over these.

Which locations hold the product decides 2, so an outlook is reckoned again whenever a stock row changes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from orderflow.address import Address
from orderflow.inventory import Outlook, StockLevel
from orderflow.location import StockLocation
from orderflow.shipping.rate import ShippingSpeed
from orderflow.shipping.rate_card import RateCard
from orderflow.shipping.rate_choice import ServiceWish
from orderflow.shipping.tariff import tariff_into

Item = tuple[str, str]
"""(sku, variant)"""

USUAL = ServiceWish(speed=ShippingSpeed.STANDARD)


class PastOrder(NamedTuple):
    """Where an order went, its weight in grams and its units by SKU and variant."""

    destination: Address
    weight_grams: int
    units: Mapping[Item, int]


class Neighbourhood(NamedTuple):
    """Its share of all orders, and its locations with the cost of its mean parcel in minor units, cheapest first."""

    share: float
    ranking: tuple[tuple[int, str], ...]


class Pull(NamedTuple):
    """The share of all orders that prefer a location, and their mean detour in minor units."""

    share: float
    detour_minor: float


class PastDemand:
    """Units a day of every product, and who would rather be served from where."""

    def __init__(self, units_a_day: Mapping[Item, float], neighbourhoods: Sequence[Neighbourhood]) -> None:
        self._units_a_day = units_a_day
        self._pulls = lru_cache(maxsize=4096)(lambda holders: _pulls(neighbourhoods, holders))

    def with_outlook(self, levels: Iterable[StockLevel], days: float) -> list[StockLevel]:
        """The same levels, each with what orders of so many days will want of it; bare where it was never sold."""
        known = list(levels)
        holders: dict[Item, list[str]] = defaultdict(list)
        for level in known:
            if level.available:
                holders[level.sku, level.variant].append(level.location)
        return [self._seen(level, frozenset(holders[level.sku, level.variant]), days) for level in known]

    def _seen(self, level: StockLevel, holders: frozenset[str], days: float) -> StockLevel:
        a_day = self._units_a_day.get((level.sku, level.variant), 0.0)
        if not a_day or level.location not in holders:
            return level
        pull = self._pulls(holders)[level.location]
        outlook = Outlook(units=round(a_day * days * pull.share, 3), detour_minor=pull.detour_minor)
        return level.model_copy(update={"outlook": outlook})


def past_demand(
    orders: Iterable[PastOrder], days: float, locations: Mapping[str, StockLocation], card: RateCard
) -> PastDemand:
    """The demand of the orders of so many days."""
    units: Counter[Item] = Counter()
    by_zones: dict[tuple[tuple[int, bool], ...], list[int]] = defaultdict(list)
    places = [locations[code] for code in sorted(locations)]
    for order in orders:
        units.update(order.units)
        by_zones[tuple(_zone(order, place, card) for place in places)].append(order.weight_grams)
    everything = sum(map(len, by_zones.values()))
    return PastDemand(
        {item: count / days for item, count in units.items()},
        [
            Neighbourhood(len(grams) / everything, tuple(sorted(_costs(places, zones, sum(grams) // len(grams), card))))
            for zones, grams in sorted(by_zones.items())
        ],
    )


def _zone(order: PastOrder, place: StockLocation, card: RateCard) -> tuple[int, bool]:
    abroad = bool(order.destination.country) and place.address.country not in ("", order.destination.country)
    return card.zone_of(place.address, order.destination), abroad


def _costs(
    places: Sequence[StockLocation], zones: Sequence[tuple[int, bool]], grams: int, card: RateCard
) -> Iterator[tuple[int, str]]:
    for place, (zone, abroad) in zip(places, zones, strict=True):
        quote = tariff_into(card, zone, USUAL, abroad=abroad).quote(grams)
        if quote:
            yield quote.minor, place.code


def _pulls(neighbourhoods: Sequence[Neighbourhood], holders: frozenset[str]) -> dict[str, Pull]:
    """How strongly each of these locations is wanted, if only they hold the product."""
    shares = dict.fromkeys(holders, 0.0)
    detours = dict.fromkeys(holders, 0.0)
    for one in neighbourhoods:
        able = [place for place in one.ranking if place[1] in holders][:2]
        if able:
            shares[able[0][1]] += one.share
        if len(able) > 1:
            detours[able[0][1]] += one.share * (able[1][0] - able[0][0])
    return {code: Pull(share, round(detours[code] / share, 2) if share else 0.0) for code, share in shares.items()}
