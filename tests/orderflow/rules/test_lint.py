"""Planted defects of every kind are found, and nothing in rules that are as they should be."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.rules.explain import explain
from orderflow.rules.lint import Firing, LintCode, lint, never_fired, order_without_a_rule
from orderflow.rules.lint.asking import lint_rule
from orderflow.rules.lint.coverage import is_within
from orderflow.rules.rule_set import RuleSet

A, B = {"warehouse": "a"}, {"warehouse": "b"}


def rule_set(*rules: dict) -> RuleSet:
    return RuleSet.model_validate({"rules": [{"id": f"r{place}", **rule} for place, rule in enumerate(rules)]})


def when(conditions: dict, actions: dict = A, **parts) -> dict:
    return {"conditions": conditions, "actions": actions, **parts}


def found(*rules: dict, **options) -> list[tuple[str, str]]:
    return [(finding.code, finding.rule_id) for finding in lint(rule_set(*rules), **options)]


CONTRADICTORY = [
    {"order_value": {"gt": 500, "lt": 500}},
    {"order_value": {"gt": 500, "lt": 500.01}},
    {"unit_count": {"gt": 1, "lt": 2}},
    {"all": [{"source": "shopify"}, {"source": "woocommerce"}]},
    {"customer_tier": {"eq": "VIP", "ne": "vip"}},
    {"customer_tier": {"in": ["a", "b"], "not_in": ["A", "B", "c"]}},
    {"is_gift": True, "none": [{"is_gift": True}]},
    {"tags": "a", "none": [{"tags": "a"}]},
    {"destination_city": {"exists": False, "starts_with": "A"}},
    {"customer_tier": {"eq": "abc", "contains": "x"}},
    {"current_date": {"gt": "2024-11-04", "lt": "2024-11-05"}},
    {"lines": {"any": {"line_sku": "A"}}, "none": [{"lines": {"any": {"line_sku": "A"}}}]},
    {"any": [{"order_value": {"gt": 5, "lt": 4}}, {"unit_count": {"between": [1, 2], "gt": 2}}]},
    {"order_value": {"gt": 5}, "all": [{"order_value": {"gt": "5 EUR"}}]},
    {"destination_city": {"starts_with": "Bo", "not_contains": "b"}},
    {"is_gift": {"exists": False}},
    {"attribute(size)": {"gt": 5, "lt": 4}},
]


@pytest.mark.parametrize("conditions", CONTRADICTORY)
def test_conditions_no_order_can_meet_are_found_with_a_value_that_fails(conditions):
    (finding,) = lint(rule_set(when(conditions)))
    assert (finding.code, finding.rule_ids) == ("contradictory", ("r0",))
    assert re.fullmatch(r'for example .+ fails ".+"', finding.example)


SHADOWED = [
    ({"order_value": {"gt": 100}}, {"order_value": {"gt": 200}}),
    ({"order_value": {"gte": 100}}, {"order_value": {"gt": 99.99}, "source": "shopify"}),
    ({"source": "shopify"}, {"source": "Shopify", "is_gift": True}),
    ({"source": {"in": ["a", "b"]}}, {"source": "b"}),
    ({"customer_tier": {"ne": "VIP"}}, {"customer_tier": "gold"}),
    ({"customer_tier": {"starts_with": "g"}}, {"customer_tier": "gold"}),
    ({"any": [{"is_gift": True}, {"source": "shopify"}]}, {"is_gift": True, "unit_count": 3}),
    ({"tags": {"in": ["a", "b"]}}, {"tags": "a", "source": "shopify"}),
    ({"unit_count": {"gt": 5}}, {"unit_count": {"gte": 6}, "is_gift": True}),
    ({"stock(warehouse_la)": {"gt": 0}}, {"stock(warehouse_la)": {"gt": 10}}),
    ({"lines": {"any": {"line_sku": "A"}}}, {"lines": {"any": {"line_sku": "A"}}, "is_gift": True}),
    ({"destination_postal_code": {"starts_with": "9"}}, {"destination_postal_code": {"starts_with": "90"}}),
    ({"note": {"contains": "ring"}}, {"note": {"ends_with": "the Ring"}, "is_gift": True}),
]


@pytest.mark.parametrize(("first", "second"), SHADOWED)
def test_a_rule_behind_a_wider_one_is_found(first, second):
    (finding,) = lint(rule_set(when(first), when(second, B)))
    assert (finding.code, finding.rule_ids) == ("shadowed", ("r1", "r0"))
    assert finding.example.startswith("for example an order with ")
    assert found(when(first, on_match="continue"), when(second, B)) == []
    assert found(when(second, B), when(first)) == []


UNREACHABLE = [
    (when({}), when({"is_gift": True}, B)),
    (when({"source": "a"}, on_else="stop", **{"else": B}), when({"is_gift": True}, B)),
    (when({"is_gift": True}), when({"none": [{"is_gift": True}]}), when({"source": "shopify"}, B)),
    (when({"unit_count": {"lt": 5}}), when({"unit_count": {"gte": 5}}), when({"unit_count": {"gt": 0}}, B)),
    (when({"order_value": {"lte": 5}}), when({"order_value": {"gt": 5}}), when({"order_value": {"gt": 1}}, B)),
    (when({"source": "a"}), when({"source": "b"}), when({"source": {"in": ["a", "b"]}, "is_gift": True}, B)),
    (when({"is_gift": True}), when({"is_gift": False}), when({"source": "shopify"}, B)),
]


@pytest.mark.parametrize("rules", UNREACHABLE)
def test_a_rule_no_order_comes_to_is_found(rules):
    finding = lint(rule_set(*rules))[0]
    assert (finding.code, finding.rule_id) == ("unreachable", f"r{len(rules) - 1}")
    assert "r0" in finding.rule_ids
    assert finding.example.startswith("for example ")


DUPLICATES = [
    ({"source": "a", "is_gift": True}, {"is_gift": True, "source": "A"}),
    ({"source": {"in": ["a"]}}, {"source": "a"}),
    ({"order_value": {"gte": 5}}, {"all": [{"order_value": {"gte": 5.0}}]}),
    ({"any": [{"source": "a"}, {"is_gift": True}]}, {"any": [{"is_gift": True}, {"source": "a"}]}),
]


@pytest.mark.parametrize(("first", "second"), DUPLICATES)
def test_a_rule_that_is_there_twice_is_found(first, second):
    (finding,) = lint(rule_set(when(first, on_match="continue"), when(second, on_match="continue")))
    assert (finding.code, finding.rule_ids) == ("duplicate", ("r1", "r0"))
    assert finding.example.startswith("both are met by an order with ")


HOLES = [
    (when({"order_value": {"gt": 100}}), when({"order_value": {"lt": 100}}), "exactly $100.00"),
    (when({"unit_count": {"lt": 5}}), when({"unit_count": {"gt": 5}}), "exactly 5"),
    (when({"unit_count": {"lt": 5}}), when({"unit_count": {"gte": 8}}), "from 5 to 7"),
    (when({"order_value": {"lt": 200}}), when({"order_value": {"gt": 500}}), "from $200.00 to $500.00"),
    (when({"current_date": {"lt": "2024-11-05"}}), when({"current_date": {"gt": "2024-11-05"}}), "exactly 2024-11-05"),
    (
        when({"source": "a", "order_value": {"between": [1, 2]}}),
        when({"order_value": {"gt": 2.01}, "source": "a"}),
        "exactly $2.01",
    ),
    (when({"distance_km(a)": {"lt": 100}}), when({"distance_km(a)": {"gt": 100}}), "exactly 100"),
    (when({"distance_km(a)": {"lte": 100}}), when({"distance_km(a)": {"gte": 200}}), "over 100 and under 200"),
    (when({"distance_km(a)": {"lt": 100}}), when({"distance_km(a)": {"gte": 200}}), "from 100 and under 200"),
    (when({"order_value": {"lt": "9 EUR"}}), when({"order_value": {"gt": "9 EUR"}}), "exactly EUR 9.00"),
]


@pytest.mark.requirement("OF-24")
@pytest.mark.parametrize(("first", "second", "span"), HOLES)
def test_a_number_between_two_rules_is_found(first, second, span):
    (finding,) = lint(rule_set(first, second))
    assert finding.code is LintCode.NUMERIC_HOLE
    assert span in finding.message
    assert finding.message.endswith("falls to no rule")
    assert set(finding.rule_ids) == {"r0", "r1"}
    assert finding.example.startswith("for example an order with ")


@pytest.mark.requirement("OF-24")
def test_the_hole_at_100_units_of_the_example_is_found_and_told_where_it_falls(ready_rules):
    (finding,) = lint(ready_rules("sku123_west_or_central.json"))
    assert (finding.code, finding.rule_id) == (LintCode.NUMERIC_HOLE, "rule_sku123_west")
    assert "of exactly 100 meets neither rule_sku123_central nor rule_sku123_west" in finding.message
    assert "falls to rule_sku123_otherwise" in finding.message


def test_a_hole_that_an_else_branch_takes_is_told_as_such():
    rules = when({"unit_count": {"lt": 5}}), when({"unit_count": {"gt": 5}}, **{"else": B})
    (finding,) = lint(rule_set(*rules))
    assert "falls to the else branch" in finding.message


NO_HOLES = [
    (when({"unit_count": {"lt": 5}}), when({"unit_count": {"gt": 4}}, B)),
    (when({"order_value": {"lte": 5}}), when({"order_value": {"gte": 5.01}}, B)),
    (when({"unit_count": {"lt": 5}}), when({"unit_count": {"gt": 8}}, B), when({}, {"carrier": "ups"})),
    (when({"order_value": {"lt": 5}}), when({"order_value": {"gt": "5 EUR"}}, B)),
    (when({"any": [{"unit_count": {"lt": 5}}, {"unit_count": {"gt": 5}}]}),),
    (when({"source": "a", "unit_count": {"lt": 5}}), when({"source": "b", "unit_count": {"gt": 5}}, B)),
]


@pytest.mark.parametrize("rules", NO_HOLES)
def test_no_hole_is_told_where_there_is_none(rules):
    assert found(*rules) == []


MISSING = [
    (when({"is_international": True}), when({"is_international": False}, B)),
    (when({"attribute(fragile)": True}), when({"attribute(fragile)": False}, B)),
    (
        when({"source": "a", "is_before_cutoff(x)": True}),
        when({"source": "a", "is_before_cutoff(x)": False}, B),
    ),
]


@pytest.mark.parametrize("rules", MISSING)
def test_a_missing_answer_that_neither_yes_nor_no_takes_is_found(rules):
    (finding,) = lint(rule_set(*rules))
    assert (finding.code, finding.rule_ids) == ("missing_hole", ("r0", "r1"))
    assert finding.example.endswith("missing")
    assert found(*rules, when({}, {"carrier": "ups"})) == []


UNMATCHED = [
    (when({"is_gift": True}),),
    (when({"customer_tier": "VIP"}), when({"order_value": {"gte": 500}}, B)),
    (when({"source": {"ne": "shopify"}}), when({"source": "shopify", "unit_count": {"lt": 9}}, B)),
    (when({"tags": {"contains": "x"}}), when({"tags": {"not_contains": "x"}, "note": {"starts_with": "a"}}, B)),
]


@pytest.mark.parametrize("rules", UNMATCHED)
def test_an_order_nobody_matches_is_found_where_every_order_should_meet_a_rule(rules):
    (finding,) = lint(rule_set(*rules), every_order=True)
    assert (finding.code, finding.rule_ids) == ("unmatched", ())
    assert finding.example == order_without_a_rule(rule_set(*rules))
    assert finding.example.startswith("for example an order with ")
    assert found(*rules) == []


def test_rules_that_take_every_order_leave_none_unmatched():
    takes_all = [
        (when({"is_gift": True}), when({})),
        (when({"is_gift": True}, **{"else": B}),),
        (when({"is_gift": True}), when({"is_gift": False}, B)),
        (when({"source": "a"}), when({"source": {"ne": "a"}}, B)),
        (when({"order_value": {"gte": 5}}), when({"none": [{"order_value": {"gte": 5}}]}, B)),
    ]
    assert [order_without_a_rule(rule_set(*rules)) for rules in takes_all] == [None] * len(takes_all)


@pytest.mark.requirement("OF-24")
def test_the_example_of_an_unmatched_order_is_one_that_meets_no_rule():
    rules = rule_set(when({"order_value": {"gt": 100}}), when({"order_value": {"lt": 100}}, B))
    assert order_without_a_rule(rules) == "for example an order with order_value $100.00"


def test_a_rule_no_order_met_for_long_is_found():
    rules = rule_set(when({"is_gift": True}), when({"source": "a"}, B), when({}, B, enabled=False))
    judged = frozenset({"r0", "r1", "r2"})
    firing = Firing(days=30, decisions=1204, applied={"r1": 7}, judged=judged)
    (finding,) = never_fired(rules, firing)
    assert (finding.code, finding.rule_ids, finding.example) == ("never_fired", ("r0",), "0 of 1,204 decisions")
    assert list(never_fired(rules, firing.model_copy(update={"judged": frozenset()}))) == []
    assert list(never_fired(rules, firing.model_copy(update={"decisions": 0}))) == []


def test_a_rule_that_does_nothing_is_found():
    assert found(when({"is_gift": True}, {}, on_match="continue")) == [("no_effect", "r0")]
    assert found(when({"is_gift": True}, {})) == []


def test_more_than_thirty_defects_were_planted():
    planted = (CONTRADICTORY, SHADOWED, UNREACHABLE, DUPLICATES, HOLES, MISSING, UNMATCHED)
    assert sum(map(len, planted)) >= 50


def test_rules_with_other_dates_do_not_stand_in_each_others_way():
    june, july = "2024-06-01T00:00:00Z", "2024-07-01T00:00:00Z"
    summer = when({}, effective_from=june, effective_until=july)
    assert found(summer, when({"is_gift": True}, B)) == []
    assert found(summer, when({"is_gift": True}, B, effective_from=june, effective_until=july)) != []


def test_nothing_is_found_in_the_ready_rules_but_the_hole_of_the_example(ready_rule_files):
    for file in ready_rule_files:
        rules = RuleSet.model_validate({"rules": json.loads(file.read_text())["routing_rules"]})
        findings = [finding for finding in lint(rules) if "sku123" not in finding.rule_id]
        assert findings == [], file.name


SIMPLE = st.fixed_dictionaries(
    {},
    optional={
        "unit_count": st.sampled_from([{"lt": 2}, {"gte": 2}, {"gt": 2}, 2, {"ne": 2}]),
        "customer_tier": st.sampled_from(["a", {"in": ["a", "b"]}, {"ne": "b"}, {"exists": False}, {"contains": "a"}]),
        "tags": st.sampled_from(["a", {"in": ["a", "b"]}, {"ne": "b"}, {"exists": True}]),
        "is_gift": st.booleans(),
    },
)


ORDERS = {
    "units": st.integers(1, 3),
    "tier": st.sampled_from(["", "a", "b", "c", "ca"]),
    "tags": st.lists(st.sampled_from("abc"), max_size=3, unique=True),
    "gift": st.booleans(),
}


@pytest.fixture(scope="session")
def order_facts(facts_of, line_of):
    def build(order: dict):
        return facts_of(
            lines=(line_of(quantity=order["units"]),),
            customer={"tier": order["tier"]},
            tags=tuple(order["tags"]),
            gift=order["gift"],
        )

    return build


@settings(max_examples=200, deadline=None)
@given(first=SIMPLE, second=SIMPLE, order=st.fixed_dictionaries(ORDERS))
def test_an_order_that_meets_a_narrower_rule_meets_the_wider_one(order_facts, first, second, order):
    rules = rule_set(when(first, on_match="continue"), when(second))
    narrow, wide = (lint_rule(*pair) for pair in rules.in_order)
    met = {one.rule_id for one in explain(rules, order_facts(order)) if one.why == "met"}
    if is_within(narrow.rows[0], wide.rows[0]) and "r0" in met:
        assert "r1" in met


@settings(max_examples=300, deadline=None)
@given(conditions=st.lists(SIMPLE, min_size=2, max_size=4), order=st.fixed_dictionaries(ORDERS))
def test_a_rule_that_is_called_dead_is_met_by_no_order(order_facts, conditions, order):
    rules = rule_set(*(when(one, {"tags": [str(place)]}) for place, one in enumerate(conditions)))
    dead = {one.rule_id for one in lint(rules) if one.code in {"contradictory", "shadowed", "unreachable"}}
    met = {one.rule_id for one in explain(rules, order_facts(order)) if one.why == "met"}
    assert not dead & met


@settings(max_examples=200, deadline=None)
@given(conditions=st.lists(SIMPLE, min_size=1, max_size=3), order=st.fixed_dictionaries(ORDERS))
def test_rules_without_an_unmatched_order_take_every_order(order_facts, conditions, order):
    rules = rule_set(*(when(one, {"tags": [str(place)]}) for place, one in enumerate(conditions)))
    if order_without_a_rule(rules) is None:
        assert any(one.why == "met" for one in explain(rules, order_facts(order)))
