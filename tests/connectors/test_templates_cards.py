"""Slack cards: what they show, and that Slack takes them."""

import json
from datetime import timedelta

import pytest
from golden_files import assert_golden
from notice_values import (
    LETTERHEAD,
    NOW,
    TITLES,
    customer_notices,
    sample_card,
    sample_decision,
    sample_exception,
    sample_order,
    sample_parcel,
)
from slack_sdk.models.blocks import Block

from connectors.protocols import Message
from connectors.templates import card
from connectors.templates.cards import MAX_BLOCKS, escaped
from orderflow.lifecycle import OrderStatus
from orderflow.notices.notice import StaffNotice
from orderflow.notices.staff.alerts import bottleneck_alert, delivery_failure_alert, inventory_alert, order_status_alert
from orderflow.notices.staff.routing_card import RoutingEffects, routing_card
from orderflow.thresholds import StockStatus

WAREHOUSES = {"Warehouse A": 0, "Warehouse B": 8}
CARDS: dict[str, StaffNotice] = {
    "card_routing": sample_card(),
    "card_exception": sample_exception(),
    "card_order_status": order_status_alert(
        sample_order(), OrderStatus.PARTIALLY_FULFILLED, [sample_parcel()], NOW, LETTERHEAD
    ),
    "card_inventory": inventory_alert(
        "Widget Pro",
        "W-1",
        WAREHOUSES,
        status=StockStatus.CRITICAL,
        threshold=5,
        actions=["Purchase order draft PO-77"],
    ),
    "card_bottleneck": bottleneck_alert("label", 40, timedelta(hours=2), timedelta(minutes=10)),
    "card_delivery_failure": delivery_failure_alert(
        sample_order(), sample_parcel(), "refused by the recipient", NOW, LETTERHEAD
    ),
}


def assert_valid(message: Message) -> None:
    """Fails for blocks that Slack would refuse, by the rules of its own SDK."""
    blocks = message.data["blocks"]
    assert 1 <= len(blocks) <= MAX_BLOCKS
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
        for field in block.get("fields", []):
            assert len(field["text"]) <= 2000


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.requirement("OF-79", "OF-80", "OF-81", "OF-116")
def test_a_card_looks_as_it_was_approved_and_slack_takes_it(name):
    message = card(CARDS[name], "#operations", "key-1")
    assert_valid(message)
    assert_golden(f"notices/{name}.json", json.dumps(message.data, indent=1, ensure_ascii=False) + "\n")


@pytest.mark.requirement("OUT-01", "OUT-02", "OUT-03", "OUT-04", "OUT-05", "OUT-06", "OUT-07", "OUT-08")
def test_the_routing_card_has_everything_of_the_sample():
    shown = json.dumps(card(CARDS["card_routing"], "#orders-team", "k").data, ensure_ascii=False)
    for text in (
        *("Order Routed Successfully", "#ORD-2024-087654", "Dana Whitfield (VIP)", "$2,450.00"),
        *("12x Widget Pro", "4x ServicePack", "Warehouse East"),
        "VIP priority + lowest shipping cost ($45 vs $89)",
        *("47 units available", "Jan 18–20", "Generated &amp; queued to printer"),
        *("✓ Label generated: FedEx 2-Day", "✓ Inventory reserved: 12x WIDGET-PRO"),
        *("✓ Customer e-mailed", "✓ #fulfillment alerted", "Confidence: 98 %", "Route Score: 9.2/10"),
    ):
        assert text in shown


def test_a_cards_button_opens_the_order_and_a_shop_without_a_console_has_none():
    button = card(CARDS["card_exception"], "#ops", "k").data["blocks"][-1]["elements"][0]
    assert button["url"] == "https://ops.example.com/orders/ORD-2024-087654"
    plain = routing_card(
        sample_order(), sample_decision(), RoutingEffects(), TITLES, LETTERHEAD.model_copy(update={"console_url": ""})
    )
    assert all(block["type"] != "actions" for block in card(plain, "#ops", "k").data["blocks"])


@pytest.mark.parametrize("size", [1, 300, 100_000])
def test_a_card_of_any_length_is_still_one_that_slack_takes(size):
    long = "<&> " * size
    order = sample_order(number="9" * size)
    order = order.model_copy(update={"customer": order.customer.model_copy(update={"name": long})})
    decision = sample_decision(reason=long)
    assert_valid(card(routing_card(order, decision, RoutingEffects(), TITLES, LETTERHEAD), "#ops", "k"))
    many = {f"Place {number} {'x' * 3000}": number for number in range(600)}
    alert = inventory_alert(long, long, many, status=StockStatus.LOW, threshold=20)
    assert_valid(card(alert, "#ops", "k"))


def test_a_cut_never_leaves_half_an_escape():
    assert escaped("<<<", 8) == "&lt;…"
    assert escaped("<<<", 12) == "&lt;&lt;&lt;"
    assert escaped("abcdef", 4) == "abc…"


def test_a_notice_for_customers_has_no_card():
    with pytest.raises((NotImplementedError, AttributeError)):
        card(customer_notices()["order_shipped"], "#ops", "k")
