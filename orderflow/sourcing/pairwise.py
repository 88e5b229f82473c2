"""Orders that are planned and not released yet exchange units where that lowers what they cost together.

Xu, Allgor and Graves ("Benefits of Reevaluating Real-Time Order Fulfillment Decisions", 2009) found that looking again
at orders that wait removes a good part of the extra shipments. The manner here:

1. Each order that is split is planned again alone: stock may have come since.
2. Each such order and each other one that wants a product of it give their units back; one is planned, then the other
   from what is left, and the same the other way round. The cheaper of the two ways is kept if it saves anything.
3. That is repeated until nothing improves, or the tries are used up, which is then said.

A new plan is taken only if no unit waits that did not, no order is promised later, and none of them is held.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import permutations
from typing import Generic, Protocol, TypeVar

from orderflow.decision import Decision, SourcingPlan


class Decided(Protocol):
    """Whatever carries a decision; the caller gets back what it made."""

    @property
    def decision(self) -> Decision:
        """The decision."""
        ...


Item = TypeVar("Item", bound=Decided)
PlanAgain = Callable[[str, Sequence[SourcingPlan]], Item]
"""(order, what all the other orders hold) → its decision from what is left"""


@dataclass(frozen=True)
class Improvement(Generic[Item]):
    """The orders whose plans change, what that saves, and whether the search ended before everything was tried."""

    changed: Mapping[str, Item] = field(default_factory=dict)
    saved: Decimal = Decimal(0)
    was_cut: bool = False


def improved(pool: Mapping[str, SourcingPlan], plan_again: PlanAgain[Item], *, tries: int = 1000) -> Improvement[Item]:
    """Better plans for these orders, all to be put in force together; the same pool always gives the same ones.

    Costs are the plans' estimates in one currency, that of the rate card.
    """
    plans, changed, saved = dict(pool), dict[str, Item](), Decimal(0)
    while True:
        gained = Decimal(0)
        for group in _groups(plans):
            if tries <= 0:
                return Improvement(changed, saved + gained, was_cut=True)
            tries -= len(group)
            better = _best(group, plans, plan_again)
            gained += sum((_cost(plans[key]) - _cost(item.decision.plan) for key, item in better.items()), Decimal(0))
            changed |= better
            plans |= {key: item.decision.plan for key, item in better.items()}
        saved += gained
        if not gained:
            return Improvement(changed, saved)


def is_split(plan: SourcingPlan) -> bool:
    """Whether the order ships from more than one location."""
    return len({shipment.location for shipment in plan.shipments}) > 1


def _groups(plans: Mapping[str, SourcingPlan]) -> Iterator[tuple[str, ...]]:
    """The orders to look at together: each split one alone, then with every other that ships a product of it."""
    wanted = {key: _skus(plan) for key, plan in plans.items()}
    split = sorted(key for key, plan in plans.items() if is_split(plan))
    yield from ((key,) for key in split)
    for key in split:
        for other in sorted(plans):
            if other != key and wanted[key] & wanted[other] and (other not in split or key < other):
                yield (key, other)


def _best(group: tuple[str, ...], plans: Mapping[str, SourcingPlan], plan_again: PlanAgain[Item]) -> dict[str, Item]:
    """The cheapest acceptable new plans of the group; empty where what it has is as good."""
    held = [plan for key, plan in plans.items() if key not in group]
    best: dict[str, Item] = {}
    least = sum((_cost(plans[key]) for key in group), Decimal(0))
    for turn in permutations(group):
        made: dict[str, Item] = {}
        for key in turn:
            made[key] = plan_again(key, [*held, *(item.decision.plan for item in made.values())])
        if not all(_is_acceptable(plans[key], item.decision) for key, item in made.items()):
            continue
        cost = sum((_cost(item.decision.plan) for item in made.values()), Decimal(0))
        if cost < least:
            best, least = made, cost
    return best


def _is_acceptable(now: SourcingPlan, then: Decision) -> bool:
    waits, would_wait = (sum(line.quantity for line in plan.backordered) for plan in (now, then.plan))
    arrives, would_arrive = (_last_promise(plan) for plan in (now, then.plan))
    later = arrives is not None and would_arrive is not None and would_arrive > arrives
    return then.hold is None and would_wait <= waits and not later and then.plan.cost is not None


def _last_promise(plan: SourcingPlan) -> float | None:
    return max((one.promised_to.timestamp() for one in plan.shipments if one.promised_to), default=None)


def _cost(plan: SourcingPlan) -> Decimal:
    return plan.cost.amount if plan.cost else Decimal(0)


def _skus(plan: SourcingPlan) -> frozenset[tuple[str, str]]:
    return frozenset((line.sku, line.variant) for shipment in plan.shipments for line in shipment.lines)
