"""Random orders in random shops: none is dropped, and the order in which facts arrive changes nothing."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from routing_values import BOSTON, EVERYONE, SAN_DIEGO, TORONTO, facts, level, line, order, routing

from orderflow.decision import Decision, Outcome
from orderflow.inventory import StockView
from orderflow.money import Money
from orderflow.order import Customer, PaymentStatus
from orderflow.policy import ApprovalPolicy
from orderflow.routing import decide
from orderflow.rules.actions import Actions
from orderflow.rules.rule import Rule
from orderflow.rules.rule_set import RuleSet

SKUS = ("SKU123", "SKU456", "SKU789")
NO_COUNTRY = BOSTON.model_copy(update={"country": ""})
RULES = RuleSet(
    rules=(
        Rule(id="vip", conditions={"customer_tier": "VIP"}, actions=Actions(warehouse="warehouse_west")),
        Rule(id="dear", conditions={"order_value": {"gte": 900}}, actions=Actions(hold="too_dear")),
    )
)


def random_order(chance: random.Random):
    lines = [
        line(
            number,
            chance.choice((*SKUS, "UNKNOWN") if chance.random() < 0.05 else SKUS),
            chance.randint(1, 4),
            weight_grams=chance.choice((None, 200, 40_000) if chance.random() < 0.1 else (200, 900)),
            requires_shipping=chance.random() > 0.05,
        )
        for number in range(1, chance.randint(2, 5))
    ]
    return order(
        *lines,
        total=Money.of(chance.randint(1, 1000), chance.choice(("USD", "USD", "EUR"))),
        destination=chance.choice((BOSTON, BOSTON, SAN_DIEGO, TORONTO, NO_COUNTRY)),
        payment_status=chance.choice((PaymentStatus.PAID,) * 8 + tuple(PaymentStatus)),
        risk=chance.choice(("", "", "", "low", "high")),
        customer=Customer(tier=chance.choice(("standard", "VIP"))),
    )


def random_facts(chance: random.Random):
    levels = [level(at, sku, chance.choice((0, 0, 1, 5))) for at in EVERYONE for sku in SKUS if chance.random() < 0.7]
    policy = routing(
        approval=chance.choice((ApprovalPolicy(), routing().approval)),
        unfilled=chance.choice(("backorder", "split", "third_party")),
        backorders=chance.choice(("do_not_allow", "allow_notify", "allow_silent")),
        customs_ready=chance.random() < 0.5,
        line_first=chance.random() < 0.2,
        strategy=chance.choice(("weighted_score", "cheapest", "fastest", "nearest")),
    )
    known = frozenset((sku, "") for sku in SKUS)
    return facts(random_order(chance), StockView(levels), locations=EVERYONE, policy=policy, known_skus=known)


def account_of(decision: Decision) -> int:
    """The units a decision speaks for."""
    shipped = sum(item.quantity for shipment in decision.plan.shipments for item in shipment.lines)
    return shipped + sum(item.quantity for item in decision.plan.backordered)


@pytest.mark.requirement("OF-130", "LANE-15")
def test_ten_thousand_random_orders_all_end_in_a_plan_a_backorder_or_a_named_hold():
    chance = random.Random(20260310)
    ends = dict.fromkeys(Outcome, 0)
    for _ in range(10_000):
        here = random_facts(chance)
        decision = decide(here, RULES)
        ends[decision.outcome] += 1
        assert (decision.hold is not None) == (decision.outcome is Outcome.HOLD)
        assert bool(decision.plan.shipments) or decision.outcome is not Outcome.SHIP
        if decision.plan.attempts:
            assert account_of(decision) == sum(item.quantity for item in here.order.shippable_lines)
        else:
            assert decision.hold
    assert min(ends.values()) > 100, "each end is reached often enough to mean something"


@pytest.mark.requirement("LANE-14", "OF-126")
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_arrive_changes_no_byte_of_the_decision(seed, shuffler):
    here = random_facts(random.Random(seed))
    levels, places = list(here.stock.levels()), list(here.locations.items())
    load = [(location.code, 3) for location in EVERYONE]
    first = decide(replace(here, load=dict(load)), RULES)
    for facts_in_order in (levels, places, load):
        shuffler.shuffle(facts_in_order)
    again = replace(here, stock=StockView(levels), locations=dict(places), load=dict(load))
    assert decide(again, RULES).model_dump_json() == first.model_dump_json()
