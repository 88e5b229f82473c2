"""What a person is told of every rule: whether it applied, and if not what stood in the way."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.rules.explain import explain, failures
from orderflow.rules.parser import parse_conditions
from orderflow.rules.rule_set import RuleSet


def rule_set(*rules: dict) -> RuleSet:
    return RuleSet.model_validate({"rules": rules})


def why_not(conditions: dict, facts) -> list[str]:
    return [str(one) for one in failures(parse_conditions(conditions), facts)]


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ({"order_value": {"gte": 500}}, ["order_value is at least $500.00: it is $100.00"]),
        ({"customer_tier": "VIP", "source": "shopify"}, ["customer_tier is VIP: it is standard"]),
        ({"destination_city": {"exists": True}}, ["destination_city is known: it is missing"]),
        ({"order_value": {"between": [1, 9.5]}}, ["order_value is from $1.00 to $9.50: it is $100.00"]),
        ({"tags": {"in": ["a", "b"]}}, ["tags is one of a, b: it is late, gift"]),
        ({"stock(warehouse_la, SKU123)": {"gt": 0}}, ["stock(warehouse_la, SKU123) is over 0: it is 0"]),
        ({"any": [{"is_gift": True}, {"risk": "low"}]}, ["is_gift is true: it is false", "risk is low: it is missing"]),
        ({"none": [{"source": "shopify"}, {"is_gift": True}]}, ["not source is shopify: it is shopify"]),
        (
            {"order_value": {"gt": "1 EUR"}},
            ["order_value is over EUR 1.00: it is $100.00; EUR and USD are not compared"],
        ),
        (
            {"lines": {"any": {"line_sku": "X", "line_title": "Y"}}},
            ["any of the lines: line_sku is X and line_title is Y: it is line 1: line_sku SKU123, line_title missing"],
        ),
        ({"customer_tier": "standard"}, []),
    ],
)
def test_a_failed_condition_is_told_with_what_the_order_has(facts_of, conditions, told):
    assert why_not(conditions, facts_of(total="100", tags=("late", "gift"))) == told


def test_every_rule_is_accounted_for(facts_of):
    now = facts_of().now
    rules = rule_set(
        {"id": "off", "enabled": False},
        {"id": "over", "effective_until": now - timedelta(days=1)},
        {"id": "else", "conditions": {"is_gift": True}, "else": {"tags": ["x"]}},
        {"id": "unmet", "conditions": {"is_gift": True}},
        {"id": "met"},
        {"id": "late"},
    )
    explained = explain(rules, facts_of())
    assert [(one.rule_id, one.why, one.branch) for one in explained] == [
        ("off", "disabled", ""),
        ("over", "not in force", ""),
        ("else", "not met", "else"),
        ("unmet", "not met", ""),
        ("met", "met", "then"),
        ("late", "not asked", ""),
    ]
    assert explained[3].failed[0].path == "routing_rules[3].conditions.is_gift"


RULE = st.fixed_dictionaries(
    {
        "conditions": st.sampled_from([{}, {"is_gift": True}, {"order_value": {"gt": 50}}, {"customer_tier": "VIP"}]),
        "priority": st.integers(0, 2),
        "on_match": st.sampled_from(["stop", "continue"]),
        "on_else": st.sampled_from(["stop", "continue"]),
        "enabled": st.booleans(),
        "else": st.none() | st.just({"carrier": "usps"}),
    }
)


@settings(max_examples=150, deadline=None)
@given(rules=st.lists(RULE, max_size=8), gift=st.booleans(), total=st.sampled_from(["10", "60"]))
def test_the_explanation_names_exactly_the_branches_that_were_taken(facts_of, rules, gift, total):
    several = rule_set(*({"id": str(number), **rule} for number, rule in enumerate(rules)))
    facts = facts_of(gift=gift, total=total)
    taken = [(match.rule_id, match.branch) for match in several.evaluate(facts).matches]
    assert [(one.rule_id, one.branch) for one in explain(several, facts) if one.branch] == taken
