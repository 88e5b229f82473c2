"""What other rules would have decided: the figures before and after, and the orders that change."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orderflow.decision import Decision, Outcome
from orderflow.explanation.words import for_amount, units_words
from orderflow.holds import HoldReason
from orderflow.money import Money
from orderflow.value import Value


class Pair(NamedTuple):
    """One order as it was decided, and as the draft would have decided it."""

    number: str
    before: Decision
    after: Decision


class Figures(Value):
    """What decisions came to. `cost` is the estimate of all shipments, one amount a currency.

    `promised_days` is the mean over the orders that ship, of the last parcel. A split ships from several locations;
    `touched` are the orders a person had to look at.
    """

    orders: int
    cost: tuple[Money, ...]
    split: int
    promised_days: float | None
    backordered: int
    touched: int


class Change(Value):
    """One order that the draft decides otherwise, and the reason it gives."""

    number: str
    before: str
    after: str
    reason: str


class WhatIf(Value):
    """The answer for a whole set of orders; `changes` are in the order the orders came."""

    before: Figures
    after: Figures
    changes: tuple[Change, ...]


def compare(pairs: Sequence[Pair]) -> WhatIf:
    """What the draft would have changed for these orders."""
    return WhatIf(
        before=figures_of([pair.before for pair in pairs]),
        after=figures_of([pair.after for pair in pairs]),
        changes=tuple(
            Change(
                number=pair.number, before=in_short(pair.before), after=in_short(pair.after), reason=pair.after.reason
            )
            for pair in pairs
            if _effect(pair.before) != _effect(pair.after)
        ),
    )


def figures_of(decisions: Sequence[Decision]) -> Figures:
    """The figures of these decisions. A plan that waits for approval counts as it would ship."""
    shipping = [decision for decision in decisions if decision.plan.shipments]
    days = [promised for decision in shipping if (promised := promised_days(decision)) is not None]
    return Figures(
        orders=len(decisions),
        cost=_sums(cost for decision in shipping if (cost := decision.plan.cost)),
        split=sum(len(places_of(decision)) > 1 for decision in shipping),
        promised_days=round(sum(days) / len(days), 2) if days else None,
        backordered=sum(bool(decision.plan.backordered) for decision in decisions),
        touched=sum(needs_a_person(decision) for decision in decisions),
    )


def needs_a_person(decision: Decision) -> bool:
    """Whether somebody must act: money that is on its way and capacity that comes back need nobody."""
    hold = decision.hold
    if hold is None or hold.code == "awaiting_payment":
        return False
    return hold.reason is HoldReason.APPROVAL or hold.lapses_at is None


def places_of(decision: Decision) -> tuple[str, ...]:
    """The locations the decision ships from, each once, in order of its parcels."""
    return tuple(dict.fromkeys(shipment.location for shipment in decision.plan.shipments))


def promised_days(decision: Decision) -> int | None:
    """The days until the last parcel arrives; None where one of them is not known or nothing ships."""
    days = [shipment.estimated_days for shipment in decision.plan.shipments]
    known = [one for one in days if one is not None]
    return max(known) if known and len(known) == len(days) else None


def in_short(decision: Decision) -> str:
    """The decision in a few words: "ships from warehouse_east for $8.15", "held: approval/high_value"."""
    plan, parts = decision.plan, []
    if plan.shipments:
        days = promised_days(decision)
        when = f" in {days} days" if days is not None else ""
        parts.append(f"ships from {' and '.join(places_of(decision))}{for_amount(plan.cost)}{when}")
    if plan.backordered:
        parts.append(f"waits for {units_words(plan.backordered)}")
    if decision.hold:
        parts.append(f"held: {decision.hold.reason}/{decision.hold.code}")
    return ", ".join(parts) or Outcome.BACKORDER.value


def _effect(decision: Decision) -> tuple[object, ...]:
    """What a decision does, apart from how it is explained."""
    plan = decision.plan
    shipped = [(s.location, s.lines, s.speed, s.estimated_cost, s.estimated_days) for s in plan.shipments]
    return decision.outcome, decision.hold and decision.hold.code, shipped, plan.backordered, decision.actions


def _sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    sums: dict[str, Money] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, Money.zero(money.currency)) + money
    return tuple(sums[currency] for currency in sorted(sums))
