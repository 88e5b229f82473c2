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
    shortfall = source.refusal or shortage(source, demand)
    parts = (
        _stock(shortfall, measure),
        _speed(cost, measure),
        _cost(cost, measure, dearest),
        _utilization(source, measure.weights),
        _stale(source, measure.weights),
    )
    points = _points(sum(part.points for part in parts))
    return Scored(source, units, sum(units.values()), shortfall, cost, points, parts)


@lru_cache(maxsize=4096)
def _part(factor: str, points: float, fact: str) -> ScorePart:
    return ScorePart(factor=factor, points=points, fact=fact)


def _points(exact: float) -> float:
    """Points as they are shown: two decimals, and no negative zero."""
    return round(exact, 2) + 0.0


def _stock(shortfall: str, measure: Measure) -> ScorePart:
    if shortfall:
        return _part(factor="stock", points=measure.weights.out_of_stock, fact=shortfall)
    return _part(factor="stock", points=measure.weights.in_stock, fact=f"holds all {measure.units} units")


def _speed(cost: Cost, measure: Measure) -> ScorePart:
    if cost.arrival is None:
        return _part(factor="speed", points=0, fact="arrival not known")
    points = measure.weights.meets_speed if cost.arrival <= measure.due else 0
    return _part(factor="speed", points=points, fact=f"arrives {cost.arrival}, due {measure.due}")


def _cost(cost: Cost, measure: Measure, dearest: int) -> ScorePart:
    known = cost.minor is not None
    rate = price(dearest if cost.minor is None else cost.minor, measure.currency)
    points = _points(measure.weights.cost_per_currency_unit * float(rate.amount))
    fact = f"{rate} for the whole order" if known else f"no reference rate, reckoned as the dearest, {rate}"
    return _part(factor="cost", points=points, fact=fact)


def _utilization(source: Source, weights: ScoreWeights) -> ScorePart:
    if source.location.capacity_per_day is None:
        return _part(factor="utilization", points=0, fact="no daily capacity set")
    points = _points(weights.utilization * source.utilization)
    return _part(factor="utilization", points=points, fact=f"{source.utilization:.0%} of the day's capacity used")


def _stale(source: Source, weights: ScoreWeights) -> ScorePart:
    if source.stale_minutes is None:
        return _part(factor="stale_stock", points=0, fact="stock count is fresh")
    fact = f"stock counted {source.stale_minutes} minutes ago"
    return _part(factor="stale_stock", points=weights.stale_stock, fact=fact)
