"""Golden examples: orders that say what a rule is for, tried before the rule decides anything."""

import pytest

from orderflow.rules.examples.check import failed_examples
from orderflow.rules.examples.world import ExampleWorld
from orderflow.rules.rule_set import RuleSet

VIP_RULE = {
    "id": "vip",
    "conditions": {"customer_tier": "VIP", "order_value": {"gte": 500}},
    "actions": {"warehouse": "east", "notification": "slack_channel:vip"},
}


@pytest.fixture(scope="session")
def world(facts_of) -> ExampleWorld:
    facts = facts_of()
    return ExampleWorld(rate_card=facts.rate_card, locations=facts.locations, policy=facts.policy)


def failures(world, *rules: dict) -> list[str]:
    return [str(one) for one in failed_examples(RuleSet.model_validate({"rules": rules}), world)]


def vip(*examples: dict, **changes) -> dict:
    return VIP_RULE | changes | {"examples": [{"name": "it", **example} for example in examples]}


def test_examples_that_hold_say_nothing(world):
    at_500 = {"order": {"total": 500, "customer": {"tier": "VIP"}}, "actions": {"warehouse": "east"}}
    told = {
        "order": {"total": "500 USD", "customer": {"tier": "vip"}},
        "actions": {"notification": "slack_channel:vip"},
    }
    below = {"order": {"total": 499.99, "customer": {"tier": "VIP"}}, "wins": "", "actions": {"warehouse": None}}
    assert failures(world, vip(at_500, told, below)) == []


def test_a_failed_example_names_the_rule_the_example_and_the_condition_in_the_way(world):
    (said,) = failures(world, vip({"order": {"total": 499.99, "customer": {"tier": "VIP"}}}))
    assert said == (
        'vip, example "it": expected vip to win, but no rule was met; '
        "vip asks that order_value is at least $500.00: it is $499.99"
    )


def test_a_failed_example_names_the_rule_that_won_instead(world):
    wide = {"id": "wide", "priority": 1, "conditions": {"order_value": {"gte": 400}}}
    (said,) = failures(world, wide, vip({"order": {"total": 500, "customer": {"tier": "VIP"}}}))
    assert said.endswith("expected vip to win, but wide won; vip was not asked")


def test_a_failed_example_names_the_effect_that_came_instead(world):
    order = {"total": 500, "customer": {"tier": "VIP"}}
    (said,) = failures(world, vip({"order": order, "actions": {"warehouse": "west"}}))
    assert said.endswith("expected warehouse west, but it is east; vip won")


def test_an_example_may_say_which_other_rule_wins_or_that_this_one_does_not(world):
    other = {"id": "other", "conditions": {"customer_tier": "gold"}}
    gold = {"order": {"customer": {"tier": "gold"}}}
    assert failures(world, vip(gold | {"wins": "other"}), other) == []
    assert failures(world, vip(gold | {"wins": ""}), other) == []
    met = {"order": {"total": 500, "customer": {"tier": "VIP"}}, "wins": ""}
    assert failures(world, vip(met)) == ['vip, example "it": expected vip not to be met, but it is']
    (unknown,) = failures(world, vip(gold | {"wins": "otter"}), other)
    assert unknown.endswith("there is no rule otter")


def test_an_example_has_the_stock_the_lines_and_the_load_it_says(world):
    rule = {
        "id": "plenty",
        "conditions": {
            "stock(warehouse_la, SKU9)": {"gt": 100},
            "lines": {"any": {"line_sku": "SKU9", "line_quantity": {"gte": 2}, "line_unit_price": "3.50 USD"}},
            "orders_today(warehouse_la)": {"lt": 5},
        },
    }
    order = {"lines": [{}, {"sku": "SKU9", "quantity": 2, "unit_price": "3.50 USD"}]}
    full = {"name": "full", "order": order, "stock": {"warehouse_la": {"SKU9": 101}}, "load": {"warehouse_la": 4}}
    at_100 = full | {"stock": {"warehouse_la": {"SKU9": 100}}, "wins": ""}
    busy = full | {"load": {"warehouse_la": 5}, "wins": ""}
    assert failures(world, rule | {"examples": [full, at_100, busy]}) == []


def test_an_example_is_tried_within_the_dates_of_its_rule(world):
    order = {"order": {"total": 500, "customer": {"tier": "VIP"}}}
    season = {"effective_from": "2031-11-01T00:00:00Z", "effective_until": "2031-12-01T00:00:00Z"}
    assert failures(world, vip(order, order | {"now": "2031-12-01T00:00:00Z", "wins": ""}, **season)) == []


def test_a_plain_example_order_is_nothing_special(world):
    plain = ["is_gift", "is_international", "has_unknown_sku", "has_unknown_weight", "has_address_problem"]
    rules = [
        {"id": code, "conditions": {code: True}, "examples": [{"name": "plain", "wins": ""}], "on_match": "continue"}
        for code in plain
    ]
    paid = {"id": "paid", "conditions": {"is_paid": True}, "examples": [{"name": "plain"}]}
    assert failures(world, *rules, paid) == []


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"totl": 5}, "order.totl"),
        ({"total": "much"}, 'an amount like 500, or "500 EUR"'),
        ({"lines": [{"quantity": 0}]}, "order.lines.0.quantity"),
    ],
)
def test_an_example_that_cannot_be_an_order_fails_and_says_why(world, order, words):
    (said,) = failures(world, vip({"order": order}))
    assert words in said


def test_a_disabled_rule_is_not_tried(world):
    assert failures(world, vip({"order": {}}, enabled=False)) == []


def test_examples_are_no_part_of_the_name_of_a_version():
    with_one = RuleSet.model_validate({"rules": [vip({"order": {}})]})
    assert with_one.content_hash == RuleSet.model_validate({"rules": [VIP_RULE]}).content_hash
