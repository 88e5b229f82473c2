"""The contest of the candidates for the whole order, held again from a decision's trace.

It is the part of sourcing that looks for one location for every unit (sourcing/attempts.py): the one a rule asks for
and then the fallback chain, the strategy's choice, and the chain at last where no rule asked. It uses the same scoring
and the same strategies, so that a candidate's figures can be changed and the winner asked for again.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from orderflow.decision import Candidate, Decision, PlannedLine, Terms
from orderflow.sourcing.allotment import chain_rank
from orderflow.sourcing.bid import UNKNOWN, Bid
from orderflow.sourcing.bid_price import bid_price
from orderflow.sourcing.scoring import cost_part, rounded_points, speed_part, stock_part
from orderflow.sourcing.strategies import strategy_named

RECKONED = ("stock", "speed", "cost")  # the parts of a score that follow from figures a contest may change


class Contender(NamedTuple):
    """One location's figures.

    `pooled` says that the strategy may choose it, `lacks` that it does not hold every unit.
    """

    code: str
    pooled: bool
    lacks: bool
    cost_minor: int | None
    arrives: date | None
    parcels: int
    distance_km: float | None
    later_cost_minor: float
    other_points: float


class Contest(NamedTuple):
    """Everybody who may ship the order, the dearest rate of all who were looked at, and the terms."""

    contenders: tuple[Contender, ...]
    rates: dict[str, int]
    terms: Terms

    def winner(self, changed: Contender | None = None) -> str:
        """Who would ship the whole order, with one contender's figures changed; "" for nobody."""
        able = {one.code: one for one in self.contenders if not one.lacks}
        rates = dict(self.rates)
        if changed and not changed.lacks:
            able[changed.code] = changed
        if changed and changed.cost_minor is not None:
            rates[changed.code] = changed.cost_minor
        preferred = (self.terms.asked, *self.terms.fallback_chain) if self.terms.asked else ()
        chosen = (*preferred, self._by_strategy(able, max(rates.values(), default=0)), *self.terms.fallback_chain)
        return next((code for code in chosen if code in able), "")

    def _by_strategy(self, able: Mapping[str, Contender], dearest: int) -> str:
        judge = strategy_named(self.terms.strategy)
        pool = (one for one in able.values() if one.pooled)
        best = min(pool, key=lambda one: judge.key(_bid(one, dearest, self.terms)), default=None)
        return best.code if best else ""


def contest_of(decision: Decision) -> Contest | None:
    """The contest as it was; None where the trace does not tell its terms."""
    plan = decision.plan
    if plan.terms is None:
        return None
    rates = {c.location: c.whole.cost_minor for c in plan.candidates if c.whole.cost_minor is not None}
    open_ones = [c for c in plan.candidates if not c.barred]
    return Contest(tuple(map(_contender, open_ones)), rates, plan.terms)


def supplied(contender: Contender, decision: Decision, more: tuple[PlannedLine, ...]) -> Contender:
    """The contender with these units more on its shelves, so that it lacks none."""
    added = {(line.sku, line.variant): line.quantity for line in more}
    return restocked(contender, decision, added)._replace(lacks=False) if more else contender


def restocked(contender: Contender, decision: Decision, added: Mapping[tuple[str, str], int]) -> Contender:
    """The contender with so many units more or fewer, which changes what its units are worth to later orders."""
    wanted = _wanted(decision)
    levels = {(s.sku, s.variant): s for s in decision.stock if s.location == contender.code}
    priced = strategy_named(decision.plan.terms.strategy).prices_units if decision.plan.terms else False
    worth = 0.0
    for item, units in wanted.items() if priced else ():
        level = levels.get(item)
        fuller = level and level.model_copy(update={"on_hand": level.on_hand + added.get(item, 0)})
        worth += bid_price(fuller) * units
    return contender._replace(later_cost_minor=round(worth, 2))


def _wanted(decision: Decision) -> dict[tuple[str, str], int]:
    plan, wanted = decision.plan, {}
    for line in (*(line for shipment in plan.shipments for line in shipment.lines), *plan.backordered):
        wanted[line.sku, line.variant] = wanted.get((line.sku, line.variant), 0) + line.quantity
    return wanted


def _contender(candidate: Candidate) -> Contender:
    whole = candidate.whole
    return Contender(
        code=candidate.location,
        pooled=not candidate.last_resort,
        lacks=bool(whole.missing),
        cost_minor=whole.cost_minor,
        arrives=whole.arrives,
        parcels=whole.parcels,
        distance_km=whole.distance_km,
        later_cost_minor=whole.later_cost_minor,
        other_points=sum(part.points for part in candidate.parts if part.factor not in RECKONED),
    )


def _bid(one: Contender, dearest: int, terms: Terms) -> Bid:
    return Bid(
        parcels=one.parcels,
        cost=UNKNOWN if one.cost_minor is None else one.cost_minor,
        arrival=UNKNOWN if one.arrives is None else one.arrives.toordinal(),
        distance_km=UNKNOWN if one.distance_km is None else one.distance_km,
        points=_points(one, dearest, terms),
        chain_rank=chain_rank(one.code, terms.chain),
        codes=(one.code,),
        later_cost=one.later_cost_minor,
    )


def _points(one: Contender, dearest: int, terms: Terms) -> float:
    weights = terms.weights
    parts = (
        stock_part("", 0, weights.in_stock),
        speed_part(one.arrives, terms.due, weights.meets_speed),
        cost_part(one.cost_minor, dearest, terms.currency, weights.cost_per_currency_unit),
    )
    return rounded_points(sum([part.points for part in parts]) + one.other_points)
