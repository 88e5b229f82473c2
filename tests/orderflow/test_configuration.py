"""The configuration file: the sample loads unchanged, the defaults are the sample's, every key is heard."""

import json

import pytest

from orderflow.configuration import Configuration, load_configuration
from orderflow.holds import HoldReason

SAMPLE = json.loads("""
{
  "routing_rules": [
    {"id": "rule_vip_priority", "name": "Route VIP orders to the priority warehouse",
     "conditions": {"customer_tier": "VIP", "order_value": {"gte": 500}},
     "actions": {"warehouse": "warehouse_priority", "shipping_speed": "expedited",
                 "notification": "slack_channel:vip_orders"}},
    {"id": "rule_inventory_fallback", "name": "Fallback routing when stock is short",
     "conditions": {"primary_warehouse_stock": {"lt": 1}, "product_category": "electronics"},
     "actions": {"warehouse": "warehouse_fallback", "notify_inventory_team": true, "log_exception": true}}
  ],
  "inventory_sync": {"enabled": true, "interval_minutes": 15, "sources": ["shopify", "woocommerce", "custom_api"],
                     "low_stock_threshold": 20, "critical_stock_threshold": 5},
  "fulfillment": {"default_carrier": "usps", "carrier_selection": "cost_optimized", "auto_generate_labels": true,
                  "batch_processing": true, "batch_size": 50},
  "notifications": {"slack_enabled": true, "email_enabled": true, "sms_enabled": true,
                    "sms_recipients": ["+1-555-0100"]}
}
""")

PLACE = {"code": "warehouse_la", "address": {"country": "US", "region": "CA"}}


def loaded(**document) -> Configuration:
    return load_configuration(document)[0]


@pytest.mark.requirement("OF-100", "OF-101")
def test_the_sample_loads_unchanged():
    configuration, _ = load_configuration(SAMPLE)
    assert [rule.document for rule in configuration.routing_rules] == SAMPLE["routing_rules"]
    saved = json.loads(configuration.model_dump_json(exclude_unset=True))
    assert saved == SAMPLE
    assert load_configuration(saved)[0] == configuration


@pytest.mark.requirement("OF-106", "OF-107")
@pytest.mark.parametrize("section", ["inventory_sync", "fulfillment"])
def test_the_defaults_are_those_of_the_sample(section):
    assert getattr(loaded(), section) == getattr(loaded(**{section: SAMPLE[section]}), section)


@pytest.mark.requirement("OF-108")
def test_every_way_of_telling_is_on_until_it_is_switched_off():
    settings = loaded().notifications
    assert (settings.slack_enabled, settings.email_enabled, settings.sms_enabled) == (True, True, True)


@pytest.mark.requirement("OF-108")
@pytest.mark.parametrize(
    ("switch", "recipient"),
    [("slack_enabled", "slack_channel:ops"), ("email_enabled", "email:ops@shop.example"), ("sms_enabled", "sms:+1555")],
)
def test_a_way_of_telling_that_is_off_reaches_nobody(switch, recipient):
    team = {"teams": {"inventory": "stock"}, "channels": {"stock": [recipient, "dashboard:stock"]}}
    on, off = loaded(notifications=team), loaded(notifications=team | {switch: False})
    assert on.notifications.recipients_for(HoldReason.INVENTORY) == (recipient, "dashboard:stock")
    assert off.notifications.recipients_for(HoldReason.INVENTORY) == ("dashboard:stock",)


def test_every_reason_has_a_team_and_the_team_a_channel():
    settings = loaded().notifications
    for reason in HoldReason:
        assert settings.recipients_for(reason)
    assert settings.recipients_for(HoldReason.PAYMENT) == ("slack_channel:finance", "dashboard:finance")


@pytest.mark.requirement("OF-42")
@pytest.mark.parametrize("minutes", [5, 15, 30])
def test_the_sync_may_run_every_5_to_30_minutes(minutes):
    assert loaded(inventory_sync={"interval_minutes": minutes}).inventory_sync.interval_minutes == minutes


@pytest.mark.requirement("OF-106")
def test_a_sync_that_is_off_has_no_sources():
    assert loaded(inventory_sync={"sources": ["magento"]}).stock_sources() == ("magento",)
    assert loaded(inventory_sync={"enabled": False}).stock_sources() == ()


@pytest.mark.requirement("OF-107")
def test_labels_are_bought_one_by_one_without_batch_processing():
    assert loaded(fulfillment={"batch_size": 40}).fulfillment.label_batch_size == 40
    assert loaded(fulfillment={"batch_size": 40, "batch_processing": False}).fulfillment.label_batch_size == 1


def test_a_provider_takes_100_labels_a_minute_unless_told_otherwise():
    settings = loaded(fulfillment={"label_limits_per_minute": {"shippo": 500}}).fulfillment
    assert (settings.labels_per_minute("shippo"), settings.labels_per_minute("usps")) == (500, 100)


def test_the_enabled_channels_are_the_stock_sources_that_sell_unless_they_are_named():
    sync = {"sources": ["shopify", "magento"]}
    assert loaded(inventory_sync=sync).channels == ("shopify",)
    assert loaded(inventory_sync=sync, channels=["order_file"]).channels == ("order_file",)


def test_the_shops_home_country_is_the_routings_too():
    assert loaded(shop={"home_country": "BR"}).routing.home_country == "BR"
    assert loaded(shop={"home_country": "BR"}, routing={"home_country": "PT"}).routing.home_country == "PT"


def test_thresholds_without_a_currency_are_in_the_shops():
    rules = [{"id": "a", "conditions": {"order_value": {"gt": 5}}}]
    assert loaded(routing_rules=rules, shop={"currency": "BRL"}).rule_set().currency == "BRL"


def test_the_optional_sections_are_read():
    configuration = loaded(
        locations=[PLACE],
        products=[{"sku": "A", "weight_grams": 200, "fulfilled_by": "warehouse_la", "supplier": "ACME"}],
        outgoing_webhooks=[{"url": "https://shop.example/hook", "events": ["order.routed"]}],
        sinks=["csv_file"],
        routing={"primary_location": "warehouse_la", "fallback_chain": ["warehouse_la"]},
    )
    assert configuration.locations[0].title == "warehouse_la"
    assert configuration.products[0].weight_grams == 200
    assert configuration.outgoing_webhooks[0].events == ("order.routed",)
    assert (configuration.rate_card, configuration.sinks) == ("us", ("csv_file",))


@pytest.mark.requirement("OF-101")
def test_a_warehouse_nobody_described_is_a_warning_while_there_are_no_locations():
    _, warnings = load_configuration(SAMPLE)
    assert any(text.startswith("routing_rules[0].actions.warehouse: warehouse_priority is not") for text in warnings)


def test_a_rule_that_waits_for_stock_of_no_primary_location_is_a_warning():
    _, warnings = load_configuration(SAMPLE)
    assert any("set routing.primary_location" in text for text in warnings)


def test_a_source_that_looks_misspelled_is_a_warning():
    _, warnings = load_configuration({"inventory_sync": {"sources": ["shopfy"]}})
    assert warnings == ("inventory_sync.sources[0]: shopfy does not come with OrderFlow; did you mean shopify?",)
