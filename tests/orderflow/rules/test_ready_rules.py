"""The rule files that come with OrderFlow, at the exact boundaries of the requirements."""

import json

import pytest

from orderflow.configuration import load_configuration
from orderflow.rules.examples.check import failed_examples
from orderflow.rules.examples.world import ExampleWorld
from orderflow.shipping.rate import ShippingSpeed

IN_THE_EAST = {("warehouse_east", "SKU123"): 1}


@pytest.mark.requirement("OF-20")
@pytest.mark.parametrize(
    ("total", "stock", "warehouse"),
    [
        ("499.99", IN_THE_EAST, None),
        ("500.00", IN_THE_EAST, None),
        ("500.01", IN_THE_EAST, "warehouse_east"),
        ("499.99", {}, None),
        ("500.00", {}, None),
        ("500.01", {}, "warehouse_central"),
    ],
)
def test_orders_over_500_ship_from_the_east_or_else_the_centre(ready_rules, facts_of, total, stock, warehouse):
    result = ready_rules("over_500_east_or_central.json").evaluate(facts_of(total=total, stock=stock))
    assert result.actions.warehouse == warehouse


@pytest.mark.requirement("OF-21")
@pytest.mark.parametrize(("tier", "told"), [("VIP", ("slack_channel:orders-team",)), ("standard", None)])
def test_the_orders_team_is_told_of_vip_orders_only(ready_rules, facts_of, tier, told):
    facts = facts_of(total="600", customer={"tier": tier}, stock=IN_THE_EAST)
    actions = ready_rules("over_500_east_or_central.json").evaluate(facts).actions
    assert (actions.notification, actions.warehouse) == (told, "warehouse_east")


@pytest.mark.requirement("OF-23", "OF-24")
@pytest.mark.parametrize(
    ("units", "rule", "promise"),
    [
        (101, "rule_sku123_west", ("warehouse_west", 2)),
        (100, "rule_sku123_otherwise", ("warehouse_central", 5)),
        (99, "rule_sku123_central", ("warehouse_central", 5)),
    ],
)
def test_sku123_ships_from_where_its_stock_says(ready_rules, facts_of, units, rule, promise):
    facts = facts_of(stock={("warehouse_west", "SKU123"): units})
    result = ready_rules("sku123_west_or_central.json").evaluate(facts)
    assert [match.rule_id for match in result.matches] == [rule]
    assert (result.actions.warehouse, result.actions.delivery_days) == promise


def test_orders_without_sku123_are_left_alone(ready_rules, facts_of, line_of):
    facts = facts_of(lines=(line_of(sku="OTHER"),), stock={("warehouse_west", "SKU123"): 500})
    assert ready_rules("sku123_west_or_central.json").evaluate(facts).matches == ()


CALIFORNIA = {
    "source": "shopify",
    "total": "1000.01",
    "destination": {"region": "CA"},
    "stock": {("warehouse_la", "SKU123"): 1},
}


@pytest.mark.requirement("OF-29")
def test_a_large_shopify_order_to_california_gets_a_gift_receipt_and_its_label_by_email(ready_rules, facts_of):
    actions = ready_rules("california_gift_receipt.json").evaluate(facts_of(**CALIFORNIA)).actions
    assert actions.warehouse == "warehouse_la"
    assert actions.gift_receipt
    assert actions.label_by_email
    assert actions.shipping_speed is ShippingSpeed.EXPEDITED


@pytest.mark.requirement("OF-29", "OF-30", "OF-64")
@pytest.mark.parametrize(
    "change",
    [{"source": "woocommerce"}, {"total": "1000.00"}, {"destination": {"region": "NV"}}, {"stock": {}}],
    ids=["channel", "value", "state", "stock"],
)
def test_any_other_order_is_labelled_through_shipstation(ready_rules, facts_of, change):
    result = ready_rules("california_gift_receipt.json").evaluate(facts_of(**(CALIFORNIA | change)))
    assert [match.branch for match in result.matches] == ["else"]
    assert (result.actions.warehouse, result.actions.label_provider) == (None, "shipstation")
    assert not result.actions.gift_receipt


@pytest.mark.requirement("OF-38")
@pytest.mark.parametrize(
    ("total", "region", "warehouse"),
    [("199.99", "CA", "warehouse_la"), ("200.00", "CA", None), ("199.99", "NY", None)],
)
def test_small_california_orders_ship_from_los_angeles(ready_rules, facts_of, total, region, warehouse):
    facts = facts_of(total=total, destination={"region": region})
    assert ready_rules("california_under_200.json").evaluate(facts).actions.warehouse == warehouse


@pytest.mark.requirement("OF-39")
@pytest.mark.parametrize(
    ("home", "country", "warehouse"),
    [("US", "DE", "warehouse_central"), ("US", "US", None), ("DE", "DE", None), ("DE", "US", "warehouse_central")],
)
def test_orders_that_leave_the_country_ship_from_the_centre(ready_rules, facts_of, home, country, warehouse):
    facts = facts_of(destination={"country": country}, policy={"home_country": home})
    assert ready_rules("international.json").evaluate(facts).actions.warehouse == warehouse


@pytest.mark.requirement("OF-40")
@pytest.mark.parametrize(("kind", "warehouse"), [("b2b", "warehouse_b2b"), ("consumer", None)])
def test_orders_of_businesses_ship_from_their_own_warehouse(ready_rules, facts_of, kind, warehouse):
    facts = facts_of(customer={"customer_type": kind})
    assert ready_rules("business_customers.json").evaluate(facts).actions.warehouse == warehouse


@pytest.mark.requirement("OF-102", "OF-103")
@pytest.mark.parametrize("tier", ["VIP", "vip"])
def test_a_vip_order_gets_all_three_effects(ready_rules, facts_of, tier):
    facts = facts_of(total="500", customer={"tier": tier})
    actions = ready_rules("vip_priority.json").evaluate(facts).actions
    assert actions.warehouse == "warehouse_priority"
    assert actions.shipping_speed is ShippingSpeed.EXPEDITED
    assert actions.notification == ("slack_channel:vip_orders",)


@pytest.mark.requirement("OF-102")
@pytest.mark.parametrize(("total", "tier"), [("499.99", "VIP"), ("500", "gold")])
def test_a_smaller_order_or_another_tier_is_not_a_vip_order(ready_rules, facts_of, total, tier):
    facts = facts_of(total=total, customer={"tier": tier})
    assert ready_rules("vip_priority.json").evaluate(facts).matches == ()


@pytest.mark.requirement("OF-104", "OF-105")
@pytest.mark.parametrize(
    ("television", "effects"),
    [
        ((0, "electronics"), ("warehouse_fallback", True, True)),
        ((1, "electronics"), (None, False, False)),
        ((0, "furniture"), (None, False, False)),
    ],
)
def test_short_stock_of_electronics_falls_back_and_is_reported(ready_rules, facts_of, line_of, television, effects):
    units, category = television
    facts = facts_of(
        lines=(line_of(1, "TV", category=category), line_of(2, "BOOK", category="books")),
        stock={("warehouse_east", "TV"): units, ("warehouse_east", "BOOK"): 9},
        policy={"primary_location": "warehouse_east"},
    )
    actions = ready_rules("stock_fallback.json").evaluate(facts).actions
    assert (actions.warehouse, actions.notify_inventory_team, actions.log_exception) == effects


VIP_WITH_STOCK = {"total": "500.01", "customer": {"tier": "VIP"}, "stock": {("warehouse_a", "SKU123"): 1}}


@pytest.mark.requirement("OF-09", "OF-10")
@pytest.mark.parametrize(
    ("change", "wrapped"),
    [
        ({}, True),
        ({"total": "500"}, False),
        ({"customer": {"tier": "gold"}}, False),
        ({"stock": {}}, False),
    ],
    ids=["all three", "value", "tier", "stock"],
)
def test_three_conditions_together_bring_speed_and_gift_wrap(ready_rules, facts_of, change, wrapped):
    actions = ready_rules("vip_gift_wrap.json").evaluate(facts_of(**(VIP_WITH_STOCK | change))).actions
    assert actions.gift_wrap is wrapped
    assert actions.shipping_speed is (ShippingSpeed.EXPEDITED if wrapped else None)


@pytest.mark.requirement("OF-33")
@pytest.mark.parametrize(
    ("order", "met"),
    [
        ({"attributes": {"shop.fragile": "true"}}, ["rule_fragile_metafield"]),
        ({"attributes": {"shop.fragile": "no"}}, []),
        ({"tags": ("wholesale",)}, ["rule_wholesale_tag"]),
        ({"tags": ("wholesale-later",)}, []),
        ({}, []),
    ],
)
def test_fields_the_shop_made_up_are_asked_like_any_other(ready_rules, facts_of, order, met):
    result = ready_rules("custom_fields.json").evaluate(facts_of(**order))
    assert [match.rule_id for match in result.matches] == met


@pytest.mark.requirement("OF-37")
@pytest.mark.parametrize(
    ("customer", "carrier"),
    [
        ({"tier": "VIP", "preferred_carrier": "FedEx"}, "fedex"),
        ({"tier": "VIP", "preferred_carrier": "ups"}, None),
        ({"tier": "gold", "preferred_carrier": "fedex"}, None),
    ],
)
def test_a_vip_customer_gets_the_carrier_they_prefer(ready_rules, facts_of, customer, carrier):
    actions = ready_rules("vip_preferences.json").evaluate(facts_of(customer=customer)).actions
    assert (actions.carrier, actions.auto_approve) == (carrier, carrier is not None)


def test_every_ready_rule_carries_examples_and_all_of_them_hold(ready_rules, ready_rule_files, facts_of):
    facts = facts_of()
    world = ExampleWorld(rate_card=facts.rate_card, locations=facts.locations, policy=facts.policy)
    for file in ready_rule_files:
        rules = ready_rules(file.name)
        assert failed_examples(rules, world) == (), file.name
        assert all(rule.examples for rule in rules.rules), file.name


def test_every_ready_rule_file_is_a_valid_configuration_that_is_saved_as_it_was_read(ready_rule_files):
    assert len(ready_rule_files) >= 11
    for file in ready_rule_files:
        document = json.loads(file.read_text())
        configuration, _ = load_configuration(document)
        assert [rule.document for rule in configuration.routing_rules] == document["routing_rules"], file.name
