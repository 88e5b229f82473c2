"""What is different between two rule sets, in words a person deploys by."""

import pytest

from orderflow.rules.changes import rule_changes
from orderflow.rules.rule_set import RuleSet

VIP = {
    "id": "vip",
    "name": "VIP",
    "conditions": {"customer_tier": "VIP", "order_value": {"gte": 500}},
    "actions": {"warehouse": "east", "gift_wrap": True},
}
OTHER = {"id": "other", "conditions": {"is_gift": True}, "actions": {"carrier": "ups"}}


def changes(old: list[dict], new: list[dict], **options) -> list[str]:
    before = RuleSet.model_validate({"rules": old})
    return [str(change) for change in rule_changes(before, RuleSet.model_validate({"rules": new, **options}))]


def test_equal_rule_sets_have_no_changes():
    assert changes([VIP, OTHER], [VIP, OTHER]) == []


def test_a_new_and_a_removed_rule_are_told_as_sentences():
    added = "rule other added: if is_gift is true then carrier ups"
    assert changes([VIP], [VIP, OTHER]) == [added]
    assert changes([VIP, OTHER], [VIP]) == [added.replace("added", "removed")]
    branches = OTHER | {"else": {"carrier": "usps"}}
    assert changes([], [branches]) == ["rule other added: if is_gift is true then carrier ups, else carrier usps"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"conditions": {"customer_tier": "VIP", "order_value": {"gte": 600}}},
            "asks that order_value is at least $600.00, before that order_value is at least $500.00",
        ),
        ({"conditions": {"customer_tier": "VIP"}}, "no longer asks that order_value is at least $500.00"),
        (
            {"conditions": VIP["conditions"] | {"lines": {"any": {"line_sku": "A"}}}},
            "asks that any of the lines: line_sku is A too",
        ),
        ({"actions": {"warehouse": "west", "gift_wrap": True}}, "warehouse: west, before east"),
        ({"actions": {"warehouse": "east"}}, "gift_wrap: nothing, before true"),
        ({"else": {"tags": ["a", "b"]}}, "else tags: a, b, before nothing"),
        ({"priority": 7}, "priority: 7, before 0"),
        ({"on_match": "continue"}, "on_match: continue, before stop"),
        ({"enabled": False}, "enabled: false, before true"),
        (
            {"effective_from": "2026-11-27T00:00:00Z"},
            "effective_from: 2026-11-27 00:00:00+00:00, before nothing",
        ),
        ({"name": "Very important"}, "name: Very important, before VIP"),
    ],
)
def test_each_part_of_a_rule_that_changed_is_named(change, said):
    assert changes([VIP], [VIP | change]) == [f"rule vip changed: {said}"]


def test_a_rule_that_is_asked_later_than_before_is_named():
    assert changes([VIP, OTHER], [OTHER, VIP]) == ["rule vip changed: is asked after other, before ahead of it"]


def test_a_threshold_of_another_currency_is_a_change():
    (said,) = changes([VIP], [VIP], currency="EUR")
    assert "order_value is at least EUR 500.00, before that order_value is at least $500.00" in said


def test_examples_and_spelling_are_no_change():
    spelled = VIP | {"examples": [{"name": "one"}], "conditions": {"customer_tier": "VIP", "order_value": {"gte": 5e2}}}
    assert changes([VIP], [spelled]) == []
