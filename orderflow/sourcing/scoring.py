"""The points of a location for one order: what people read, and what the weighted score decides by.

    stock        + in_stock where it holds every unit of the order, out_of_stock (negative) where it does not
    speed        + meets_speed where the parcel arrives on the day it is due or before, by both places' clocks
    cost         + cost_per_currency_unit (negative) × the rate of the whole order from there; a location without a
                   reference rate is reckoned as the dearest one
    utilization  + utilization (negative) × the used share of the day's capacity, 0 where no capacity is set
    stale_stock  + stale_stock (negative) where the stock was counted longer ago than the policy allows

The weights are those of the policy. The defaults +50, −100 and +50 are the published ones of the product.
"""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from orderflow.decision import ScorePart
from orderflow.policy import ScoreWeights
from orderflow.sourcing.demand import Demand, Units
from orderflow.sourcing.source import Cost, Source, price


class Scored(NamedTuple):
    """A source with what it could ship of the order, what it is short of, the whole order's cost, and its points."""

    source: Source
    units: Units
    covers: int
    shortfall: str
    cost: Cost
    points: float
    parts: tuple[ScorePart, ...]


class Measure(NamedTuple):
    """What all locations are measured by: the weights, the day the order is due and the currency of the rates."""

    weights: ScoreWeights
    units: int
    due: date
    currency: str


def scored(sources: tuple[Source, ...], demand: Demand, measure: Measure) -> tuple[Scored, ...]:
    """Every source with its points, in the given order."""
    costs = [source.cost_of(demand, demand.wanted) for source in sources]
    dearest = max((cost.minor for cost in costs if cost.minor is not None), default=0)
    return tuple(_scored(source, cost, demand, measure, dearest) for source, cost in zip(sources, costs, strict=True))


def shortage(source: Source, demand: Demand) -> str:
    """What it is short of, in words: "holds 3 of 5 SKU456"; empty where it holds everything."""
    taken_by = {line.item for index, line in enumerate(demand.lines) if not source.takes[index]}
    foreign = [f"does not ship {demand.items[item][0]}" for item in sorted(taken_by)]
    short = [
        f"holds {min(have, need)} of {need} {sku}"
        for (sku, _), have, need in zip(demand.items, source.available, demand.needed, strict=True)
        if have < need
    ]
    return ", ".join(foreign + short)


def _scored(source: Source, cost: Cost, demand: Demand, measure: Measure, dearest: int) -> Scored:
    units = source.allocate(demand, demand.wanted)
    covers = sum(units.values())
    shortfall = "" if covers == demand.units else source.refusal or shortage(source, demand)
    weights, has_capacity = measure.weights, source.location.capacity_per_day is not None
    parts = (
        stock_part(shortfall, measure.units, weights.out_of_stock if shortfall else weights.in_stock),
        speed_part(cost.arrival, measure.due, weights.meets_speed),
        cost_part(cost.minor, dearest if cost.minor is None else 0, measure.currency, weights.cost_per_currency_unit),
        _utilization(source.utilization, weights.utilization) if has_capacity else NO_CAPACITY,
        FRESH if source.stale_minutes is None else _stale(source.stale_minutes, weights.stale_stock),
    )
    points = rounded_points(sum([part.points for part in parts]))
    return Scored(source, units, covers, shortfall, cost, points, parts)


NO_CAPACITY = ScorePart(factor="utilization", points=0, fact="no daily capacity set")
FRESH = ScorePart(factor="stale_stock", points=0, fact="stock count is fresh")


def rounded_points(exact: float) -> float:
    """Points as they are shown: two decimals, and no negative zero."""
    return round(exact, 2) + 0.0


@lru_cache(maxsize=4096)
def stock_part(shortfall: str, units: int, points: float) -> ScorePart:
    """The points for holding all units, or those for being short of some."""
    return ScorePart(factor="stock", points=points, fact=shortfall or f"holds all {units} units")


@lru_cache(maxsize=4096)
def speed_part(arrival: date | None, due: date, points: float) -> ScorePart:
    """The points for arriving when due or before, none for later."""
    if arrival is None:
        return ScorePart(factor="speed", points=0, fact="arrival not known")
    return ScorePart(factor="speed", points=points if arrival <= due else 0, fact=f"arrives {arrival}, due {due}")


@lru_cache(maxsize=4096)
def cost_part(minor: int | None, dearest: int, currency: str, points_each: float) -> ScorePart:
    """The points of the whole order's rate in minor units; the dearest location's where there is none."""
    rate = price(dearest if minor is None else minor, currency)
    missing = f"no reference rate, reckoned as the dearest, {rate}"
    fact = missing if minor is None else f"{rate} for the whole order"
    return ScorePart(factor="cost", points=rounded_points(points_each * float(rate.amount)), fact=fact)


@lru_cache(maxsize=4096)
def _utilization(used: float, points: float) -> ScorePart:
    fact = f"{used:.0%} of the day's capacity used"
    return ScorePart(factor="utilization", points=rounded_points(points * used), fact=fact)


@lru_cache(maxsize=4096)
def _stale(minutes: int, points: float) -> ScorePart:
    return ScorePart(factor="stale_stock", points=points, fact=f"stock counted {minutes} minutes ago")
