"""Why a location that could have been chosen was not, with the numbers that decided."""

from orderflow.sourcing.problem import Problem
from orderflow.sourcing.scoring import Scored
from orderflow.sourcing.source import price
from orderflow.sourcing.split import Allotment


def lost_because(problem: Problem, scored: Scored, allotment: Allotment | None) -> str:
    """What this location lacks, or what the chosen one does better, in words."""
    if scored.source.refusal:
        return scored.source.refusal
    own = next(s for s in problem.own if s.source.code == scored.source.code)
    if scored.covers == problem.demand.units and own.covers < scored.covers and not problem.uses_outsiders:
        return f"a {scored.source.location.kind} location, which the policy does not use for this order"
    if scored.covers < problem.demand.units:
        return scored.shortfall
    if allotment is None or len(allotment.shares) != 1:
        return "could ship the whole order, but only as an outsider or outside the chosen way to source"
    return _against(problem, scored, allotment)


def _against(problem: Problem, scored: Scored, allotment: Allotment) -> str:
    winner = problem.named(allotment.shares[0].source.code)
    if winner is None:
        return ""
    reasons = (
        _preference(problem, winner),
        f"points {scored.points:g} against {winner.points:g}",
        _cost_against(problem, scored, winner),
        _days(problem, scored, winner),
    )
    return "; ".join(filter(None, reasons))


def _preference(problem: Problem, winner: Scored) -> str:
    code = winner.source.code
    if problem.actions.warehouse == code:
        return f"a rule asks for {code}"
    if problem.actions.warehouse and code in problem.facts.policy.fallback_chain:
        return f"{code} comes first in the fallback chain"
    return ""


def _cost_against(problem: Problem, scored: Scored, winner: Scored) -> str:
    if scored.cost.minor is None or winner.cost.minor is None:
        return ""
    currency = problem.facts.rate_card.currency
    mine, its = price(scored.cost.minor, currency), price(winner.cost.minor, currency)
    return f"ships the whole order for {mine} against {its} from {winner.source.code}"


def _days(problem: Problem, scored: Scored, winner: Scored) -> str:
    mine, its = scored.cost.arrival, winner.cost.arrival
    if mine is None or its is None or mine == its:
        return ""
    if problem.strategy.name == "nearest" and scored.source.distance_km and winner.source.distance_km:
        return f"{scored.source.distance_km:.0f} km away against {winner.source.distance_km:.0f} km"
    return f"arrives {mine} against {its}"
