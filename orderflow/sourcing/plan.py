"""The sourcing plan of one order: filter, score, allocate, split, explain.

1. Read the order as a demand of units; see every location as a source with its points.
2. Make the attempts in their order until one ships every unit, or take what can ship.
3. Write down the shipments with their promises, the units that wait, and why every other location lost.
"""

from datetime import date
from zoneinfo import ZoneInfo

from orderflow.decision import Attempt, Candidate, PlannedLine, PlannedShipment, SourcingPlan
from orderflow.facts import RoutingFacts
from orderflow.money import Money
from orderflow.rules.actions import Actions
from orderflow.shipping.promise import window_on
from orderflow.shipping.speed import service_wish
from orderflow.shipping.time_zones import zone_at
from orderflow.sourcing.attempts import attempt_all
from orderflow.sourcing.candidates import Fence
from orderflow.sourcing.demand import LineNeed, Units
from orderflow.sourcing.losses import lost_because
from orderflow.sourcing.problem import Problem, problem_for
from orderflow.sourcing.scoring import Scored
from orderflow.sourcing.source import Cost, Source, price
from orderflow.sourcing.split import Allotment, Share


def source_order(
    facts: RoutingFacts,
    actions: Actions,
    *,
    forced_location: str | None = None,
    excluded: frozenset[str] = frozenset(),
) -> SourcingPlan:
    """Where every unit of the order ships from or that it waits; the same facts always give the same plan.

    `forced_location` is a person's choice: no other location is used, and its capacity is not asked. `excluded`
    locations are not used. Every shippable unit is in exactly one shipment or backorder line.
    """
    problem = problem_for(facts, actions, Fence(forced_location or "", excluded))
    allotment, attempts = attempt_all(problem)
    return _plan(problem, allotment, attempts)


def _plan(problem: Problem, allotment: Allotment | None, attempts: tuple[Attempt, ...]) -> SourcingPlan:
    shares = sorted(allotment.shares, key=lambda s: (s.source.is_outside, s.source.code)) if allotment else []
    parcels = [(s.source, units) for s in shares for units in s.source.parcels(problem.demand, s.units)]
    return SourcingPlan(
        shipments=tuple(_shipment(problem, number, *parcel) for number, parcel in enumerate(parcels, start=1)),
        backordered=_planned(problem.demand.lines, _waiting(problem, shares)),
        candidates=tuple(_candidate(problem, scored, allotment) for scored in problem.everyone),
        attempts=attempts,
    )


def _shipment(problem: Problem, number: int, source: Source, units: Units) -> PlannedShipment:
    facts, cost = problem.facts, source.cost_of(problem.demand, units)
    window = window_on(cost.arrival, facts.order.destination) if cost.arrival else None
    return PlannedShipment(
        number=number,
        location=source.code,
        source=source.location.kind,
        lines=_planned(problem.demand.lines, units),
        weight_grams=problem.demand.weight_of(units),
        speed=service_wish(facts, problem.actions).speed,
        estimated_cost=_money(problem, cost),
        estimated_days=_days(problem, cost.arrival),
        promised_from=window.starts if window else None,
        promised_to=window.ends if window else None,
    )


def _waiting(problem: Problem, shares: list[Share]) -> dict[int, int]:
    open_units = {index: line.quantity for index, line in enumerate(problem.demand.lines)}
    for share in shares:
        for index, units in share.units.items():
            open_units[index] -= units
    return {index: units for index, units in open_units.items() if units}


def _planned(lines: tuple[LineNeed, ...], units: Units) -> tuple[PlannedLine, ...]:
    return tuple(
        PlannedLine(line_no=lines[i].line_no, sku=lines[i].sku, variant=lines[i].variant, quantity=units[i])
        for i in sorted(units)
    )


def _candidate(problem: Problem, scored: Scored, allotment: Allotment | None) -> Candidate:
    chosen = bool(allotment) and scored.source.code in allotment.bid.codes
    cost = scored.source.cost_of(problem.demand, scored.units) if scored.covers else None
    return Candidate(
        location=scored.source.code,
        score=scored.points,
        parts=scored.parts,
        covers=scored.covers,
        cost=_money(problem, cost) if cost else None,
        days=_days(problem, cost.arrival) if cost else None,
        chosen=chosen,
        lost_because="" if chosen else lost_because(problem, scored, allotment),
    )


def _money(problem: Problem, cost: Cost) -> Money | None:
    return None if cost.minor is None else price(cost.minor, problem.currency)


def _days(problem: Problem, arrival: date | None) -> int | None:
    """Calendar days from now to the arrival, by the destination's clock."""
    if arrival is None:
        return None
    zone = ZoneInfo(zone_at(problem.facts.order.destination))
    return (arrival - problem.facts.now.astimezone(zone).date()).days
