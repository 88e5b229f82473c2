"""Every other way an order could go, with its price and its days.

    one location   the best own location that holds every unit, by the strategy
    split          the cheapest way over several own locations, each line whole
    outside        the best 3PL or drop-shipper that holds every unit
    wait           the best own location once it is replenished, where not every unit ships from one place now

The way that was chosen comes first. A way that does not exist for this order is left out.
"""

from collections.abc import Iterator
from datetime import timedelta

from orderflow.decision import Alternative
from orderflow.sourcing.allotment import Allotment, Share, whole_order
from orderflow.sourcing.attempts import Attempts
from orderflow.sourcing.problem import Problem
from orderflow.sourcing.scoring import Scored
from orderflow.sourcing.trace.figures import days_until, money_of
from orderflow.sourcing.worth import comparison


def alternatives_of(problem: Problem, attempts: Attempts) -> tuple[Alternative, ...]:
    """The chosen way first, then the others; empty where nothing can ship."""
    chosen = attempts.allotment
    if chosen is None:
        return tuple(_wait(problem, None))
    able = [s for s in problem.everyone if s.covers == problem.demand.units and s.source.code not in chosen.bid.codes]
    return (
        _told(problem, "chosen", chosen, ""),
        *_best(problem, "one location", [s for s in able if not s.source.is_outside], chosen),
        *_split(problem, attempts.rival, chosen),
        *_best(problem, "outside", [s for s in able if s.source.is_outside], chosen),
        *_wait(problem, chosen),
    )


def _best(problem: Problem, way: str, able: list[Scored], chosen: Allotment) -> Iterator[Alternative]:
    if able:
        search = problem.search(cuts_lines=False)
        best = min((whole_order(s, search) for s in able), key=lambda one: problem.strategy.key(one.bid))
        yield _told(problem, way, best, comparison(problem, chosen, best))


def _split(problem: Problem, rival: Allotment | None, chosen: Allotment) -> Iterator[Alternative]:
    if rival and rival.bid.codes != chosen.bid.codes:
        yield _told(problem, "split", rival, comparison(problem, chosen, rival))


def _wait(problem: Problem, chosen: Allotment | None) -> Iterator[Alternative]:
    """Waiting helps only where no single location ships everything now and one could if it held it."""
    open_now = [s for s in problem.own if not s.source.is_closed and all(s.source.takes)]
    if not open_now or (chosen and chosen.covers_all and len(chosen.shares) == 1):
        return
    search = problem.search(cuts_lines=False)
    best = min((whole_order(s, search) for s in open_now), key=lambda one: problem.strategy.key(one.bid))
    pause = timedelta(days=problem.facts.policy.replenishment_days)
    shares = tuple(_later(share, pause) for share in best.shares)
    waited = best._replace(shares=shares, bid=best.bid._replace(arrival=best.bid.arrival + pause.days))
    yield _told(problem, "wait", waited, comparison(problem, chosen, waited) if chosen else "", units=0)


def _later(share: Share, pause: timedelta) -> Share:
    arrival = share.cost.arrival
    return share._replace(cost=share.cost._replace(arrival=arrival + pause if arrival else None))


def _told(problem: Problem, way: str, one: Allotment, verdict: str, units: int | None = None) -> Alternative:
    costs = [share.cost.minor for share in one.shares]
    arrivals = [share.cost.arrival for share in one.shares]
    known = None not in costs and None not in arrivals
    return Alternative(
        way=way,
        locations=one.bid.codes,
        units=problem.demand.units - one.uncovered if units is None else units,
        cost=money_of(problem, sum(filter(None, costs))) if known else None,
        days=days_until(problem, max(filter(None, arrivals))) if known else None,
        verdict=verdict,
    )
