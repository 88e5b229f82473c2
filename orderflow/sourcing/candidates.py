"""Which locations may ship this order, and why each of the others may not.

A location is out, in this order of reasons, if it was excluded, if a person chose another one, if its capacity of the
day is used up, if it does not ship abroad and the order goes abroad, if it never works, if it stocks nothing of the
order. What remains may still hold too little; that is for the attempts to find out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from orderflow.facts import RoutingFacts
from orderflow.inventory import StockLevel
from orderflow.location import LocationKind, StockLocation
from orderflow.shipping.promise import NeverOpenError, dispatch_day
from orderflow.shipping.rate_choice import ServiceWish
from orderflow.shipping.tariff import Tariff, tariff_into
from orderflow.shipping.zones import distance_km
from orderflow.sourcing.bid_price import bid_price
from orderflow.sourcing.demand import Demand, LineNeed
from orderflow.sourcing.source import Source

Levels = Sequence[StockLevel | None]


@dataclass(frozen=True)
class Fence:
    """What a person laid down beside the rules: the one location to use, and those not to use."""

    forced: str = ""
    excluded: frozenset[str] = frozenset()


class Viewpoint(NamedTuple):
    """What every location is looked at with: the facts, the demand, the wished service, and what a person laid down."""

    facts: RoutingFacts
    demand: Demand
    wish: ServiceWish
    fence: Fence
    prices_units: bool
    tariffs: dict[tuple[int, bool], Tariff]

    def tariff(self, distance: float | None, *, abroad: bool) -> Tariff:
        """The tariff of the zone so many kilometres away, looked up once an order."""
        key = (self.facts.rate_card.zone_at(distance), abroad)
        if key not in self.tariffs:
            self.tariffs[key] = tariff_into(self.facts.rate_card, key[0], self.wish, abroad=abroad)
        return self.tariffs[key]


def sources_of(view: Viewpoint) -> tuple[Source, ...]:
    """Every location as this order sees it, in code order; one that may not ship carries the reason."""
    return tuple(_source(view, view.facts.locations[code]) for code in sorted(view.facts.locations))


def for_own_products(sources: Iterable[Source], demand: Demand) -> tuple[Source, ...]:
    """The same sources, where a 3PL or drop-shipper takes only the products that are fixed to it."""
    return tuple(s._replace(takes=_fixed_here(s, demand)) if s.is_outside else s for s in sources)


def is_fixed_to(line: LineNeed, location: StockLocation) -> bool:
    """Whether the product may ship from there as far as its fixed source says: a location's code or a kind."""
    if line.fulfilled_by == "own":
        return location.kind is LocationKind.WAREHOUSE
    return line.fulfilled_by in ("", location.code, location.kind.value)


def goes_abroad(facts: RoutingFacts, location: StockLocation) -> bool:
    """Whether a parcel from there crosses a border; a location without a country is in the home country."""
    origin = location.address.country or facts.policy.home_country
    return bool(facts.order.destination.country) and origin != facts.order.destination.country


def _source(view: Viewpoint, location: StockLocation) -> Source:
    facts, demand, fence = view.facts, view.demand, view.fence
    destination = facts.order.destination
    known = location.address.has_coordinates and destination.has_coordinates
    distance = distance_km(location.address, destination) if known else None
    dispatch = _dispatch(location, facts)
    closed = _closed(view, location, dispatch)
    levels = [facts.stock.level(location.code, *item) for item in demand.items]
    return Source(
        code=location.code,
        location=location,
        is_outside=location.kind is not LocationKind.WAREHOUSE,
        available=tuple([level.available if level else 0 for level in levels]),
        unit_prices=tuple(map(bid_price, levels)) if view.prices_units else (0.0,) * len(levels),
        takes=tuple([fence.forced == location.code or is_fixed_to(line, location) for line in demand.lines]),
        refusal=closed or ("" if any(levels) else f"does not stock {', '.join(sku for sku, _ in demand.items)}"),
        is_closed=bool(closed),
        tariff=view.tariff(distance, abroad=goes_abroad(facts, location)),
        dispatch=dispatch,
        distance_km=distance,
        utilization=_utilization(facts, location),
        stale_minutes=_stale_minutes(facts, levels),
    )


def _closed(view: Viewpoint, location: StockLocation, dispatch: date | None) -> str:
    """Why nothing of this order ships from there, whatever lies there; empty where something may."""
    facts, fence = view.facts, view.fence
    return (
        _fenced_out(fence, location.code)
        or ("" if fence.forced else _full(facts, location))
        or _no_way_abroad(facts, location)
        or ("has no working day within a year" if dispatch is None else "")
    )


def _fenced_out(fence: Fence, code: str) -> str:
    if code in fence.excluded:
        return "excluded for this order"
    return f"a person chose {fence.forced}" if fence.forced not in ("", code) else ""


def _full(facts: RoutingFacts, location: StockLocation) -> str:
    capacity, load = location.capacity_per_day, facts.load.get(location.code, 0)
    full = capacity is not None and load >= capacity
    return f"capacity of the day used up: {load} of {capacity} orders" if full else ""


def _no_way_abroad(facts: RoutingFacts, location: StockLocation) -> str:
    if location.ships_international or not goes_abroad(facts, location):
        return ""
    return f"does not ship abroad, the order goes to {facts.order.destination.country}"


def _fixed_here(source: Source, demand: Demand) -> tuple[bool, ...]:
    return tuple(takes and bool(line.fulfilled_by) for takes, line in zip(source.takes, demand.lines, strict=True))


def _dispatch(location: StockLocation, facts: RoutingFacts) -> date | None:
    try:
        return dispatch_day(location, facts.now)
    except NeverOpenError:
        return None


def _utilization(facts: RoutingFacts, location: StockLocation) -> float:
    """The used share of the day's capacity; 0 where no capacity is set."""
    if not location.capacity_per_day:
        return 0.0
    return facts.load.get(location.code, 0) / location.capacity_per_day


def _stale_minutes(facts: RoutingFacts, levels: Levels) -> int | None:
    """The age of the oldest count that is too old by the policy; None where every count is fresh or undated."""
    counted = min((level.counted_at for level in levels if level and level.counted_at), default=None)
    age = int((facts.now - counted).total_seconds()) // 60 if counted else 0
    return age if age > facts.policy.stale_after_minutes else None
