"""The order of attempts: each is tried only if none before it ships every unit.

0. The locations of an earlier decision, if they still can: a choice once made is kept.
1. The location a rule asks for (or a person forces), for the whole order.
2. If it cannot, the fallback chain in its order, each for the whole order.
3. The best location by the strategy, for the whole order; then the fallback chain if it was not tried yet.
4. Several locations, every line whole at one of them.
5. As many units as can ship, lines cut where they must be.
6. By the policy for what no own location can ship. "third_party": a 3PL or drop-shipper for the whole order, else
   own and outside locations together by line. "split": own and outside ones together, lines cut, with as few outside
   units as possible; so does "third_party" in the end. "backorder": no outsiders, unless a product is fixed to one.

What the last attempt cannot ship waits. What the strategy chose is weighed once more against splitting the order
further, where the policy lets a saving justify that: see worth.py.
With `line_first` the order is instead sourced line by line: see line_first.py.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from orderflow.decision import Attempt, Choice
from orderflow.policy import UnfilledPolicy
from orderflow.sourcing.allotment import Allotment, whole_order
from orderflow.sourcing.bid import UNKNOWN
from orderflow.sourcing.line_first import source_by_line
from orderflow.sourcing.problem import Problem, Tried
from orderflow.sourcing.scoring import Scored
from orderflow.sourcing.source import price_words
from orderflow.sourcing.split import best_split
from orderflow.sourcing.worth import further_split, worth_it

Step = Callable[[Problem], Iterator[Tried]]


class Attempts(NamedTuple):
    """The way to ship (None where not one unit can), who chose it, what was tried, and the best further split."""

    allotment: Allotment | None
    choice: Choice
    told: tuple[Attempt, ...]
    rival: Allotment | None


def attempt_all(problem: Problem) -> Attempts:
    """Makes the attempts until one ships every unit, then asks whether the policy would rather split further."""
    told, allotment, choice = [], None, Choice.NONE
    for tried in _attempts(problem):
        told.append(tried.attempt)
        if tried.allotment:
            allotment, choice = tried.allotment, tried.choice
        if allotment and allotment.covers_all:
            break
    rival = further_split(problem) if allotment and allotment.covers_all else None
    if allotment and rival and choice in (Choice.STRATEGY, Choice.SPLIT):
        worth = worth_it(problem, allotment, rival)
        told += [worth.attempt] if worth else []
        if worth and worth.allotment:
            allotment, choice = worth.allotment, Choice.SPLIT
    return Attempts(allotment, choice, tuple(told), rival)


def _attempts(problem: Problem) -> Iterator[Tried]:
    if problem.facts.policy.line_first and not problem.fence.forced:
        yield source_by_line(problem)
        return
    everything: tuple[Step, ...] = (_as_before, _preferred, _by_strategy, _by_line, _inside_lines, _outside)
    for step in (_preferred, _inside_lines) if problem.fence.forced else everything:
        yield from step(problem)


def _as_before(problem: Problem) -> Iterator[Tried]:
    before = [s for s in problem.everyone if s.source.code in problem.facts.previous]
    if not problem.facts.previous:
        return
    found = best_split(before, problem.search(cuts_lines=False, limit=len(problem.facts.previous)))
    tried = f"{' and '.join(problem.facts.previous)}, as decided before"
    if found.best is None:
        lacks = "; ".join(f"{s.source.code} {s.shortfall}" for s in before if s.shortfall)
        yield Tried(Attempt(tried=tried, result=lacks or "there is no such location"))
    else:
        yield Tried(Attempt(tried=tried, result=_ships(problem, found.best)), found.best, Choice.BEFORE)


def _preferred(problem: Problem) -> Iterator[Tried]:
    forced, ruled = problem.fence.forced, problem.actions.warehouse
    if forced or ruled:
        why, choice = ("as a person decided", Choice.PERSON) if forced else ("as a rule asks", Choice.RULE)
        yield _whole_at(problem, forced or ruled or "", why, choice)
    if ruled and not forced:
        yield from _chain(problem, after=ruled)


def _chain(problem: Problem, after: str = "") -> Iterator[Tried]:
    for place, code in enumerate(problem.facts.policy.fallback_chain, start=1):
        if code != after:
            yield _whole_at(problem, code, f"number {place} of the fallback chain", Choice.CHAIN)


def _by_strategy(problem: Problem) -> Iterator[Tried]:
    yield _best_whole(problem, problem.own, "the best location")
    if not problem.actions.warehouse:
        yield from _chain(problem)


def _by_line(problem: Problem) -> Iterator[Tried]:
    if problem.limit == 1:
        yield Tried(Attempt(tried="a split", result="not allowed: the order may ship from one location only"))
    else:
        yield _shared(problem, problem.own, "a split by line", cuts_lines=False)


def _inside_lines(problem: Problem) -> Iterator[Tried]:
    yield _shared(problem, problem.own, "what can ship, lines cut", cuts_lines=True)


def _outside(problem: Problem) -> Iterator[Tried]:
    if not problem.uses_outsiders:
        return
    if problem.facts.policy.unfilled is UnfilledPolicy.THIRD_PARTY:
        outsiders = tuple(s for s in problem.everyone if s.source.is_outside)
        yield _best_whole(problem, outsiders, "the best 3PL or drop-shipper")
        yield _shared(problem, problem.everyone, "own and outside locations by line", cuts_lines=False)
    yield _shared(problem, problem.everyone, "what own and outside locations can ship, lines cut", cuts_lines=True)


def _whole_at(problem: Problem, code: str, why: str, choice: Choice) -> Tried:
    tried = f"{code} for the whole order, {why}"
    scored = problem.named(code)
    if scored is None:
        return Tried(Attempt(tried=tried, result="there is no such location"))
    if scored.covers < problem.demand.units:
        return Tried(Attempt(tried=tried, result=scored.shortfall))
    allotment = whole_order(scored, problem.search(cuts_lines=False))
    return Tried(Attempt(tried=tried, result=_ships(problem, allotment)), allotment, choice)


def _best_whole(problem: Problem, pool: tuple[Scored, ...], whom: str) -> Tried:
    tried = f"{whom} for the whole order ({problem.strategy.sentence})"
    search = problem.search(cuts_lines=False)
    able = [s for s in pool if s.covers == problem.demand.units]
    if not able:
        return Tried(Attempt(tried=tried, result="none holds every unit"))
    best = min((whole_order(s, search) for s in able), key=lambda one: problem.strategy.key(one.bid))
    return Tried(Attempt(tried=tried, result=_ships(problem, best)), best, Choice.STRATEGY)


def _shared(problem: Problem, pool: tuple[Scored, ...], what: str, *, cuts_lines: bool) -> Tried:
    tried = f"{what}, at most {problem.limit} locations"
    found = best_split(pool, problem.search(cuts_lines=cuts_lines))
    cut = f"; the search left out {found.left_out} locations" if found.left_out else ""
    if found.best is None:
        return Tried(Attempt(tried=tried, result=f"no such set of locations{cut}"))
    return Tried(Attempt(tried=tried, result=_ships(problem, found.best) + cut), found.best, Choice.SPLIT)


def _ships(problem: Problem, allotment: Allotment) -> str:
    places = " and ".join(share.source.code for share in allotment.shares)
    cost = "" if allotment.bid.cost == UNKNOWN else f", for {price_words(int(allotment.bid.cost), problem.currency)}"
    shipped = problem.demand.units - allotment.uncovered
    units = f" ship {shipped} of {problem.demand.units} units" if allotment.uncovered else ""
    return f"{places} can{units}{cost}"
