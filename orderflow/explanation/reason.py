"""The one-line reason of a decision, made from its trace."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from orderflow.decision import Candidate, PlannedShipment, RuleMatch, SourcingPlan
from orderflow.explanation.words import amount_words, for_amount, units_words
from orderflow.facts import RoutingFacts
from orderflow.holds import Hold
from orderflow.money import Money


class _Way(NamedTuple):
    """A candidate whose cost and days are known."""

    location: str
    points: float
    cost: Money
    days: int


def reason_of(
    facts: RoutingFacts, hold: Hold | None, plan: SourcingPlan, rules: tuple[RuleMatch, ...], overridden_by: str = ""
) -> str:
    """The decision in one line, from its trace: "VIP priority + lowest shipping cost ($45 vs $89)"."""
    if hold:
        return f"Held for {hold.reason}: {hold.detail}"
    if not plan.shipments:
        return f"Backordered: no location has {units_words(plan.backordered)}"
    chosen = [f"chosen by {overridden_by}"] if overridden_by else [*_wishes(facts, plan, rules), _advantage(plan)]
    waiting = f"; waiting: {units_words(plan.backordered)}" if plan.backordered else ""
    return " + ".join(chosen) + waiting


def _wishes(facts: RoutingFacts, plan: SourcingPlan, rules: tuple[RuleMatch, ...]) -> Iterator[str]:
    """Whose wish the plan follows: that of a rule for important customers, or of a rule that named the location."""
    ruling = [rule for rule in rules if _rules_here(rule, plan.shipments)]
    if not ruling:
        return
    tier = facts.order.customer.tier
    yield (
        f"{tier} priority" if tier in facts.policy.approval.vip_tiers else f"rule {ruling[0].name or ruling[0].rule_id}"
    )


def _rules_here(rule: RuleMatch, shipments: Iterable[PlannedShipment]) -> bool:
    place, speed = rule.actions.get("warehouse"), rule.actions.get("shipping_speed")
    return any(place == shipment.location or speed == shipment.speed for shipment in shipments)


def _advantage(plan: SourcingPlan) -> str:
    """What the chosen location is better at than the best other one that could ship as much."""
    if len(plan.shipments) > 1:
        places = " and ".join(shipment.location for shipment in plan.shipments)
        return f"split over {places}{for_amount(plan.cost)}"
    chosen = next(candidate for candidate in plan.candidates if candidate.chosen)
    able = [c for c in plan.candidates if not c.chosen and c.covers >= chosen.covers]
    if not able:
        return f"the only location that can ship it{for_amount(chosen.cost)}"
    winner, rivals = _ways([chosen]), _ways(able)
    return _better(winner[0], rivals) if winner and rivals else f"{chosen.score:g} points"


def _ways(candidates: Iterable[Candidate]) -> list[_Way]:
    return [_Way(c.location, c.score, c.cost, c.days) for c in candidates if c.cost is not None and c.days is not None]


def _better(winner: _Way, rivals: list[_Way]) -> str:
    cheapest = min(rivals, key=lambda way: (way.cost.amount, way.location))
    fastest = min(rivals, key=lambda way: (way.days, way.location))
    best = max(rivals, key=lambda way: (way.points, way.location))
    if winner.cost < cheapest.cost:
        return f"lowest shipping cost ({_against(winner, cheapest)})"
    if winner.days < fastest.days:
        return f"earliest arrival (in {winner.days} vs {fastest.days} days, {_against(winner, fastest)})"
    if winner.points > best.points:
        return f"most points ({winner.points:g} vs {best.points:g}, {_against(winner, best)})"
    return f"shipping cost {_against(winner, cheapest)}"


def _against(winner: _Way, rival: _Way) -> str:
    return f"{amount_words(winner.cost)} vs {amount_words(rival.cost)}"
