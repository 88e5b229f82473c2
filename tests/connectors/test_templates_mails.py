"""Mails, as people have read them and found them right."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from golden_files import assert_golden
from jinja2 import UndefinedError
from notice_values import (
    LETTERHEAD,
    NOW,
    customer_notices,
    sample_card,
    sample_exception,
    sample_order,
    sample_parcel,
    sample_purchase,
)

from connectors.templates import mail, mails
from orderflow.lifecycle import OrderStatus
from orderflow.notices.notice import Notice
from orderflow.notices.purchase_order import supplier_notice
from orderflow.notices.staff.alerts import order_status_alert

NOTICES: dict[str, Notice] = {
    **customer_notices(),
    "routing": sample_card(),
    "exception": sample_exception(),
    "supplier_purchase_order": supplier_notice(sample_purchase(), "Widget House", "UTC", "buyer@example.com"),
    "order_status": order_status_alert(sample_order(), OrderStatus.FULFILLED, [sample_parcel()], NOW, LETTERHEAD),
}


class _Text(HTMLParser):
    """What a reader of the HTML sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


def _read(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    return " ".join(" ".join(reader.seen).split())


@pytest.mark.parametrize("name", NOTICES)
@pytest.mark.requirement("OF-82", "OF-120", "OMS-57", "OMS-26")
def test_a_mail_reads_as_it_was_approved(name):
    message = mail(NOTICES[name], "somebody@example.com", "key-1")
    assert_golden(f"notices/{name}.txt", f"Subject: {message.subject}\n\n{message.text}")
    assert_golden(f"notices/{name}.html", message.html)


@pytest.mark.parametrize("name", NOTICES)
def test_both_forms_of_a_mail_tell_the_same_facts(name):
    message = mail(NOTICES[name], "somebody@example.com", "key-1")
    told, link = _read(message.html), re.compile(r"https://\S+")
    for fact in re.findall(r"\$[\d,.]+|\b\d{6,}\b|\w{3} \d+(?:–\d+)?|\d+x [\w ]+", link.sub("", message.text)):
        assert fact in told
    assert all(address in message.html for address in link.findall(message.text))


@pytest.mark.requirement("OUT-09", "OUT-10", "OUT-12", "OUT-13", "OUT-14", "OUT-15")
def test_the_exception_mail_has_everything_of_the_sample():
    message = mail(NOTICES["exception"], "ops@example.com", "key-1")
    assert message.subject == "⚠️ Fulfillment Exception: Order #ORD-2024-087654"
    for line in (
        *("Status: EXCEPTION – Inventory Mismatch", "Time Detected: 2024-01-16 10:15 AM"),
        *("Customer: Dana Whitfield", "Order Value: $2,450.00"),
        *("Widget Pro: 12 ordered, 11 left", "→ PARTIALLY FULFILLABLE"),
        *("1. Source the missing unit from Warehouse Central (+$12)", "2. Split into 11 + 1 shipments"),
        "3. Contact the customer and offer a 10 % discount",
        *("Severity: Medium", "Action Required: ", "Auto-Escalate: to Ops Manager in 1h 45m"),
    ):
        assert line in message.text


@pytest.mark.requirement("OF-82")
def test_the_shipping_mail_has_a_link_to_the_tracking():
    message = mail(NOTICES["order_shipped"], "dana@example.com", "key-1")
    assert 'href="https://track.example.com/774899132751"' in message.html
    assert "Track it: https://track.example.com/774899132751" in message.text


@pytest.mark.requirement("OMS-25")
def test_the_backorder_mail_tells_the_lead_time_and_the_restock_date():
    text = mail(NOTICES["order_backordered"], "dana@example.com", "key-1").text
    assert "Ships in 2–3 weeks" in text
    assert "Expected back in stock: Jan 30 – Feb 6" in text


def test_attachments_travel_with_the_mail():
    label = ("label.pdf", "application/pdf", b"%PDF")
    assert mail(NOTICES["order_status"], "packing@example.com", "key-1", (label,)).attachments == (label,)


def test_a_template_that_uses_a_word_nobody_gave_fails_instead_of_leaving_a_hole():
    with pytest.raises(UndefinedError):
        mails._environment().from_string("{{ tracking }}").render({})


def test_every_template_has_both_forms_and_is_used():
    folder = Path(mails.__file__).parent
    used = set(mails.TEMPLATES.values())
    assert {path.stem for path in (folder / "text").glob("*.jinja")} == used
    assert {path.stem for path in (folder / "html").glob("*.jinja")} == used | {"layout", "parts"}
