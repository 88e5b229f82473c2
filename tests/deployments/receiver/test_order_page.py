"""The page of one order says why, shows nobody's data, and lets nothing in an order become part of the page."""

from datetime import UTC, datetime

import httpx
import pytest

from connectors.database.orders import insert_order
from orderflow.address import Address
from orderflow.money import Money
from orderflow.order import Customer, Order, OrderLine

NASTY = "<img src=x onerror=alert(1)>"
NOW = datetime(2024, 1, 15, 9, 30, tzinfo=UTC)


@pytest.fixture
def order(installation):
    line = OrderLine(line_no=1, line_id="1", sku="S", quantity=1, unit_price=Money.of(10, "USD"), title=NASTY)
    order = Order(
        source="shopify",
        external_id="77",
        number=f"#1001{NASTY}",
        placed_at=NOW,
        updated_at=NOW,
        total=Money.of(10, "USD"),
        customer=Customer(name="Canary Name", email="canary@example.com"),
        destination=Address(line1="1 Canary Street", country="US"),
        lines=(line,),
    )
    database = installation.database()
    with database.write() as conn:
        insert_order(conn, installation.vault(), order, actor="channel:shopify")
    database.close()
    return order


@pytest.mark.requirement("OF-160")
def test_the_page_tells_the_timeline_and_no_personal_data(served, order):
    answer = httpx.get(f"{served}/orders/{order.external_id}")
    assert answer.status_code == 200
    assert "channel:shopify" in answer.text
    assert "canary" not in answer.text.lower()


def test_the_first_event_comes_from_nowhere(served, order):
    answer = httpx.get(f"{served}/orders/{order.external_id}")
    assert "→ pending" in answer.text
    assert "None" not in answer.text


def test_nothing_in_an_order_becomes_part_of_the_page(served, order):
    answer = httpx.get(f"{served}/orders/{order.external_id}")
    assert "<img" not in answer.text
    assert "script-src" in answer.headers["content-security-policy"] or "default-src 'none'" in str(answer.headers)


def test_an_order_nobody_knows_has_no_page(served):
    assert httpx.get(f"{served}/orders/{NASTY}").status_code == 404
