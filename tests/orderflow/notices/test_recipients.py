"""Who a message goes to, and which kinds are worth a text message."""

from datetime import timedelta

import pytest
from notice_values import CUSTOMER, LETTERHEAD, NOW, customer_notices, sample_card, sample_order, sample_parcel

from orderflow.lifecycle import OrderStatus
from orderflow.notices.recipients import Recipient, customer_recipient, recipient_of
from orderflow.notices.staff.alerts import (
    bottleneck_alert,
    delivery_failure_alert,
    inventory_alert,
    label_alert,
    order_status_alert,
)
from orderflow.thresholds import StockStatus

MAIL = Recipient(notifier="sendgrid", address="dana@example.com")
SMS = Recipient(notifier="twilio", address="+1 512 555 0100")


@pytest.mark.parametrize(
    ("text", "notifier", "address"),
    [
        ("slack_channel:vip_orders", "slack", "#vip_orders"),
        ("slack_channel:#orders-team", "slack", "#orders-team"),
        ("email:ops@example.com", "sendgrid", "ops@example.com"),
        ("sms:+1-555-0100", "twilio", "+1-555-0100"),
        ("webhook:https://hooks.example.com/a:b", "webhook", "https://hooks.example.com/a:b"),
    ],
)
def test_a_recipient_is_a_way_of_telling_and_an_address(text, notifier, address):
    assert recipient_of(text) == Recipient(notifier=notifier, address=address)


def test_the_dashboard_needs_no_message_and_a_pigeon_is_refused():
    assert recipient_of("dashboard:operations") is None
    for text in ("pigeon:north", "email:", "slack_channel: ", ""):
        with pytest.raises(ValueError, match="is no recipient"):
            recipient_of(text)


@pytest.mark.requirement("FUL-13")
def test_a_customer_is_told_by_the_way_they_chose():
    shipped = customer_notices()["order_shipped"]
    by_text = CUSTOMER.model_copy(update={"notify_by": "sms"})
    assert customer_recipient(CUSTOMER, shipped) == MAIL
    assert customer_recipient(by_text, shipped) == SMS


def test_a_customer_without_a_number_or_a_short_notice_gets_mail():
    notices = customer_notices()
    by_text = CUSTOMER.model_copy(update={"notify_by": "sms"})
    assert customer_recipient(by_text, notices["order_summary"]) == MAIL
    assert customer_recipient(by_text.model_copy(update={"phone": ""}), notices["order_shipped"]) == MAIL
    unreachable = by_text.model_copy(update={"phone": "", "email": ""})
    assert customer_recipient(unreachable, notices["order_shipped"]) is None


@pytest.mark.requirement("OF-83")
def test_only_stock_outs_and_failed_deliveries_interrupt_staff():
    order, parcel = sample_order(), sample_parcel()
    calm = [
        sample_card(),
        order_status_alert(order, OrderStatus.FULFILLED, [parcel], NOW, LETTERHEAD),
        bottleneck_alert("label", 40, timedelta(hours=2), timedelta(minutes=10)),
        label_alert(order, parcel, "Warehouse East", LETTERHEAD),
    ]
    urgent = [
        inventory_alert("Widget Pro", "W-1", {"Warehouse A": 0}, status=StockStatus.CRITICAL, threshold=5),
        delivery_failure_alert(order, parcel, "lost", NOW, LETTERHEAD),
    ]
    assert [notice.short_text for notice in calm] == [""] * 4
    assert urgent[0].short_text == "Stock alert: Widget Pro (W-1), 0 units left, threshold 5."
    assert urgent[1].short_text == "Delivery failed: order #ORD-2024-087654, FedEx 2-Day 774899132751: lost"
