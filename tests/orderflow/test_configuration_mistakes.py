"""What a person is told who made a mistake in the configuration: where, what was expected, and what would mend it."""

import pytest

from orderflow.configuration import ConfigurationError, load_configuration

PLACE = {"code": "warehouse_la", "address": {"country": "US", "region": "CA"}}


def told(document) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(document)
    return [str(problem) for problem in caught.value.problems]


def rule(**parts) -> dict:
    return {"routing_rules": [{"id": "fine"}, {"id": "a", **parts}], "locations": [PLACE]}


@pytest.mark.requirement("OF-42")
@pytest.mark.parametrize(
    ("minutes", "message"), [(4, "expected at least 5, found 4"), (31, "expected at most 30, found 31")]
)
def test_a_sync_interval_outside_5_to_30_minutes_is_refused(minutes, message):
    assert told({"inventory_sync": {"interval_minutes": minutes}}) == [f"inventory_sync.interval_minutes: {message}"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"fulfilment": {}}, "fulfilment: unknown setting; did you mean fulfillment?"),
        (
            {"inventory_sync": {"intervall": 5}},
            "inventory_sync.intervall: unknown setting; did you mean interval_minutes?",
        ),
        ({"inventory_sync": {"enabled": "perhaps"}}, "inventory_sync.enabled: expected true or false"),
        ({"inventory_sync": {"low_stock_threshold": 1}}, "inventory_sync: critical_stock_threshold must not be above"),
        ({"fulfillment": {"carrier_selection": "cheap_optimized"}}, "expected one of cost_optimized, speed_optimized"),
        ({"fulfillment": {"batch_size": 0}}, "fulfillment.batch_size: expected at least 1, found 0"),
        ({"notifications": {"sms_recipients": "+1-555-0100"}}, "notifications.sms_recipients: expected a list"),
        ({"notifications": {"teams": {"paiment": "x"}}}, "notifications.teams.paiment: expected 'payment'"),
        ({"notifications": {"channels": {"ops": ["slak:ops"]}}}, "notifications.channels.ops[0]: expected a recipient"),
        ({"shop": {"home_country": "usa"}}, 'shop.home_country: expected a country code like "US"'),
        ({"shop": {"timezone": "Mars"}}, 'shop.timezone: expected a time zone like "America/New_York"'),
        ({"locations": [{"code": "x"}]}, "locations[0].address: is required"),
        ({"locations": [PLACE | {"timezone": "Mars"}]}, "locations[0].timezone: is not a time zone"),
        ({"locations": [PLACE, PLACE]}, "locations[1].code: is there twice"),
        ({"products": [{"sku": "A"}, {"sku": "A"}]}, "products[1].sku: is there twice"),
        ({"routing": {"strategy": "cheepest"}}, "routing.strategy: unknown strategy; did you mean cheapest?"),
        ({"rate_card": {"currency": "USD"}}, "rate_card.zones: is required"),
        ({"outgoing_webhooks": [{"url": "ftp://x"}]}, "outgoing_webhooks[0].url: is not written as expected"),
        ({"locations": [PLACE], "routing": {"primary_location": "warehouse_l"}}, "did you mean warehouse_la?"),
        ([], "the document: expected an object of settings"),
        ({"routing_rules": [3]}, "routing_rules[0]: expected an object"),
        ({"routing_rules": {}}, "routing_rules: expected a list"),
        (rule(action={}), "routing_rules[1].action: unknown setting; did you mean actions?"),
        (
            rule(actions={"wharehouse": "x"}),
            "routing_rules[1].actions.wharehouse: unknown setting; did you mean warehouse?",
        ),
        (rule(actions={"shipping_speed": "expdited"}), "routing_rules[1].actions.shipping_speed: expected one of"),
        (rule(actions={"notification": "slack:x"}), "routing_rules[1].actions.notification: expected a recipient"),
        (
            rule(actions={"warehouse": "warehouse_l"}),
            "warehouse_l is not a stock location of the shop; did you mean warehouse_la?",
        ),
        (
            rule(actions={"strategy": "cheepest"}),
            "routing_rules[1].actions.strategy: unknown strategy; did you mean cheapest?",
        ),
        (
            rule(**{"else": {"warehouse": "x"}}),
            "routing_rules[1].else.warehouse: x is not a stock location of the shop",
        ),
        (
            rule(conditions={"order_valu": 1}),
            "routing_rules[1].conditions.order_valu: unknown condition; did you mean order_value?",
        ),
        (
            rule(conditions={"stock(warehouse_l)": 1}),
            "routing_rules[1].conditions.stock(warehouse_l): warehouse_l is not",
        ),
        (rule(conditions=[]), "routing_rules[1].conditions: expected an object"),
        (rule(effective_from="2024-11-29"), "routing_rules[1].effective_from: expected a moment with its time zone"),
        (
            rule(effective_from="2024-11-29T00:00:00Z", effective_until="2024-11-29T00:00:00Z"),
            "routing_rules[1]: effective_until must be after effective_from",
        ),
        ({"routing_rules": [{"id": "a"}, {"id": "a"}]}, "routing_rules[1].id: a is used twice; give it its own id"),
    ],
)
def test_a_mistake_is_told_with_its_path_and_what_was_expected(document, message):
    assert any(message in text for text in told(document)), told(document)


def test_all_mistakes_are_told_at_once_and_each_place_once():
    document = rule(conditions={"order_valu": 1}, actions={"wharehouse": "x"}) | {"shop": {"timezone": "Mars"}}
    problems = told(document)
    assert len(problems) == 3
    assert len({text.split(":")[0] for text in problems}) == 3


def test_what_was_written_at_the_wrong_place_is_not_repeated():
    """It may be a secret or somebody's number."""
    problems = told({"notifications": {"sms_recipients": "+1-555-0199"}, "shop": {"api_key": "shpat_123"}})
    assert not any("555" in text or "shpat" in text for text in problems)


SQUASHED = {
    "routingrules": [
        {
            "id": "a",
            "conditions": {
                "customertier": "VIP",
                "ordervalue": {"gte": 500},
                "stock(warehousela)": {"notbetween": [1, 2]},
                "any": [{"lines": {"none": {"linesku": {"startswith": "X"}}}}],
            },
            "actions": {
                "warehouse": "warehousela",
                "shippingspeed": "Expedited",
                "notification": "slackchannel:vip_orders",
            },
            "else": {"notifyinventoryteam": True},
        }
    ],
    "inventorysync": {"lowstockthreshold": 30, "sources": ["customapi"]},
    "fulfillment": {"carrierselection": "costoptimized", "defaultCarrier": "ups"},
    "locations": [PLACE],
}


@pytest.mark.requirement("OF-101")
def test_squashed_names_are_understood_with_a_warning_each():
    configuration, warnings = load_configuration(SQUASHED)
    assert configuration.routing_rules[0].document == {
        "id": "a",
        "conditions": {
            "customer_tier": "VIP",
            "order_value": {"gte": 500},
            "stock(warehouse_la)": {"not_between": [1, 2]},
            "any": [{"lines": {"none": {"line_sku": {"starts_with": "X"}}}}],
        },
        "actions": {
            "warehouse": "warehouse_la",
            "shipping_speed": "expedited",
            "notification": "slack_channel:vip_orders",
        },
        "else": {"notify_inventory_team": True},
    }
    assert configuration.inventory_sync.low_stock_threshold == 30
    assert configuration.inventory_sync.sources == ("custom_api",)
    assert configuration.fulfillment.default_carrier == "ups"
    assert len(warnings) == 18
    assert "routing_rules[0].conditions: customertier is understood as customer_tier; write it that way" in warnings


def test_a_setting_written_both_ways_is_refused():
    assert told({"inventory_sync": {"interval_minutes": 15, "intervalminutes": 20}}) == [
        "inventory_sync.intervalminutes: unknown setting; did you mean interval_minutes?"
    ]
