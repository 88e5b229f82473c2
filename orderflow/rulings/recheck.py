"""What is different from what was approved, and whether it is different enough to ask again."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from orderflow.decision import SourcingPlan
from orderflow.money import Money
from orderflow.order import Order


def subject_of(order: Order) -> str:
    """What an approval is about, in one hash: the value, where it goes and what is sent. A change of it voids it."""
    place = order.destination.model_dump(exclude={"latitude", "longitude", "phone"})
    lines = sorted((line.sku, line.variant, line.quantity) for line in order.shippable_lines)
    return hashlib.sha256(repr((str(order.total), sorted(place.items()), lines)).encode()).hexdigest()


def cost_rose(approved: Money | None, now: Money | None, tolerance_percent: Decimal) -> bool:
    """Whether shipping costs more now than the tolerance allows; a cost that cannot be compared counts as more."""
    if approved is None or now is None:
        return False
    if approved.currency != now.currency:
        return True
    return now.amount > approved.amount * (1 + tolerance_percent / 100)


def differences(approved: SourcingPlan, now: SourcingPlan) -> tuple[str, ...]:
    """What a person who approved the one plan should know of the other, a sentence each; none where nothing changed."""
    return (*_places(approved, now), *_waiting(approved, now), *_cost(approved, now), *_arrival(approved, now))


def _places(approved: SourcingPlan, now: SourcingPlan) -> Iterator[str]:
    before, after = _units(approved), _units(now)
    for place, sku in sorted(before.keys() | after.keys()):
        was, are = before[place, sku], after[place, sku]
        if was != are:
            yield f"{place} ships {are} of {sku} instead of {was}"


def _waiting(approved: SourcingPlan, now: SourcingPlan) -> Iterator[str]:
    was, are = (sum(line.quantity for line in plan.backordered) for plan in (approved, now))
    if was != are:
        yield f"{are} units wait for stock instead of {was}"


def _cost(approved: SourcingPlan, now: SourcingPlan) -> Iterator[str]:
    if approved.cost and now.cost and approved.cost != now.cost:
        comparable = approved.cost.currency == now.cost.currency
        verb = ("rose" if approved.cost < now.cost else "fell") if comparable else "changed"
        yield f"shipping {verb} from {approved.cost} to {now.cost}"


def _arrival(approved: SourcingPlan, now: SourcingPlan) -> Iterator[str]:
    was, are = (max((s.promised_to for s in plan.shipments if s.promised_to), default=None) for plan in (approved, now))
    if was and are and was.date() != are.date():
        yield f"the last parcel is promised by {are:%Y-%m-%d} instead of {was:%Y-%m-%d}"


def _units(plan: SourcingPlan) -> Counter[tuple[str, str]]:
    units: Counter[tuple[str, str]] = Counter()
    for shipment in plan.shipments:
        for line in shipment.lines:
            units[shipment.location, line.sku] += line.quantity
    return units
