"""The decision about one order: ship, backorder or hold.

1. An order that cannot be routed is held with the reason (readiness).
2. The rules say what is wished, or hold the order themselves.
3. Sourcing plans every unit: shipped from somewhere, or waiting (sourcing). Where the shop takes no backorders, units
   nobody has hold the order; so do units that only a location has which rejected the order.
4. An order whose location is full may wait for the next working day (capacity).
5. The approval policy may hold the plan for a person (approval).
6. Everything seen and weighed is written into the decision.

Nothing is read but the facts, so the same facts give the same decision, byte for byte.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from orderflow.backorders.modes import mode_of
from orderflow.decision import Decision, Outcome, PlannedLine, RuleMatch, SourcingPlan
from orderflow.explanation.reason import reason_of
from orderflow.facts import RoutingFacts
from orderflow.holds import Hold, HoldReason
from orderflow.inventory import StockLevel
from orderflow.policy import BackorderMode, content_hash
from orderflow.routing.approval import approval_needed
from orderflow.routing.capacity import wait_for_capacity
from orderflow.routing.readiness import awaiting_payment, problem_of
from orderflow.routing.rejection import rejected_everywhere, with_reasons
from orderflow.routing.score import confidence, route_score
from orderflow.routing.version import CODE_VERSION
from orderflow.rules.actions import Actions
from orderflow.rules.rule_set import RuleSet
from orderflow.rulings.ruling import Override
from orderflow.sourcing.plan import source_order


@dataclass(frozen=True)
class _Verdict:
    """What was found out, before it is written down as a decision."""

    hold: Hold | None
    plan: SourcingPlan = field(default_factory=SourcingPlan)
    rules: tuple[RuleMatch, ...] = ()
    actions: Actions = field(default_factory=Actions)


def decide(facts: RoutingFacts, rule_set: RuleSet) -> Decision:
    """What should happen to the order; never raises for what an order may look like.

    What people ruled is among the facts: an approved order is no longer stopped by outside risk, a rule's hold or the
    approval policy. A held decision keeps the plan it has; only the stock of an approval hold is meant to be reserved.
    """
    return _written(facts, rule_set, _verdict(facts, rule_set))


def _verdict(facts: RoutingFacts, rule_set: RuleSet) -> _Verdict:
    approved, override = facts.rulings.approved, facts.rulings.override
    problem = problem_of(facts, approved=approved) or awaiting_payment(facts) or _impossible(facts, override)
    if problem:
        return _Verdict(problem)
    result = rule_set.evaluate(facts)
    rules, actions = result.matches, result.actions
    if actions.hold and not approved:
        return _Verdict(_held_by_rule(actions.hold, rules), SourcingPlan(), rules, actions)
    return _planned(facts, rules, actions)


def _planned(facts: RoutingFacts, rules: tuple[RuleMatch, ...], actions: Actions) -> _Verdict:
    override, closed = facts.rulings.override, facts.rulings.closed
    plan = source_order(facts, actions, forced_location=override.location if override else None, excluded=closed)
    waits = None if override else wait_for_capacity(facts, actions, plan, closed)
    if waits:
        return _Verdict(*waits, rules, actions)
    hold = _short(facts, plan, override) or rejected_everywhere(facts, actions, plan)
    if hold is None and plan.shipments:
        hold = approval_needed(facts, actions, plan)
    return _Verdict(hold, with_reasons(plan, facts.rulings), rules, actions)


def _written(facts: RoutingFacts, rule_set: RuleSet, verdict: _Verdict) -> Decision:
    override = facts.rulings.override
    plan, policy, stock = verdict.plan, facts.policy, _stock_seen(facts)
    outcome = Outcome.SHIP if plan.shipments else Outcome.BACKORDER
    return Decision(
        source=facts.order.source,
        external_id=facts.order.external_id,
        outcome=Outcome.HOLD if verdict.hold else outcome,
        reason=reason_of(facts, verdict.hold, plan, verdict.rules, override.actor if override else ""),
        plan=plan,
        hold=verdict.hold,
        rules=verdict.rules,
        actions=verdict.actions.model_dump(mode="json", exclude_defaults=True),
        stock=stock,
        route_score=route_score(plan.candidates, policy.weights),
        confidence=confidence(plan, stock, facts.now, policy.stale_after_minutes),
        arm=facts.arm,
        rule_set_hash=rule_set.content_hash,
        policy_hash=content_hash(policy),
        code_version=CODE_VERSION,
        decided_at=facts.now,
    )


def _stock_seen(facts: RoutingFacts) -> tuple[StockLevel, ...]:
    """The levels of the order's products, by location, SKU and variant."""
    items = sorted({(line.sku, line.variant) for line in facts.order.shippable_lines})
    levels = (facts.stock.level(code, *item) for code in sorted(facts.locations) for item in items)
    return tuple(level for level in levels if level)


def _held_by_rule(code: str, rules: Iterable[RuleMatch]) -> Hold:
    names = ", ".join(match.name or match.rule_id for match in rules if match.actions.get("hold"))
    return Hold(
        reason=HoldReason.APPROVAL,
        code=code,
        detail=f"The rule {names} holds the order: {code}.",
        remedy="Look at the order and approve or reject it.",
    )


def _impossible(facts: RoutingFacts, override: Override | None) -> Hold | None:
    if override is None or override.location in facts.locations:
        return None
    return Hold(
        reason=HoldReason.INVENTORY,
        code="unknown_location",
        field="override.location",
        detail=f"{override.actor} chose {override.location}, and there is no such location.",
        remedy=f"Choose one of {', '.join(sorted(facts.locations))}.",
    )


def _short(facts: RoutingFacts, plan: SourcingPlan, override: Override | None) -> Hold | None:
    """The hold for units nobody has, where they may not wait or a person chose a location that ships nothing."""
    if override and not plan.shipments:
        why = next(c.lost_because for c in plan.candidates if c.location == override.location)
        return _short_hold("override_impossible", f"{override.location} cannot ship any of it: {why}.")
    denied = [line for line in plan.backordered if _mode(facts, line) is BackorderMode.DENY]
    if not denied:
        return None
    short = ", ".join(f"{line.quantity} of {line.sku} (line {line.line_no})" for line in denied)
    return _short_hold("insufficient_stock", f"No location has {short}, and they may not be backordered.")


def _short_hold(code: str, detail: str) -> Hold:
    return Hold(
        reason=HoldReason.INVENTORY,
        code=code,
        field="lines",
        detail=detail,
        remedy="Ship what there is, cancel the missing units, choose another location, or wait for stock.",
    )


def _mode(facts: RoutingFacts, planned: PlannedLine) -> BackorderMode:
    """The product's own backorder mode, or the shop's."""
    line = next(line for line in facts.order.lines if line.line_no == planned.line_no)
    return mode_of(line, facts.policy.backorders)
