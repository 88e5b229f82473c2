"""What the operators mean, for values that are there and for values that are missing."""

import pytest

from orderflow.rules.operators import OPERATORS, POSITIVE_OF
from orderflow.rules.problem import RuleError
from orderflow.rules.rule_set import RuleSet


def meets(conditions: dict, facts, currency: str = "USD") -> bool:
    return bool(
        RuleSet.model_validate({"rules": [{"id": "a", "conditions": conditions}], "currency": currency})
        .evaluate(facts)
        .matches
    )


@pytest.mark.requirement("OF-102")
@pytest.mark.parametrize(
    ("condition", "below", "at", "above"),
    [
        (50, False, True, False),
        ({"eq": 50}, False, True, False),
        ({"ne": 50}, True, False, True),
        ({"gt": 50}, False, False, True),
        ({"gte": 50}, False, True, True),
        ({"lt": 50}, True, False, False),
        ({"lte": 50}, True, True, False),
        ({"between": [50, 60]}, False, True, True),
        ({"not_between": [50, 60]}, True, False, False),
        ({"in": [50, 70]}, False, True, False),
        ({"not_in": [50, 70]}, True, False, True),
        ({"gte": 50, "lt": 50.01}, False, True, False),
    ],
)
def test_amounts_are_compared_exactly(facts_of, condition, below, at, above):
    answers = [meets({"order_value": condition}, facts_of(total=total)) for total in ("49.99", "50.00", "50.01")]
    assert answers == [below, at, above]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("new york", True),
        ({"contains": "W Y"}, True),
        ({"not_contains": "W Y"}, False),
        ({"starts_with": "new"}, True),
        ({"not_starts_with": "new"}, False),
        ({"ends_with": "YORK"}, True),
        ({"not_ends_with": "YORK"}, False),
        ({"in": ["Boston", "NEW YORK"]}, True),
        ({"exists": True}, True),
        ({"exists": False}, False),
    ],
)
def test_text_is_compared_without_regard_to_case(facts_of, condition, expected):
    assert meets({"destination_city": condition}, facts_of(destination={"city": "New York"})) is expected


MISSING = {
    "eq": "x",
    "ne": "x",
    "in": ["x"],
    "not_in": ["x"],
    "contains": "x",
    "not_contains": "x",
    "starts_with": "x",
    "not_starts_with": "x",
    "ends_with": "x",
    "not_ends_with": "x",
    "exists": False,
}


@pytest.mark.parametrize("operator", MISSING)
def test_a_missing_text_fails_every_comparison_but_the_negative_ones_and_exists_false(facts_of, operator):
    expected = operator in POSITIVE_OF or operator == "exists"
    assert meets({"destination_city": {operator: MISSING[operator]}}, facts_of()) is expected


@pytest.mark.parametrize("operator", ["gt", "gte", "lt", "lte", "eq"])
def test_a_missing_number_is_neither_above_nor_below_anything(facts_of, operator):
    assert not meets({"primary_warehouse_stock": {operator: 1}}, facts_of())


@pytest.mark.parametrize("condition", [{"gt": 1}, {"lt": 9999}, {"eq": 100}, {"ne": 1}, {"not_in": [1]}])
def test_amounts_of_different_currencies_never_match(facts_of, condition):
    assert not meets({"order_value": condition}, facts_of(total="100", currency="EUR"))


def test_a_threshold_may_name_its_currency(facts_of):
    assert meets({"order_value": {"gte": "100 EUR"}}, facts_of(total="100", currency="EUR"))


def test_a_threshold_without_a_currency_is_in_the_shops(facts_of):
    assert meets({"order_value": {"gte": 100}}, facts_of(total="100", currency="BRL"), currency="BRL")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("fragile", True),
        ({"contains": "FRAGILE"}, True),
        ({"contains": "frag"}, False),
        ({"starts_with": "frag"}, True),
        ({"ne": "fragile"}, False),
        ({"not_in": ["other"]}, True),
    ],
)
def test_a_list_is_asked_for_any_of_its_members(facts_of, condition, expected):
    assert meets({"tags": condition}, facts_of(tags=("Fragile", "late"))) is expected


@pytest.mark.parametrize("operator", sorted(POSITIVE_OF))
def test_every_negative_operator_is_the_twin_of_a_positive_one(operator):
    positive, negative = OPERATORS[POSITIVE_OF[operator]], OPERATORS[operator]
    assert negative.negative
    assert (negative.test, negative.kinds, negative.takes) == (positive.test, positive.kinds, positive.takes)


@pytest.mark.parametrize(
    ("quantifier", "expected"),
    [("all", [True, False, False]), ("any", [True, True, False]), ("none", [False, False, True])],
)
def test_lines_are_asked_together(facts_of, line_of, quantifier, expected):
    conditions = {"lines": {quantifier: {"line_category": "books", "line_quantity": {"lt": 5}}}}
    orders = [("books", "books"), ("books", "toys"), ("toys", "toys")]
    answers = [
        meets(conditions, facts_of(lines=tuple(line_of(i + 1, category=c) for i, c in enumerate(order))))
        for order in orders
    ]
    assert answers == expected


def test_one_line_must_meet_all_that_is_asked_of_a_line(facts_of, line_of):
    mixed = facts_of(lines=(line_of(1, "A", quantity=1), line_of(2, "B", quantity=9)))
    assert not meets({"lines": {"any": {"line_sku": "A", "line_quantity": {"gt": 5}}}}, mixed)
    assert meets({"lines": {"any": {"line_sku": "B", "line_quantity": {"gt": 5}}}}, mixed)


def test_all_lines_needs_a_line(facts_of):
    assert not meets({"lines": {"all": {"line_quantity": {"gt": 0}}}}, facts_of(lines=()))


def test_groups_nest_to_any_depth_beside_conditions(facts_of):
    conditions = {
        "source": "shopify",
        "any": [{"order_value": {"gt": 900}}, {"all": [{"customer_tier": "vip"}, {"none": [{"is_gift": True}]}]}],
    }
    assert meets(conditions, facts_of(total="901"))
    assert meets(conditions, facts_of(customer={"tier": "VIP"}))
    assert not meets(conditions, facts_of(customer={"tier": "VIP"}, gift=True))
    assert not meets(conditions, facts_of(customer={"tier": "VIP"}, source="woocommerce"))


def test_no_conditions_are_met_by_every_order(facts_of):
    assert meets({}, facts_of())


@pytest.mark.requirement("OF-33")
@pytest.mark.parametrize(
    ("attributes", "condition", "expected"),
    [
        ({"loyalty": "Gold"}, "gold", True),
        ({"loyalty": "Gold"}, {"ne": "gold"}, False),
        ({"loyalty": "17.5"}, {"gt": 17}, True),
        ({"loyalty": "much"}, {"gt": 17}, False),
        ({"loyalty": "yes"}, True, True),
        ({}, {"exists": False}, True),
    ],
)
def test_a_field_the_shop_made_up_is_compared_as_what_it_is_compared_with(facts_of, attributes, condition, expected):
    assert meets({"attribute(loyalty)": condition}, facts_of(attributes=attributes)) is expected


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"order_valu": 1}, "conditions.order_valu: unknown condition; did you mean order_value?"),
        (
            {"any": [{"order_value": {"gte_": 1}}]},
            "conditions.any[0].order_value.gte_: unknown operator; did you mean gte",
        ),
        (
            {"customer_tier": {"gt": "a"}},
            "conditions.customer_tier.gt: customer_tier is a text and cannot be asked with gt",
        ),
        ({"order_value": {"gt": "500"}}, 'conditions.order_value.gt: expected an amount like 500, or "500 EUR"'),
        ({"order_value": {"between": [2, 1]}}, "conditions.order_value.between: expected the lower end first"),
        ({"order_value": {"in": ["1 EUR", 2]}}, "conditions.order_value.in: expected amounts of one currency"),
        ({"source": ["a"]}, 'conditions.source: expected one value; write {"in": […]}'),
        ({"source": 5}, "conditions.source: expected text in quotes"),
        ({"is_gift": "yes"}, "conditions.is_gift: expected true or false"),
        ({"unit_count": "5"}, "conditions.unit_count: expected a number without quotes"),
        ({"current_date": "5.11."}, 'conditions.current_date: expected a day like "2024-11-29"'),
        ({"any": []}, "conditions.any: expected a list with at least one object"),
        ({"stock(a, b": 1}, "conditions.stock(a, b: unknown condition"),
        ({"stock": 1}, "conditions.stock: wrong number of arguments; write stock(location, sku?, variant?)"),
        ({"stock(a,,b)": 1}, "conditions.stock(a,,b): arguments cannot be read"),
        ({"line_sku": "a"}, "conditions.line_sku: is asked of one line, not of the order; put it inside"),
        ({"lines": {"some": {}}}, "conditions.lines: expected any, all or none"),
        ({"order_value": {}}, "conditions.order_value: expected an operator"),
    ],
)
def test_a_mistake_is_named_with_rule_path_and_remedy(conditions, message):
    with pytest.raises(RuleError) as caught:
        RuleSet.model_validate({"rules": [{"id": "fine"}, {"id": "a", "conditions": conditions}]})
    assert f"routing_rules[1].{message}" in str(caught.value)


def test_all_mistakes_are_told_at_once():
    with pytest.raises(RuleError) as caught:
        RuleSet.model_validate(
            {"rules": [{"id": "a", "conditions": {"x_": 1, "source": 2}}, {"id": "b", "conditions": {"y_": 1}}]}
        )
    assert [problem.path[-2:] for problem in caught.value.problems] == ["x_", "ce", "y_"]


def test_arguments_may_be_quoted(facts_of):
    assert meets({'attribute("size, (cm)")': "5"}, facts_of(attributes={"size, (cm)": "5"}))
