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
from typing import NamedTuple

from orderflow.decision import ScorePart
from orderflow.money import Money
from orderflow.policy import ScoreWeights
from orderflow.sourcing.demand import Demand
from orderflow.sourcing.source import Cost, Source, Units


class Scored(NamedTuple):
    """A source with what it could ship of the order, at what cost, and its points by part."""

    source: Source
    units: Units
    covers: int
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
    wanted = {index: line.quantity for index, line in enumerate(demand.lines)}
    units = [source.allocate(demand, wanted) for source in sources]
    costs = [source.cost_of(demand.weight_grams) for source in sources]
    dearest = max((cost.minor for cost in costs if cost.minor is not None), default=0)
    return tuple(
        _scored(source, taken, cost, _parts(source, cost, _shortfall(source, demand), measure, dearest))
        for source, taken, cost in zip(sources, units, costs, strict=True)
    )


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


def _scored(source: Source, units: Units, cost: Cost, parts: tuple[ScorePart, ...]) -> Scored:
    points = _points(sum(part.points for part in parts))
    return Scored(source, units, sum(units.values()), cost, points, parts)


def _parts(source: Source, cost: Cost, shortfall: str, measure: Measure, dearest: int) -> tuple[ScorePart, ...]:
    return (
        _stock(shortfall, measure),
        _speed(cost, measure),
        _cost(cost, measure, dearest),
        _utilization(source, measure.weights),
        _stale(source, measure.weights),
    )


def _shortfall(source: Source, demand: Demand) -> str:
    return source.refusal or shortage(source, demand)


def _points(exact: float) -> float:
    """Points as they are shown: two decimals, and no negative zero."""
    return round(exact, 2) + 0.0


def _stock(shortfall: str, measure: Measure) -> ScorePart:
    if shortfall:
        return ScorePart(factor="stock", points=measure.weights.out_of_stock, fact=shortfall)
    return ScorePart(factor="stock", points=measure.weights.in_stock, fact=f"holds all {measure.units} units")


def _speed(cost: Cost, measure: Measure) -> ScorePart:
    if cost.arrival is None:
        return ScorePart(factor="speed", points=0, fact="arrival not known")
    points = measure.weights.meets_speed if cost.arrival <= measure.due else 0
    return ScorePart(factor="speed", points=points, fact=f"arrives {cost.arrival}, due {measure.due}")


def _cost(cost: Cost, measure: Measure, dearest: int) -> ScorePart:
    known = cost.minor is not None
    price = Money.from_minor(dearest if cost.minor is None else cost.minor, measure.currency)
    points = _points(measure.weights.cost_per_currency_unit * float(price.amount))
    fact = f"{price} for the whole order" if known else f"no reference rate, reckoned as the dearest, {price}"
    return ScorePart(factor="cost", points=points, fact=fact)


def _utilization(source: Source, weights: ScoreWeights) -> ScorePart:
    if source.location.capacity_per_day is None:
        return ScorePart(factor="utilization", points=0, fact="no daily capacity set")
    points = _points(weights.utilization * source.utilization)
    return ScorePart(factor="utilization", points=points, fact=f"{source.utilization:.0%} of the day's capacity used")


def _stale(source: Source, weights: ScoreWeights) -> ScorePart:
    if source.stale_minutes is None:
        return ScorePart(factor="stale_stock", points=0, fact="stock count is fresh")
    fact = f"stock counted {source.stale_minutes} minutes ago"
    return ScorePart(factor="stale_stock", points=weights.stale_stock, fact=fact)
