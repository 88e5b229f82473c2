"""Shipments at partners by command: looked at, answered for, and their pick lists printed."""

import asyncio
import json

import pytest
from pypdf import PdfReader

from connectors.database import orders, stock
from connectors.database.orders import insert_order
from connectors.shop import open_shop
from deployments.dry_run import active_or_written, decide_sample
from deployments.first_steps import deploy_configuration
from orderflow.inventory import StockLevel
from orderflow.lifecycle import OrderStatus
from tasks.labelling.label import label_orders
from tasks.routing.route import route_orders


@pytest.fixture
def handed_over(home, here, run, monkeypatch):
    """An order of a shop whose only location is a supplier's that reads mail."""
    monkeypatch.setenv("DROP_SHIP_EMAIL", "orders@supplier.example")
    document = json.loads((here / "orderflow-config.json").read_text())
    document["locations"] = [document["locations"][0] | {"partner": {"code": "drop_ship"}}]
    document["routing"] = {"approval": {"limit": {"amount": "100000", "currency": "USD"}, "vip_tiers": []}}
    database = home.database()
    deploy_configuration(database, document, actor="user:test")
    order, _ = decide_sample(home, active_or_written(home), "test_1")
    order = order.model_copy(update={"number": "#1001", "external_id": "77", "source": "shopify"})
    with database.write() as conn:
        level = StockLevel(location=document["locations"][0]["code"], sku=order.lines[0].sku, on_hand=50)
        stock.set_counts(conn, [level], source_version=1)
        order_id = insert_order(conn, home.vault(), order, actor="channel:shopify")
        (stored,) = orders.load_orders(conn, home.vault(), [order_id])
        for status in (OrderStatus.PAYMENT_PROCESSING, OrderStatus.PAID):
            about = {"kind": "status", "actor": "channel:shopify", "step": "route"}
            stored = orders.record(conn, stored, owner=None, to_status=status, **about)
    asyncio.run(work(home))
    yield lambda: orders_status(home, database, order_id)
    database.close()


async def work(home):
    async with open_shop(home) as shop:
        await route_orders.fn(shop, "worker-1")
        await label_orders.fn(shop, "worker-1")


def orders_status(home, database, order_id):
    with database.read() as conn:
        return orders.load_orders(conn, home.vault(), [order_id])[0].status.value


@pytest.mark.requirement("OF-60")
def test_what_partners_have_is_listed_and_their_answer_is_passed_on(handed_over, run):
    (line,) = json.loads(run("handovers", "list", "--json").out)
    assert (line["order"], line["partner"], line["stage"]) == ("#1001", "drop_ship", "requested")
    assert run("handovers", "confirm", "1001").code == 0
    assert json.loads(run("handovers", "list", "--json").out)[0]["stage"] == "accepted"
    sent = run("handovers", "sent", "1001", "--carrier", "ups", "--tracking-number", "1Z999")
    assert (sent.code, handed_over()) == (0, "fulfilled")
    assert json.loads(run("handovers", "list", "--json").out) == []
    again = run("handovers", "reject", "1001", "--reason", "too late")
    assert (again.code, "0 such shipments" in again.out + again.err) == (1, True)


@pytest.mark.requirement("FUL-09")
def test_a_pick_list_is_written_for_each_shipment(handed_over, run, tmp_path):
    (path,) = json.loads(run("handovers", "pick-list", "1001", "--folder", str(tmp_path), "--json").out)
    assert "#1001" in PdfReader(path).pages[0].extract_text()
