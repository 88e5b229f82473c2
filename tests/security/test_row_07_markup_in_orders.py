"""Row 7, markup in orders: tags and mentions in every field go through every surface and act in none."""

import json
import re
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from scenarios.floor import UP_TO_LABELS, Document, ShopFloor, an_order, document_of
from security.hostile_texts import MARKUP, SLACK

from deployments.receiver.order_page import order_pages
from tasks.telling.notify import notify_people

EVERYWHERE = {
    "channels": {"support": ["slack_channel:support", "email:support@example.com", "sms:+12125550123"]},
    "teams": {"approval": "support"},
}
TEXTS = [*MARKUP, *SLACK]
FREE_TEXT = ("first_name", "last_name", "company", "address1", "address2")
# Tags that do something, or fetch something, by themselves.
ACTING = {"script", "img", "svg", "iframe", "object", "embed", "link", "form", "input", "base", "audio", "video"}


class Tags(HTMLParser):
    """The tags and attributes a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def acting(html: str) -> list[str]:
    """What in the page would act: tags, attributes of events, addresses that are code."""
    seen = Tags()
    seen.feed(html)
    handlers = [name for name, value in seen.attributes if name.startswith("on") or "javascript:" in value.lower()]
    return sorted(ACTING & set(seen.tags)) + handlers


@pytest.fixture
def told(opener) -> ShopFloor:
    """A shop whose orders have the texts everywhere, each held and told to people by every way there is."""
    floor = opener(notifications=EVERYWHERE)
    floor.stock(50)
    floor.deliver(*map(hostile, TEXTS))
    floor.work(*UP_TO_LABELS)
    for _ in TEXTS * 2:  # at the pace of a quiet day, or a digest would tell of them together
        floor.do(notify_people, limit=2)
        floor.clock.forward(minutes=2)
    return floor


def hostile(text: str) -> Document:
    """An order of high value with the text in every field a customer or a stranger may fill in."""
    document = document_of(an_order(), total_price="1200.00", note=text, tags=text.replace(",", ""))
    document |= {"name": f"#{document['order_number']}{text}", "email": "dana@example.com"}
    document["shipping_address"] |= dict.fromkeys(FREE_TEXT, text)
    document["customer"] |= {"first_name": text, "last_name": text}
    for item in document["line_items"]:
        item |= {"title": text, "name": text, "variant_title": text, "properties": [{"name": text, "value": text}]}
    return document


@pytest.mark.requirement("OF-160")
def test_nothing_in_an_order_acts_in_its_page(told: ShopFloor) -> None:
    app = FastAPI()
    app.include_router(order_pages(told.database, told.shop.vault))
    ids = [row["id"] for row in told.rows("SELECT id FROM orders")]
    assert len(ids) == len(TEXTS)
    with TestClient(app) as browser:
        for order_id in ids:
            page = browser.get(f"/orders/{order_id}")
            assert page.status_code == 200
            assert acting(page.text) == []
            assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_nothing_in_an_order_acts_in_a_mail(told: ShopFloor) -> None:
    mails = told.books("sendgrid", "mails")
    assert len(mails) >= len(TEXTS)
    for mail in mails:
        assert acting(mail["html"]) == []
        assert len(mail["subject"].splitlines()) == 1


def test_nothing_in_an_order_calls_people_or_leads_away_in_slack(told: ShopFloor) -> None:
    messages = told.books("slack", "messages")
    assert len(messages) >= len(TEXTS)
    for message in messages:
        assert message["broadcasts"] == []
        links = re.findall(r"<(https?://[^|>]*)", json.dumps([message["blocks"], message["text"]]))
        assert not [link for link in links if "evil" in link]


def test_the_test_finds_what_it_looks_for() -> None:
    assert acting(MARKUP[0]) == ["img", "onerror"]
    assert acting('<a href="javascript:alert(1)">x</a>') == ["href"]
