"""Sourcing line by line, for shops that keep a line together whatever it costs in parcels.

Each line in turn: an own location that holds the whole line, the best by the strategy; else, if the policy uses
outsiders, the best 3PL or drop-shipper that does; else the whole line waits. Locations already used are the only
choice once the order has as many shipments as it may have.
"""

from orderflow.decision import Attempt, Choice
from orderflow.sourcing.allotment import Allotment, allotment_of
from orderflow.sourcing.problem import Problem, Tried
from orderflow.sourcing.scoring import Scored


def source_by_line(problem: Problem) -> Tried:
    """The allotment line by line, told as one attempt; no allotment where every line waits."""
    left = {s.source.code: list(s.source.available) for s in problem.everyone}
    units: dict[str, dict[int, int]] = {}
    waiting = []
    for index, line in enumerate(problem.demand.lines):
        chosen = _best_for(problem, index, left, units)
        if chosen is None:
            waiting.append(line.line_no)
            continue
        units.setdefault(chosen.source.code, {})[index] = line.quantity
        left[chosen.source.code][line.item] -= line.quantity
    return Tried(
        Attempt(tried="line by line, each whole at one place", result=_result(waiting)),
        _sum(problem, units),
        Choice.LINES,
    )


def _best_for(
    problem: Problem, index: int, left: dict[str, list[int]], used: dict[str, dict[int, int]]
) -> Scored | None:
    line, search = problem.demand.lines[index], problem.search(cuts_lines=False)
    pools = (problem.own, problem.everyone) if problem.uses_outsiders else (problem.own,)
    for pool in pools:
        able = [
            s
            for s in pool
            if s.covers and s.source.takes[index] and left[s.source.code][line.item] >= line.quantity
            if len(used) < problem.limit or s.source.code in used
        ]
        bids = [(allotment_of([(s, {index: line.quantity})], search).bid, s) for s in able]
        if bids:
            return min(bids, key=lambda pair: problem.strategy.key(pair[0]))[1]
    return None


def _sum(problem: Problem, units: dict[str, dict[int, int]]) -> Allotment | None:
    shares = [(s, units[s.source.code]) for s in problem.everyone if s.source.code in units]
    return allotment_of(shares, problem.search(cuts_lines=False)) if shares else None


def _result(waiting: list[int]) -> str:
    if not waiting:
        return "every line has its place"
    return f"no place holds all of line {', '.join(map(str, waiting))}"
