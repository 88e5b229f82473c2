"""The sourcing plan of one order: filter, score, allocate, split, explain.

1. Read the order as a demand of units; see every location as a source with its points.
2. Make the attempts in their order until one ships every unit, or take what can ship.
3. Write down the shipments with their promises, the units that wait, why every other location lost, and what every
   other way would cost.
"""

from orderflow.decision import PlannedLine, PlannedShipment, SourcingPlan, Terms
from orderflow.facts import RoutingFacts
from orderflow.rules.actions import Actions
from orderflow.shipping.promise import window_on
from orderflow.shipping.speed import service_wish
from orderflow.sourcing.allotment import Share
from orderflow.sourcing.attempts import Attempts, attempt_all
from orderflow.sourcing.candidates import Fence
from orderflow.sourcing.demand import LineNeed, Units
from orderflow.sourcing.problem import Problem, problem_for
from orderflow.sourcing.source import Source
from orderflow.sourcing.trace.alternatives import alternatives_of
from orderflow.sourcing.trace.candidate import candidate_of
from orderflow.sourcing.trace.figures import days_until, money_of


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
    return plan_of_attempts(problem, attempt_all(problem))


def plan_of_attempts(problem: Problem, attempts: Attempts) -> SourcingPlan:
    """The plan that follows from the attempts, with its whole trace."""
    allotment, places = attempts.allotment, zip(problem.everyone, problem.own, strict=True)
    shares = sorted(allotment.shares, key=lambda s: (s.source.is_outside, s.source.code)) if allotment else []
    parcels = [(s.source, units) for s in shares for units in s.source.parcels(problem.demand, s.units)]
    return SourcingPlan(
        shipments=tuple([_shipment(problem, number, *parcel) for number, parcel in enumerate(parcels, start=1)]),
        backordered=_planned(problem.demand.lines, _waiting(problem, shares)),
        candidates=tuple([candidate_of(problem, *place, allotment) for place in places]),
        attempts=attempts.told,
        alternatives=alternatives_of(problem, attempts),
        terms=_terms(problem, attempts),
    )


def _terms(problem: Problem, attempts: Attempts) -> Terms:
    policy = problem.facts.policy
    saves = policy.split_saves_money is not None or policy.split_saves_days is not None
    return Terms(
        strategy=problem.strategy.name,
        chosen_by=attempts.choice,
        asked=problem.actions.warehouse or "",
        previous=problem.facts.previous,
        primary=policy.primary_location,
        fallback_chain=policy.fallback_chain,
        due=problem.due,
        currency=problem.currency,
        weights=policy.weights,
        may_split_further=saves and problem.limit > 1 and len(problem.demand.lines) > 1,
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
        estimated_cost=money_of(problem, cost.minor),
        estimated_days=days_until(problem, cost.arrival),
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
