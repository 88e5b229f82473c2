"""Whether an order that could go in fewer parcels is worth splitting further.

The rival is the way over several own locations that costs least, each line whole; bid prices count where the strategy
asks for them. It is taken if it saves at least as much money as the policy wants for a split, or else if the fastest
such way arrives at least as many days earlier. Where the policy sets neither, no saving justifies a split.
"""

from math import isfinite

from orderflow.decision import Attempt, Choice
from orderflow.sourcing.allotment import Allotment
from orderflow.sourcing.problem import Problem, Tried
from orderflow.sourcing.source import price_words
from orderflow.sourcing.split import best_split
from orderflow.sourcing.strategies import Strategy, strategy_named


def further_split(problem: Problem) -> Allotment | None:
    """The cheapest way over several own locations; None where the order may not be split or no such way exists."""
    return _split_by(problem, problem.strategy if problem.strategy.prices_units else strategy_named("cheapest"))


def worth_it(problem: Problem, chosen: Allotment, rival: Allotment) -> Tried | None:
    """Whether to split instead, told as an attempt; None where the policy names no saving that would justify it."""
    money, days = problem.facts.policy.split_saves_money, problem.facts.policy.split_saves_days
    if money is None and days is None:
        return None
    comparable = money is not None and money.currency == problem.currency
    if comparable and _full_cost(chosen) - _full_cost(rival) >= money.minor:
        return _taken(problem, chosen, rival)
    if days is not None:
        fastest = _split_by(problem, strategy_named("fastest"))
        if fastest and chosen.bid.arrival - fastest.bid.arrival >= days:
            return _taken(problem, chosen, fastest)
    return Tried(Attempt(tried=_told(rival), result=f"not worth it: {comparison(problem, chosen, rival)}"))


def comparison(problem: Problem, chosen: Allotment, other: Allotment) -> str:
    """How the other way differs from the chosen one: "costs $3.00 more, arrives 1 day earlier"."""
    cost, days = other.bid.cost - chosen.bid.cost, other.bid.arrival - chosen.bid.arrival
    worth = other.bid.later_cost - chosen.bid.later_cost
    parts = [
        _more_or_less(problem, cost, "costs {} more", "costs {} less"),
        _more_or_less(problem, worth, "takes units worth {} more to later orders", "takes units worth {} less"),
        _later_or_earlier(days),
    ]
    return ", ".join(filter(None, parts)) or "costs and arrives the same"


def _split_by(problem: Problem, strategy: Strategy) -> Allotment | None:
    if problem.limit < 2 or len(problem.demand.lines) < 2 or problem.fence.forced:
        return None
    search = problem.search(cuts_lines=False, strategy=strategy, fewest_parcels=False)
    return best_split(problem.own, search, from_size=2).best


def _taken(problem: Problem, chosen: Allotment, rival: Allotment) -> Tried:
    attempt = Attempt(tried=_told(rival), result=f"worth it: {comparison(problem, chosen, rival)}")
    return Tried(attempt, rival, Choice.SPLIT)


def _told(rival: Allotment) -> str:
    return f"a further split over {' and '.join(rival.bid.codes)}"


def _full_cost(allotment: Allotment) -> float:
    return allotment.bid.cost + allotment.bid.later_cost


def _more_or_less(problem: Problem, minor: float, more: str, less: str) -> str:
    if not isfinite(minor) or not round(minor):
        return ""
    return (more if minor > 0 else less).format(price_words(abs(round(minor)), problem.currency))


def _later_or_earlier(days: float) -> str:
    if not isfinite(days) or not days:
        return ""
    count = f"{abs(days):.0f} day{'' if abs(days) == 1 else 's'}"
    return f"arrives {count} {'later' if days > 0 else 'earlier'}"
