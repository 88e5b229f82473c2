"""Why a location that could have been chosen was not, with the numbers that decided."""

from collections.abc import Iterator

from orderflow.sourcing.allotment import Allotment
from orderflow.sourcing.bid import UNKNOWN
from orderflow.sourcing.problem import Problem
from orderflow.sourcing.scoring import Scored
from orderflow.sourcing.source import price_words


def lost_because(problem: Problem, scored: Scored, own: Scored, allotment: Allotment | None) -> str:
    """What keeps this location out, what it lacks, or what the chosen one does better, in words."""
    if scored.source.refusal:
        return scored.source.refusal
    if not problem.uses_outsiders and own.covers < scored.covers:
        return f"a {scored.source.location.kind} location, which the policy leaves out (unfilled: backorder)"
    if allotment is None:
        return scored.shortfall or "lines are sourced one by one, and it holds none of them whole"
    winner = problem.named(allotment.shares[0].source.code)
    if len(allotment.shares) > 1 or winner is None:
        return "; ".join(filter(None, [scored.shortfall, _instead(problem, scored, allotment)]))
    return scored.shortfall or "; ".join(_against(problem, scored, winner))


def _instead(problem: Problem, scored: Scored, allotment: Allotment) -> str:
    """What the chosen set does with the order, for a location that is not in it."""
    own_first = "own locations ship what they can; " if scored.source.is_outside and not scored.shortfall else ""
    shipped = problem.demand.units - allotment.uncovered
    cost = "" if allotment.bid.cost == UNKNOWN else f" for {price_words(int(allotment.bid.cost), problem.currency)}"
    return f"{own_first}{', '.join(allotment.bid.codes)} together ship {shipped} of {problem.demand.units} units{cost}"


def _against(problem: Problem, scored: Scored, winner: Scored) -> Iterator[str]:
    yield from _preference(problem, winner)
    yield f"points {scored.points:g} against {winner.points:g}"
    if scored.cost.minor is not None and winner.cost.minor is not None:
        mine, its = price_words(scored.cost.minor, problem.currency), price_words(winner.cost.minor, problem.currency)
        yield f"ships the whole order for {mine} against {its} from {winner.source.code}"
    if scored.cost.arrival and winner.cost.arrival and scored.cost.arrival != winner.cost.arrival:
        yield f"arrives {scored.cost.arrival} against {winner.cost.arrival}"
    if problem.strategy.name == "nearest" and scored.source.distance_km and winner.source.distance_km:
        yield f"{scored.source.distance_km:.0f} km away against {winner.source.distance_km:.0f} km"


def _preference(problem: Problem, winner: Scored) -> Iterator[str]:
    code, asked = winner.source.code, problem.actions.warehouse
    if asked == code:
        yield f"a rule asks for {code}"
    elif asked and code in problem.facts.policy.fallback_chain:
        yield f"{code} comes before it in the fallback chain"
