"""Row 5, templates: strangers choose names and titles; nothing of theirs acts in a mail, a card or a text message."""

import json
import re

import pytest
from jinja2.exceptions import SecurityError
from notice_values import LETTERHEAD, NOW, customer_notices, sample_card, sample_exception, sample_order, sample_parcel

from connectors.templates import card, mail, mails, sms
from orderflow.lifecycle import OrderStatus
from orderflow.notices.staff.alerts import order_status_alert
from orderflow.notices.staff.escalation import Severity
from orderflow.order import Order

CORPUS = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "<!channel> <!here> <@U024BE7LH> <https://evil.example|click>",
    "@here @channel #general",
    "{{ ().__class__.__bases__[0].__subclasses__() }}",
    "{% for x in ().__class__.__mro__ %}{{ x }}{% endfor %}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "Dana\r\nBcc: everybody@example.com",
    "Dana\n\nYour order is cancelled. Pay at https://evil.example",
    "\u202egro.elpmaxe\u202c \u0000 \u0007",
    "&lt;b&gt; &amp; <b>",
]


def _order(text: str) -> Order:
    order = sample_order(number=f"1001{text}")
    lines = tuple(line.model_copy(update={"title": text, "sku": text}) for line in order.lines)
    customer = order.customer.model_copy(update={"name": text, "tier": text})
    return order.model_copy(update={"lines": lines, "customer": customer})


def _mailed(text: str):
    order = _order(text)
    changes = {"number": order.number, "lines": order.lines, "customer": order.customer}
    alert = order_status_alert(order, OrderStatus.PAID, [sample_parcel(tracking_number=text)], NOW, LETTERHEAD)
    ours = (sample_card(**changes), sample_exception(Severity.HIGH, **changes), alert)
    for notice in (*customer_notices(**changes).values(), *ours):
        yield notice, mail(notice, "dana@example.com", "key-1")


@pytest.mark.parametrize("text", CORPUS)
def test_no_name_becomes_markup_in_a_mail(text):
    tags = {"img", "script", "svg", "b"}
    for _, message in _mailed(text):
        assert not tags & {tag.lower() for tag in re.findall(r"<(\w+)", message.html)}
        assert not re.search(r"<[^>]* on\w+=", message.html)


@pytest.mark.parametrize("text", CORPUS)
def test_no_name_is_run_as_a_template(text):
    for _, message in _mailed(text):
        assert "<class" not in message.text + message.html
        assert " 49 " not in message.text


@pytest.mark.parametrize("text", CORPUS)
def test_no_name_adds_a_line_or_a_header(text):
    for notice, message in _mailed(text):
        assert len(message.subject.splitlines()) == 1
        assert len(notice.short_text.splitlines()) <= 1
        assert not re.search(r"^(Bcc:|Your order is cancelled)", message.text, re.MULTILINE)
        assert "\u202e" not in message.text + message.subject


@pytest.mark.parametrize("text", CORPUS)
def test_no_name_alerts_a_channel(text):
    order = _order(text)
    changes = {"number": order.number, "lines": order.lines, "customer": order.customer}
    for notice in (sample_card(**changes), sample_exception(**changes)):
        message = card(notice, "#operations", "key-1")
        shown = json.dumps(message.data["blocks"], ensure_ascii=False)
        assert not re.search(r"<[!@h]", shown + message.text)
        assert all(part["verbatim"] for part in _mrkdwn(message.data["blocks"]))


def test_a_link_that_is_no_web_address_is_left_out():
    for name in ("order_shipped", "order_delayed"):
        notice = customer_notices()[name].model_copy(update={"tracking_link": ""})
        assert "Track it" not in mail(notice, "dana@example.com", "k").html
    parcel = sample_parcel(tracking_url="javascript:alert(1)")
    alert = order_status_alert(sample_order(), OrderStatus.PAID, [parcel], NOW, LETTERHEAD)
    assert "javascript" not in mail(alert, "ops@example.com", "k").html


@pytest.mark.parametrize(
    "template",
    ["{{ ().__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ shop.__init__.__globals__ }}", "{{ items.append(1) }}"],
)
def test_even_a_template_itself_can_reach_nothing(template):
    with pytest.raises(SecurityError):
        mails._environment().from_string(template + "{{ x.y }}").render(shop="x", items=[])


def test_a_notice_without_a_short_text_is_no_text_message():
    assert sms(sample_card(), "+15125550100", "k") is None


def _mrkdwn(node):
    if isinstance(node, list):
        return [found for item in node for found in _mrkdwn(item)]
    if isinstance(node, dict):
        here = [node] if node.get("type") == "mrkdwn" else []
        return here + [found for item in node.values() for found in _mrkdwn(item)]
    return []
