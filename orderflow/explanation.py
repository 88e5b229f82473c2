"""A decision in plain words: its one-line reason, and the whole account of why here and why nowhere else."""

from collections.abc import Iterator

from orderflow.decision import Candidate, Decision, PlannedLine, PlannedShipment, RuleMatch, SourcingPlan
from orderflow.facts import RoutingFacts
from orderflow.holds import Hold
from orderflow.money import Money


def reason_of(
    facts: RoutingFacts, hold: Hold | None, plan: SourcingPlan, rules: tuple[RuleMatch, ...], overridden_by: str = ""
) -> str:
    """The decision in one line, from its trace: "VIP priority + lowest shipping cost ($45 vs $89)"."""
    if hold:
        return f"Held for {hold.reason}: {hold.detail}"
    if not plan.shipments:
        return f"Backordered: no location has {_units(plan.backordered)}"
    why = [f"chosen by {overridden_by}"] if overridden_by else [*_wishes(facts, plan, rules), _advantage(plan)]
    late = f"; waiting: {_units(plan.backordered)}" if plan.backordered else ""
    return " + ".join(filter(None, why)) + late


def explain(decision: Decision) -> list[str]:
    """The account of a decision, a sentence a line, for `orders explain` and the console."""
    return [
        f"{decision.outcome}: {decision.reason}",
        *_hold(decision.hold),
        *(f"Rule {rule.name or rule.rule_id} applied ({rule.branch})." for rule in decision.rules),
        *(_shipment(shipment) for shipment in decision.plan.shipments),
        *(f"Waiting: {_units((line,))} (line {line.line_no})." for line in decision.plan.backordered),
        *(f"Tried {attempt.tried}: {attempt.result}." for attempt in decision.plan.attempts),
        *(line for candidate in decision.plan.candidates for line in _candidate(candidate)),
        *_figures(decision),
    ]


def _wishes(facts: RoutingFacts, plan: SourcingPlan, rules: tuple[RuleMatch, ...]) -> Iterator[str]:
    ruling = [rule for rule in rules if rule.actions.get("warehouse") or rule.actions.get("shipping_speed")]
    if ruling and facts.order.customer.tier in facts.policy.approval.vip_tiers:
        yield f"{facts.order.customer.tier} priority"
    elif any(rule.actions.get("warehouse") == plan.shipments[0].location for rule in ruling):
        rule = next(r for r in ruling if r.actions.get("warehouse") == plan.shipments[0].location)
        yield f"rule {rule.name or rule.rule_id}"


def _advantage(plan: SourcingPlan) -> str:
    """What the chosen location is better at than the best other one that could ship as much."""
    if len(plan.shipments) > 1:
        places = " and ".join(shipment.location for shipment in plan.shipments)
        return f"split over {places}{_for(plan.cost)}"
    winner = next(c for c in plan.candidates if c.chosen)
    rivals = [c for c in plan.candidates if _is_rival(c, winner)]
    if not rivals:
        return f"the only location that can ship it{_for(winner.cost)}"
    if winner.cost is None or winner.days is None:
        return f"points {winner.score:g}"
    return _better(winner, rivals)


def _is_rival(candidate: Candidate, winner: Candidate) -> bool:
    covers_as_much = not candidate.chosen and candidate.covers >= winner.covers
    return covers_as_much and candidate.cost is not None and candidate.days is not None


def _better(winner: Candidate, rivals: list[Candidate]) -> str:
    cheapest = min(rivals, key=lambda c: (c.cost.amount, c.location))
    fastest = min(rivals, key=lambda c: (c.days, c.location))
    if winner.cost < cheapest.cost:
        return f"lowest shipping cost ({_short(winner.cost)} vs {_short(cheapest.cost)})"
    if winner.days < fastest.days:
        return f"earliest arrival ({winner.days} days vs {fastest.days}, {_short(winner.cost)})"
    best = max(rivals, key=lambda c: (c.score, c.location))
    if winner.score > best.score:
        return f"most points ({winner.score:g} vs {best.score:g}, {_short(winner.cost)} vs {_short(best.cost)})"
    return f"shipping cost {_short(winner.cost)} vs {_short(cheapest.cost)}"


def _hold(hold: Hold | None) -> list[str]:
    return [f"Hold {hold.reason}/{hold.code} {hold.field}".rstrip() + f": {hold.detail} {hold.remedy}"] if hold else []


def _shipment(shipment: PlannedShipment) -> str:
    promise = f", promised {shipment.promised_from:%Y-%m-%d} to {shipment.promised_to:%Y-%m-%d}"
    return (
        f"Shipment {shipment.number} from {shipment.location} ({shipment.source}): {_units(shipment.lines)}, "
        f"{shipment.weight_grams} g, {shipment.speed}{_for(shipment.estimated_cost)}"
        f"{promise if shipment.promised_to else ''}."
    )


def _candidate(candidate: Candidate) -> list[str]:
    verdict = "chosen" if candidate.chosen else f"not chosen: {candidate.lost_because}"
    parts = [f"  {part.points:+g} {part.factor}: {part.fact}." for part in candidate.parts]
    return [f"{candidate.location}, {candidate.score:g} points, {verdict}.", *parts]


def _figures(decision: Decision) -> list[str]:
    if decision.route_score is None or decision.confidence is None:
        return []
    return [f"Route score {decision.route_score:g}/10, confidence {decision.confidence:.0%}."]


def _units(lines: tuple[PlannedLine, ...]) -> str:
    return ", ".join(f"{line.quantity} × {line.sku}" for line in lines)


def _for(cost: Money | None) -> str:
    return f" for {_short(cost)}" if cost else ""


def _short(money: Money) -> str:
    """The amount without the cents of a whole one: "$45", "$8.15"."""
    return str(money).removesuffix(".00")
