"""Which routed orders wait for a person before a label is bought; their stock is reserved meanwhile.

In this order: a rule requires it; the value reaches the limit or cannot be compared with it; the order goes abroad;
the plan is split over
several locations; the customer is of a tier that is looked at, unless a rule lets it pass. The code of
the hold is that of the first reason, its detail names them all.
"""

from collections.abc import Iterator

from orderflow.decision import SourcingPlan
from orderflow.facts import RoutingFacts
from orderflow.holds import Hold, HoldReason
from orderflow.rules.actions import Actions


def approval_needed(facts: RoutingFacts, actions: Actions, plan: SourcingPlan) -> Hold | None:
    """The approval hold of this plan, or None where the order may go on by itself."""
    reasons = list(_reasons(facts, actions, plan))
    if not reasons:
        return None
    return Hold(
        reason=HoldReason.APPROVAL,
        code=reasons[0][0],
        detail="; ".join(sentence for _, sentence in reasons) + ".",
        remedy="Look at the plan and approve it, change it, or reject the order. The stock is reserved meanwhile.",
    )


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
    limit, total = facts.policy.approval.limit, facts.order.total
    if limit is None:
        return
    if limit.currency != total.currency:
        yield "no_limit_in_currency", f"the value {total} cannot be compared with the limit, {limit}"
    elif limit <= total:
        yield "high_value", f"the value {total} reaches the limit of {limit}"
