"""One location as the plan remembers it: chosen or not, with every figure a strategy compared."""

from functools import lru_cache

from orderflow.decision import Candidate, PlannedLine, WholeOrder
from orderflow.sourcing.allotment import Allotment
from orderflow.sourcing.problem import Problem
from orderflow.sourcing.scoring import Scored
from orderflow.sourcing.trace.figures import days_until, money_of
from orderflow.sourcing.trace.losses import lost_because


def candidate_of(problem: Problem, scored: Scored, own: Scored, allotment: Allotment | None) -> Candidate:
    """The record of one location, with the reason where it was not chosen; `own` is what `problem.own` has of it."""
    chosen = allotment is not None and scored.source.code in allotment.bid.codes
    all_of_it = scored.covers == problem.demand.units
    cost = scored.cost if all_of_it else scored.source.cost_of(problem.demand, scored.units)
    return Candidate(
        location=scored.source.code,
        score=scored.points,
        parts=scored.parts,
        covers=scored.covers,
        cost=money_of(problem, cost.minor) if scored.covers else None,
        days=days_until(problem, cost.arrival) if scored.covers else None,
        chosen=chosen,
        lost_because="" if chosen else lost_because(problem, scored, own, allotment),
        barred=scored.source.is_closed or not all(scored.source.takes),
        last_resort=scored.source.is_outside and not all(own.source.takes),
        whole=_whole(problem, scored),
    )


def _whole(problem: Problem, scored: Scored) -> WholeOrder:
    source, demand = scored.source, problem.demand
    return WholeOrder(
        parcels=scored.cost.parcels,
        cost_minor=scored.cost.minor,
        later_cost_minor=source.later_cost(demand, demand.wanted),
        arrives=scored.cost.arrival,
        distance_km=source.distance_km,
        missing=_missing(problem, scored) if scored.covers < demand.units else (),
    )


def _missing(problem: Problem, scored: Scored) -> tuple[PlannedLine, ...]:
    """What the location lacks of each product, written at the first line of the product."""
    demand = problem.demand
    lines = {line.item: line for line in reversed(demand.lines)}
    return tuple(
        _lacking(lines[i].line_no, sku, variant, need - have)
        for i, ((sku, variant), need, have) in enumerate(
            zip(demand.items, demand.needed, scored.source.available, strict=True)
        )
        if need > have
    )


@lru_cache(maxsize=4096)
def _lacking(line_no: int, sku: str, variant: str, quantity: int) -> PlannedLine:
    """What is lacking; every location that holds none lacks the same."""
    return PlannedLine(line_no=line_no, sku=sku, variant=variant, quantity=quantity)
