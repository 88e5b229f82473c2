"""Which rules apply, in which order, and how their effects come together."""

from datetime import timedelta

import pytest

from orderflow.rules.actions import Actions
from orderflow.rules.builder import all_of, any_of, lines, none_of, when
from orderflow.rules.problem import RuleError
from orderflow.rules.rule import Rule
from orderflow.rules.rule_set import RuleSet

VIP = {"customer_tier": "VIP"}
NEVER = {"customer_tier": "nobody"}


def rule_set(*rules: dict) -> RuleSet:
    return RuleSet.model_validate({"rules": rules})


def applied(result) -> list[tuple[str, str]]:
    return [(match.rule_id, match.branch) for match in result.matches]


def test_the_first_matching_rule_is_the_last_one_asked(facts_of):
    rules = rule_set({"id": "a", "actions": {"warehouse": "a"}}, {"id": "b", "actions": {"carrier": "b"}})
    result = rules.evaluate(facts_of())
    assert applied(result) == [("a", "then")]
    assert (result.actions.warehouse, result.actions.carrier) == ("a", None)


def test_a_rule_may_let_later_rules_go_on(facts_of):
    rules = rule_set(
        {"id": "a", "actions": {"warehouse": "a"}, "on_match": "continue"},
        {"id": "b", "actions": {"warehouse": "b", "carrier": "b"}},
    )
    result = rules.evaluate(facts_of())
    assert applied(result) == [("a", "then"), ("b", "then")]
    assert (result.actions.warehouse, result.actions.carrier) == ("a", "b")


def test_rules_are_asked_by_priority_and_then_as_written(facts_of):
    rules = rule_set(
        {"id": "low", "on_match": "continue"},
        {"id": "high", "priority": 5, "on_match": "continue"},
        {"id": "also_low", "on_match": "continue"},
    )
    assert [rule_id for rule_id, _ in applied(rules.evaluate(facts_of()))] == ["high", "low", "also_low"]


def test_lists_are_joined_without_repeats_and_flags_stay_on(facts_of):
    rules = rule_set(
        {"id": "a", "on_match": "continue", "actions": {"tags": ["x"], "notification": "email:a", "gift_wrap": True}},
        {"id": "b", "actions": {"tags": ["y", "x"], "notification": ["email:b", "email:a"], "gift_wrap": False}},
    )
    actions = rules.evaluate(facts_of()).actions
    assert actions.tags == ("x", "y")
    assert actions.notification == ("email:a", "email:b")
    assert actions.gift_wrap


def test_a_promise_of_no_days_is_not_overwritten(facts_of):
    rules = rule_set(
        {"id": "a", "on_match": "continue", "actions": {"delivery_days": 0}},
        {"id": "b", "actions": {"delivery_days": 3}},
    )
    assert rules.evaluate(facts_of()).actions.delivery_days == 0


@pytest.mark.requirement("OF-64")
def test_the_else_branch_speaks_when_the_conditions_fail(facts_of):
    rules = rule_set({"id": "a", "conditions": VIP, "actions": {"carrier": "ups"}, "else": {"carrier": "usps"}})
    vip, other = facts_of(customer={"tier": "VIP"}), facts_of()
    assert (applied(rules.evaluate(vip)), rules.evaluate(vip).actions.carrier) == ([("a", "then")], "ups")
    assert (applied(rules.evaluate(other)), rules.evaluate(other).actions.carrier) == ([("a", "else")], "usps")


def test_an_else_branch_neither_stops_later_rules_nor_overrides_them(facts_of):
    rules = rule_set(
        {"id": "a", "conditions": NEVER, "else": {"warehouse": "default", "carrier": "usps"}},
        {"id": "b", "actions": {"warehouse": "wanted"}},
    )
    result = rules.evaluate(facts_of())
    assert applied(result) == [("a", "else"), ("b", "then")]
    assert (result.actions.warehouse, result.actions.carrier) == ("wanted", "usps")


def test_an_else_branch_stops_later_rules_when_told_so(facts_of):
    rules = rule_set(
        {"id": "a", "conditions": NEVER, "else": {"warehouse": "default"}, "on_else": "stop"},
        {"id": "b", "actions": {"warehouse": "wanted"}},
    )
    assert rules.evaluate(facts_of()).actions.warehouse == "default"


def test_a_rule_is_in_force_from_its_first_moment_until_just_before_its_last(facts_of):
    now = facts_of().now
    dates = {"effective_from": now, "effective_until": now + timedelta(hours=1)}
    rules = rule_set({"id": "a", **dates})
    asked = {
        minutes: bool(rules.evaluate(facts_of(facts={"now": now + timedelta(minutes=minutes)})).matches)
        for minutes in (-1, 0, 59, 60)
    }
    assert asked == {-1: False, 0: True, 59: True, 60: False}


def test_a_disabled_rule_is_not_asked_and_has_no_else(facts_of):
    rules = rule_set({"id": "a", "enabled": False, "conditions": NEVER, "else": {"carrier": "usps"}})
    assert rules.evaluate(facts_of()).matches == ()


def test_a_match_records_only_what_the_branch_asks_for(facts_of):
    (match,) = rule_set({"id": "a", "name": "A", "actions": {"warehouse": "w"}}).evaluate(facts_of()).matches
    assert (match.name, match.actions) == ("A", {"warehouse": "w"})


def test_two_rules_may_not_share_an_id():
    with pytest.raises(RuleError, match=r"routing_rules\[1\].id: a is used twice"):
        rule_set({"id": "a"}, {"id": "a"})


@pytest.mark.requirement("OF-66")
def test_rules_as_code_have_the_same_hash_as_rules_as_json():
    written = {
        "id": "rule_1",
        "name": "One",
        "conditions": {
            "customer_tier": "VIP",
            "order_value": {"gte": 500.00, "lt": "1000 EUR"},
            "stock(warehouse_la, SKU123)": {"between": [1, 20]},
            "lines": {"any": {"line_sku": "SKU123", "line_quantity": {"gt": 2}}},
            "any": [{"source": {"in": ["shopify"]}}, {"none": [{"tags": "later"}]}],
        },
        "actions": {"warehouse": "warehouse_la"},
        "else": {"carrier": "usps"},
    }
    coded = Rule(
        id="rule_1",
        name="One",
        conditions=all_of(
            when("customer_tier", "VIP"),
            when("order_value", gte=500, lt="1000 EUR"),
            when("stock(warehouse_la, SKU123)", between=(1, 20)),
            lines("any", when("line_sku", "SKU123"), when("line_quantity", gt=2)),
            any_of(when("source", in_=["shopify"]), none_of(when("tags", "later"))),
        ),
        actions=Actions(warehouse="warehouse_la"),
        otherwise=Actions(carrier="usps"),
    )
    assert RuleSet(rules=(coded,)).content_hash == rule_set(written).content_hash


@pytest.mark.requirement("OF-66")
@pytest.mark.parametrize(
    "change",
    [
        {"priority": 1},
        {"conditions": {"customer_tier": "gold"}},
        {"actions": {"carrier": "ups"}},
        {"on_match": "continue"},
    ],
)
def test_a_rule_set_that_decides_otherwise_has_another_hash(change):
    rule = {"id": "a", "conditions": VIP}
    assert rule_set(rule).content_hash != rule_set(rule | change).content_hash


def test_the_same_question_asked_twice_is_kept_as_two_conditions():
    assert all_of(when("tags", "a"), when("tags", "b")) == {"all": [{"tags": "a"}, {"tags": "b"}]}


def test_the_same_facts_give_the_same_result_a_thousand_times(facts_of):
    rules = rule_set(
        {"id": "a", "conditions": VIP, "else": {"tags": ["x"]}}, {"id": "b", "actions": {"carrier": "ups"}}
    )
    facts = facts_of()
    assert len({repr(rules.evaluate(facts)) for _ in range(1000)}) == 1


def test_a_rule_set_that_was_asked_is_still_equal_to_one_that_was_not(facts_of):
    asked, fresh = rule_set({"id": "a", "conditions": VIP}), rule_set({"id": "a", "conditions": VIP})
    asked.evaluate(facts_of())
    assert asked == fresh
    assert RuleSet.model_validate_json(asked.model_dump_json()) == fresh


@pytest.mark.parametrize("number", [float("inf"), float("nan"), 0.1234567])
def test_a_threshold_that_is_no_exact_number_is_refused(number):
    with pytest.raises(RuleError, match="expected a number with at most six decimals"):
        rule_set({"id": "a", "conditions": {"unit_count": {"gt": number}}})
