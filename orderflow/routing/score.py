"""Route score and confidence: two figures people read, both recomputable from a decision and its policy.

Route score, out of ten, is where the chosen location's points lie between the worst and the best that were possible:

    score = 10 × (points − worst) ÷ (best − worst)
    best  = the best of the two points of each of stock and speed, the cheapest candidate's cost points, no penalty
    worst = the other of the two, the dearest candidate's cost points, both penalties in full

The points of a split are the mean of its locations' points by the units each can cover. Confidence, 0 to 1, says how
surely the same location would win again if the facts were a little different:

    confidence = freshness × (0.5 + 0.5 × lead)
    lead       = (points − points of the best location not chosen) ÷ SURE_LEAD, between 0 and 1; 1 without a rival
    freshness  = 1 while the oldest count is not stale, falling evenly to 0.5 when it is a day old

A rival is a location that could have shipped all the order's units. A level without a time of count is our own book
and fresh.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import chain

from orderflow.decision import Candidate, SourcingPlan
from orderflow.inventory import StockLevel
from orderflow.policy import ScoreWeights

SURE_LEAD = 50.0  # points; as much as having the stock or keeping the speed is worth by default
MINUTES_A_DAY = 24 * 60


def route_score(candidates: tuple[Candidate, ...], weights: ScoreWeights) -> float | None:
    """The score out of ten with one decimal; None where no location was chosen."""
    chosen = [c for c in candidates if c.chosen]
    if not chosen:
        return None
    costs = [_cost_points(c) for c in candidates if c.covers] or [0.0]
    best = _sum_of(weights, max) + max(costs)
    worst = _sum_of(weights, min) + min(costs)
    if best <= worst:
        return 10.0
    share = (_points(chosen) - worst) / (best - worst)
    return round(10 * min(1.0, max(0.0, share)), 1)


def confidence(
    plan: SourcingPlan, stock: tuple[StockLevel, ...], now: datetime, stale_after_minutes: int
) -> float | None:
    """From 0 to 1 with two decimals; None where no location was chosen."""
    chosen = [c for c in plan.candidates if c.chosen]
    if not chosen:
        return None
    rivals = [c.score for c in plan.candidates if not c.chosen and c.covers == _ordered(plan)]
    gap = _points(chosen) - max(rivals) if rivals else SURE_LEAD
    lead = min(1.0, max(0.0, gap / SURE_LEAD))
    return round(_freshness(stock, now, stale_after_minutes) * (0.5 + 0.5 * lead), 2)


def _ordered(plan: SourcingPlan) -> int:
    shipped = (line for shipment in plan.shipments for line in shipment.lines)
    return sum(line.quantity for line in chain(shipped, plan.backordered))


def _points(chosen: list[Candidate]) -> float:
    covered = sum(c.covers for c in chosen)
    return sum(c.score * c.covers for c in chosen) / covered


def _sum_of(weights: ScoreWeights, pick: Callable[[tuple[float, float]], float]) -> float:
    pairs = (weights.in_stock, weights.out_of_stock), (weights.meets_speed, 0)
    penalties = (weights.utilization, 0), (weights.stale_stock, 0)
    return sum(pick(pair) for pair in (*pairs, *penalties))


def _cost_points(candidate: Candidate) -> float:
    return next((part.points for part in candidate.parts if part.factor == "cost"), 0.0)


def _freshness(stock: tuple[StockLevel, ...], now: datetime, stale_after_minutes: int) -> float:
    ages = [(now - level.counted_at).total_seconds() / 60 for level in stock if level.counted_at]
    late = max(ages, default=0.0) - stale_after_minutes
    span = max(1, MINUTES_A_DAY - stale_after_minutes)
    return 1 - 0.5 * min(1.0, max(0.0, late / span))
