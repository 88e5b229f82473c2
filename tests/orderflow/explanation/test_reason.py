"""The one-line reason says what decided, with the numbers of the runner-up."""

import pytest
from routing_values import CENTRAL, EAST, EXPRESS, GROUND, WEST, card, facts, line, order, routing, service

from orderflow.order import Customer
from orderflow.policy import ApprovalPolicy
from orderflow.routing import decide
from orderflow.rules.actions import Actions
from orderflow.rules.rule import Rule
from orderflow.rules.rule_set import RuleSet
from orderflow.shipping.rate import ShippingSpeed

HELD = {EAST.code: {"SKU123": 9}, WEST.code: {"SKU123": 9}}


def reason(order_=None, held=HELD, rules=(), **changes) -> str:
    return decide(facts(order_ or order(), held, **changes), RuleSet(rules=rules)).reason


def to(warehouse: str, **condition) -> tuple[Rule, ...]:
    conditions = condition or {"order_value": {"gte": 0}}
    return (Rule(id="to", name="East first", conditions=conditions, actions=Actions(warehouse=warehouse)),)


@pytest.mark.requirement("OUT-03")
def test_a_vip_order_at_the_lowest_cost_reads_as_on_the_sample_card():
    rates = card(service("fedex", ShippingSpeed.STANDARD, ("45", "60", "89"), (2, 2, 2)))
    vip = order(customer=Customer(tier="VIP"))
    policy = routing(approval=ApprovalPolicy(vip_tiers=("VIP",), limit=None))
    rules = (
        Rule(id="v", conditions={"customer_tier": "VIP"}, actions=Actions(warehouse=EAST.code, auto_approve=True)),
    )
    assert (
        reason(vip, rules=rules, rate_card=rates, policy=policy) == "VIP priority + lowest shipping cost ($45 vs $89)"
    )


@pytest.mark.requirement("OUT-03")
def test_the_runner_ups_cost_is_the_cheapest_other_one():
    three = HELD | {CENTRAL.code: {"SKU123": 9}}
    assert reason(held=three) == "lowest shipping cost ($5 vs $8)"
    assert reason() == "lowest shipping cost ($5 vs $11)"


def test_a_rule_that_named_the_location_is_named():
    assert reason(rules=to(WEST.code)) == "rule East first + shipping cost $11 vs $5"


def test_a_rule_whose_location_could_not_ship_is_not_given_the_credit():
    assert reason(rules=to(CENTRAL.code)) == "lowest shipping cost ($5 vs $11)"


def test_a_faster_but_dearer_location_is_chosen_for_its_arrival():
    crossed = service("usps", ShippingSpeed.STANDARD, ("9", "5", "5"), (1, 4, 5))
    said = reason(rate_card=card(crossed), policy=routing(strategy="fastest"))
    assert said == "earliest arrival (in 1 vs 7 days, $9 vs $5)"


def test_more_points_at_equal_cost_and_days_are_told_as_points():
    flat = service("usps", ShippingSpeed.STANDARD, ("9", "9", "9"), (2, 2, 2))
    busy = [place.model_copy(update={"capacity_per_day": 10}) for place in (WEST, CENTRAL)]
    load = {WEST.code: 5, CENTRAL.code: 9}
    three = HELD | {CENTRAL.code: {"SKU123": 9}}
    said = reason(held=three, rate_card=card(flat), locations=(EAST, *busy), load=load)
    assert said == "most points (91 vs 76, $9 vs $9)"


def test_the_only_location_that_can_ship_is_called_so():
    assert reason(held={EAST.code: {"SKU123": 9}}) == "the only location that can ship it for $5"


def test_a_split_names_its_places_its_cost_and_what_waits():
    two = order(line(1, "SKU123", 3), line(2, "SKU456", 1))
    held = {EAST.code: {"SKU123": 2, "SKU456": 0}, WEST.code: {"SKU123": 1}}
    said = reason(two, held)
    assert said == "split over warehouse_east and warehouse_west for $16.50; waiting: 1 × SKU456"


def test_without_reference_rates_the_reason_is_the_points():
    none = GROUND.model_copy(update={"max_grams": 1})
    assert reason(rate_card=card(none, EXPRESS.model_copy(update={"max_grams": 1}))) == "50 points"
