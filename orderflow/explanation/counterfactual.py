"""The smallest changes that would have made another location win, reckoned exactly from a decision's trace.

For a location that lost:

1. The units it lacks; without them nothing else helps.
2. Where it would still lose with these units, the highest rate or else the latest arrival with which it wins.
3. Where no rate and no arrival helps, since a rule or the fallback chain decides: a rule that asks for it.

For the winner: the fewest units that would have to go, the lowest rate and the earliest arrival with which it loses.
Each change is the smallest of its kind: a cent, a day or a unit less changes nothing. Nothing is said of orders that
are sourced line by line, that a person sent somewhere or that a saving may split further, nor of locations that may
not ship the order at all.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from orderflow.decision import Candidate, Choice, Decision, PlannedLine
from orderflow.explanation.contest import Contender, Contest, contest_of, restocked, supplied

NOT_A_CONTEST = (Choice.PERSON, Choice.LINES)
BEYOND_ANY_RATE = 10_000_000  # minor units; a location that wins even so does not win by its rate
BEYOND_ANY_DAYS = 90


class Change(NamedTuple):
    """What would have to be different at one location, all of it together; `rate_minor` is that of the whole order."""

    location: str
    units: tuple[PlannedLine, ...] = ()
    rate_minor: int | None = None
    arrives: date | None = None
    ruled: bool = False


def ways_to_win(decision: Decision, candidate: Candidate) -> tuple[Change, ...]:
    """The smallest changes with each of which this location alone would ship the order; empty where none is known."""
    contest = _told(decision)
    contender = _among(contest, candidate.location)
    if contest is None or contender is None or _ships_alone(decision, candidate):
        return ()
    if contest.terms.previous or contest.terms.chosen_by in NOT_A_CONTEST:
        return ()
    change = Change(candidate.location, candidate.whole.missing)
    ready = supplied(contender, decision, change.units)
    if contest.winner(ready) == candidate.location:
        return (change,) if change.units else ()
    return tuple(_cheaper_or_faster(contest, ready, change)) or (change._replace(ruled=True),)


def ways_to_lose(decision: Decision, candidate: Candidate) -> tuple[Change, ...]:
    """The smallest changes with each of which this location would no longer ship the whole order alone."""
    contest = _told(decision)
    contender = _among(contest, candidate.location)
    if contest is None or contender is None or not _ships_alone(decision, candidate):
        return ()
    found = [Change(candidate.location, (_fewest(decision, contest, contender),))]
    if contest.winner() == candidate.location:
        found += _dearer_or_slower(contest, contender)
    return tuple(found)


def _told(decision: Decision) -> Contest | None:
    contest = contest_of(decision)
    return None if contest is None or contest.terms.may_split_further else contest


def _among(contest: Contest | None, code: str) -> Contender | None:
    return next((one for one in contest.contenders if one.code == code), None) if contest else None


def _ships_alone(decision: Decision, candidate: Candidate) -> bool:
    plan = decision.plan
    return not plan.backordered and {shipment.location for shipment in plan.shipments} == {candidate.location}


def _cheaper_or_faster(contest: Contest, ready: Contender, change: Change) -> Iterator[Change]:
    trial = _Trial(contest, ready)
    if ready.cost_minor and trial.wins_at(0):
        yield change._replace(rate_minor=_last_true(trial.wins_at, 0, ready.cost_minor))
    if ready.arrives:
        day = ready.arrives.toordinal()
        if trial.wins_on(day - BEYOND_ANY_DAYS):
            last = _last_true(trial.wins_on, day - BEYOND_ANY_DAYS, day)
            yield change._replace(arrives=date.fromordinal(last))


def _dearer_or_slower(contest: Contest, winner: Contender) -> Iterator[Change]:
    trial = _Trial(contest, winner)
    if winner.cost_minor is not None and not trial.wins_at(BEYOND_ANY_RATE):
        last = _last_true(trial.wins_at, winner.cost_minor, BEYOND_ANY_RATE)
        yield Change(winner.code, rate_minor=last + 1)
    if winner.arrives:
        day = winner.arrives.toordinal()
        if not trial.wins_on(day + BEYOND_ANY_DAYS):
            last = _last_true(trial.wins_on, day, day + BEYOND_ANY_DAYS)
            yield Change(winner.code, arrives=date.fromordinal(last + 1))


class _Trial(NamedTuple):
    """A contest in which one contender's rate or arrival is tried out."""

    contest: Contest
    one: Contender

    def wins_at(self, rate_minor: int) -> bool:
        return self.contest.winner(self.one._replace(cost_minor=rate_minor)) == self.one.code

    def wins_on(self, day: int) -> bool:
        return self.contest.winner(self.one._replace(arrives=date.fromordinal(day))) == self.one.code


def _last_true(test: Callable[[int], bool], true: int, false: int) -> int:
    """The last number from `true` for which the test holds; it holds at `true` and from some number on no more."""
    while false - true > 1:
        middle = (true + false) // 2
        true, false = (middle, false) if test(middle) else (true, middle)
    return true


def _fewest(decision: Decision, contest: Contest, winner: Contender) -> PlannedLine:
    """The product of which the fewest units would have to be missing, with that number of units."""
    there = {(s.sku, s.variant): s.available for s in decision.stock if s.location == winner.code}
    lines = [line for shipment in decision.plan.shipments for line in shipment.lines]
    spare = {(x.sku, x.variant): there[x.sku, x.variant] for x in lines}
    for line in lines:
        spare[line.sku, line.variant] -= line.quantity
    wins_now = contest.winner() == winner.code

    def fewer(line: PlannedLine) -> int:
        item = (line.sku, line.variant)
        if not wins_now:
            return spare[item] + 1
        return 1 + _last_true(
            lambda n: contest.winner(restocked(winner, decision, {item: -n})) == winner.code, 0, spare[item] + 1
        )

    line = min(lines, key=lambda x: (fewer(x), x.line_no))
    return line.model_copy(update={"quantity": fewer(line)})
