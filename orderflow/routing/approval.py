"""Which routed orders wait for a person before a label is bought; their stock is reserved meanwhile.

In this order: a rule requires it; the value reaches the limit or cannot be compared with it; the order goes abroad; the
plan is split over several locations; the customer is of a tier that is looked at, unless a rule lets it pass. The code
of the hold is that of the first reason, its detail names them all.

An order that was approved passes, unless shipping costs more by now than the tolerance allows: then it asks again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from orderflow.decision import SourcingPlan
from orderflow.facts import RoutingFacts
from orderflow.holds import Hold, HoldReason
from orderflow.rules.actions import Actions
from orderflow.rulings.authority import yeses_needed
from orderflow.rulings.recheck import cost_rose

PRICE_ROSE = "price_rose"
EXPIRED = "approval_expired"
_REMEDY = "Look at the plan and approve it, change it, or reject the order. The stock is reserved meanwhile."


def approval_needed(facts: RoutingFacts, actions: Actions, plan: SourcingPlan) -> Hold | None:
    """The approval hold of this plan, or None where the order may go on by itself."""
    if facts.rulings.approved:
        return _asks_again(facts, plan)
    reasons = list(_reasons(facts, actions, plan))
    if not reasons:
        return None
    two = yeses_needed(facts.policy.approval, facts.order.total) == 2
    sentences = [sentence for _, sentence in reasons] + (["two people must approve it"] if two else [])
    return _hold(facts, reasons[0][0], "; ".join(sentences) + ".")


def expired_hold(expired: Hold) -> Hold:
    """The case of an order nobody approved in time; its stock is free again."""
    return Hold(
        reason=HoldReason.APPROVAL,
        code=EXPIRED,
        detail=f"Nobody approved the order in time, so its stock is free again. It waited because: {expired.detail}",
        remedy="Approve it, and it takes the stock there is then; or reject it.",
    )


def _asks_again(facts: RoutingFacts, plan: SourcingPlan) -> Hold | None:
    approved, tolerance = facts.rulings.approved_cost, facts.policy.approval.price_tolerance_percent
    if not cost_rose(approved, plan.cost, tolerance):
        return None
    detail = f"Shipping was approved at {approved} and costs {plan.cost} now, more than {tolerance:f} % above."
    return _hold(facts, PRICE_ROSE, detail)


def _hold(facts: RoutingFacts, code: str, detail: str) -> Hold:
    lapses_at = _lapses_at(facts.now, facts.policy.approval.expires_after_hours)
    return Hold(reason=HoldReason.APPROVAL, code=code, detail=detail, remedy=_REMEDY, lapses_at=lapses_at)


def _lapses_at(now: datetime, hours: int | None) -> datetime | None:
    return None if hours is None else now + timedelta(hours=hours)


def _reasons(facts: RoutingFacts, actions: Actions, plan: SourcingPlan) -> Iterator[tuple[str, str]]:
    policy, order = facts.policy.approval, facts.order
    if actions.approval:
        yield "required_by_rule", "a rule requires approval"
    yield from _value(facts)
    if policy.international and order.is_international_from(facts.policy.home_country):
        yield "international", f"the order goes abroad, to {order.destination.country}"
    places = dict.fromkeys(shipment.location for shipment in plan.shipments)
    if policy.complex_plan and len(places) > 1:
        yield "split_plan", f"the order is split over {', '.join(places)}"
    if order.customer.tier in policy.vip_tiers and not actions.auto_approve:
        yield "vip", f"the customer is of tier {order.customer.tier}"


def _value(facts: RoutingFacts) -> Iterator[tuple[str, str]]:
    policy, total = facts.policy.approval, facts.order.total
    if policy.limit is None:
        return
    limit = policy.limit_in(total.currency)
    if limit is None:
        yield "no_limit_in_currency", f"the value {total} cannot be compared with the limit, {policy.limit}"
    elif limit <= total:
        yield "high_value", f"the value {total} reaches the limit of {limit}"
