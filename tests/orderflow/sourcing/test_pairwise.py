"""Orders that wait exchange units: never dearer, never worse for anybody, and everything they hold still adds up."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from routing_values import BOSTON, EAST, SAN_DIEGO, WEST, facts, line, order, routing, stock

from orderflow.decision import Decision, Outcome, SourcingPlan
from orderflow.order import Order
from orderflow.routing import decide
from orderflow.rules.rule_set import RuleSet
from orderflow.sourcing.pairwise import Improvement, improved, is_split

CHEAPEST = routing(strategy="cheapest")
PLACES = (EAST, WEST)
Held = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Made:
    """A decision, as the caller of the search carries it."""

    decision: Decision


def units(plan: SourcingPlan) -> Counter[tuple[str, str]]:
    taken: Counter[tuple[str, str]] = Counter()
    for shipment in plan.shipments:
        for planned in shipment.lines:
            taken[shipment.location, planned.sku] += planned.quantity
    return taken


class Shop:
    """A shop whose orders take turns: each plans from what the others leave."""

    def __init__(self, on_hand: Held, orders: dict[str, Order]) -> None:
        self.on_hand, self.orders = on_hand, orders

    def plan(self, key: str, held: list[SourcingPlan]) -> Made:
        left = Counter({(place, sku): count for place, skus in self.on_hand.items() for sku, count in skus.items()})
        for plan in held:
            left.subtract(units(plan))
        view: Held = {place: {sku: left[place, sku] for sku in skus} for place, skus in self.on_hand.items()}
        here = facts(self.orders[key], stock(view), locations=PLACES, policy=CHEAPEST)
        return Made(decide(here, RuleSet()))

    def first_come(self) -> dict[str, SourcingPlan]:
        plans: dict[str, SourcingPlan] = {}
        for key in self.orders:
            plans[key] = self.plan(key, list(plans.values())).decision.plan
        return {key: plan for key, plan in plans.items() if plan.shipments and plan.cost}

    def improve(self, plans: dict[str, SourcingPlan], **more: int) -> Improvement[Made]:
        return improved(plans, self.plan, **more)


def total(plans: dict[str, SourcingPlan]) -> Decimal:
    return sum((plan.cost.amount for plan in plans.values()), Decimal(0))


def crossed() -> tuple[Shop, dict[str, SourcingPlan]]:
    """Boston's order is split because San Diego's took the last lamp in the east, before lamps came to the west."""
    orders = {
        "one lamp": order(line(1, "LAMP"), destination=SAN_DIEGO),
        "lamp and mug": order(line(1, "LAMP"), line(2, "MUG"), destination=BOSTON),
    }
    shop = Shop({EAST.code: {"LAMP": 1, "MUG": 1}, WEST.code: {"LAMP": 0, "MUG": 0}}, orders)
    first = shop.plan("one lamp", []).decision.plan
    shop.on_hand[WEST.code]["LAMP"] = 1
    return shop, {"one lamp": first, "lamp and mug": shop.plan("lamp and mug", [first]).decision.plan}


def test_two_orders_exchange_a_unit_so_that_neither_is_split() -> None:
    shop, plans = crossed()
    assert is_split(plans["lamp and mug"])
    found = shop.improve(plans)
    now = {key: item.decision.plan for key, item in found.changed.items()}
    assert set(now) == set(plans)
    assert not any(map(is_split, now.values()))
    assert found.saved == total(plans) - total(now) > 0
    assert not found.was_cut


def test_a_split_order_is_put_together_when_stock_has_come() -> None:
    shop, plans = crossed()
    shop.on_hand[EAST.code]["LAMP"] = 2
    found = shop.improve({"lamp and mug": plans["lamp and mug"]})
    assert list(found.changed) == ["lamp and mug"]
    assert not is_split(found.changed["lamp and mug"].decision.plan)


def test_a_search_that_may_try_nothing_says_that_it_was_cut() -> None:
    shop, plans = crossed()
    assert shop.improve(plans, tries=0) == Improvement(was_cut=True)


def test_nothing_is_exchanged_where_nobody_is_split() -> None:
    shop = Shop({EAST.code: {"LAMP": 5}, WEST.code: {"LAMP": 5}}, {"a": order(line(1, "LAMP"))})
    assert shop.improve(shop.first_come()) == Improvement()


SKUS = ("LAMP", "MUG", "TENT")
quantities = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 2), min_size=1)
shelves = st.fixed_dictionaries({sku: st.integers(0, 4) for sku in SKUS})


@settings(max_examples=60, deadline=None)
@given(
    wanted=st.lists(st.tuples(quantities, st.sampled_from((BOSTON, SAN_DIEGO))), min_size=1, max_size=4),
    east=shelves,
    west=shelves,
)
def test_no_exchange_costs_more_oversells_or_leaves_anybody_worse_off(wanted, east, west) -> None:
    orders = {
        f"order {number}": order(
            *(line(at, sku, count) for at, (sku, count) in enumerate(sorted(lines.items()), 1)), destination=place
        )
        for number, (lines, place) in enumerate(wanted)
    }
    shop = Shop({EAST.code: east, WEST.code: west}, orders)
    plans = shop.first_come()
    found = shop.improve(plans)
    now = plans | {key: item.decision.plan for key, item in found.changed.items()}
    assert total(now) == total(plans) - found.saved
    assert found.saved >= 0
    assert bool(found.changed) == (found.saved > 0)
    taken = sum((units(plan) for plan in now.values()), Counter())
    assert all(count <= shop.on_hand[place][sku] for (place, sku), count in taken.items())
    for key, item in found.changed.items():
        assert item.decision.outcome is Outcome.SHIP
        assert sum(units(now[key]).values()) >= sum(units(plans[key]).values())
        assert max(s.promised_to for s in now[key].shipments) <= max(s.promised_to for s in plans[key].shipments)
