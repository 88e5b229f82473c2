"""Locations that rejected the order: they are not used again, and the trace says what they said."""

from orderflow.decision import Candidate, SourcingPlan
from orderflow.facts import RoutingFacts
from orderflow.holds import Hold, HoldReason
from orderflow.rules.actions import Actions
from orderflow.rulings.ruling import Rulings
from orderflow.sourcing.plan import source_order


def rejected_everywhere(facts: RoutingFacts, actions: Actions, plan: SourcingPlan) -> Hold | None:
    """The hold of an order with units that only locations have which rejected it; None where none are missing so."""
    rulings = facts.rulings
    if not rulings.closed or not plan.backordered:
        return None
    if _waiting(source_order(facts, actions)) >= _waiting(plan):
        return None
    said = "; ".join(f"{one.location} rejected the order: {one.reason}" for one in rulings.rejections)
    return Hold(
        reason=HoldReason.INVENTORY,
        code="rejected_by_locations",
        field="lines",
        detail=f"No other location has every unit. {said}.",
        remedy="Choose a location with `orders override`, wait for stock elsewhere, or cancel the missing units.",
    )


def with_reasons(plan: SourcingPlan, rulings: Rulings) -> SourcingPlan:
    """The plan, with each rejection's own words as why that location lost."""
    if not rulings.rejections:
        return plan
    said = {one.location: one.reason for one in rulings.rejections if one.location in rulings.closed}
    return plan.model_copy(update={"candidates": tuple(_explained(one, said) for one in plan.candidates)})


def _explained(candidate: Candidate, said: dict[str, str]) -> Candidate:
    if candidate.location not in said:
        return candidate
    return candidate.model_copy(update={"lost_because": f"rejected the order: {said[candidate.location]}"})


def _waiting(plan: SourcingPlan) -> int:
    return sum(line.quantity for line in plan.backordered)
