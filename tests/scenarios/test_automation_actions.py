"""What an automation service asks for over HTTP is done once by the shift: orders made, held, written on."""

import json
from pathlib import Path

import httpx
import pytest
from databases import sqlite_url
from receiver_server import served_receiver
from scenarios.floor import ShopFloor, an_order

from deployments.home import Home
from tasks.ingest import ingest_orders
from tasks.routing.route import route_orders

TOKEN = "a-token-nobody-guesses"


@pytest.fixture
def address(floor: ShopFloor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The receiver of the floor's own installation."""
    monkeypatch.setenv("ORDERFLOW_ACTION_TOKEN", TOKEN)
    folder = tmp_path / "shop-0"
    with served_receiver(Home(home=folder, database_url=sqlite_url(folder))) as served:
        yield served


def post(address: str, action: str, document: object, *, key: str = "zap-1", token: str = TOKEN) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    return httpx.post(f"{address}/actions/{action}", json=document, headers=headers)


PLAIN = {
    "order_id": "zap-order-1",
    "number": "Z-1",
    "placed_at": "2026-03-02T15:00:00Z",
    "paid_at": "2026-03-02T15:01:00Z",
    "currency": "USD",
    "total": "36.00",
    "customer": {"name": "Ada Baker", "email": "ada@example.com"},
    "destination": {
        "name": "Ada Baker",
        "line1": "12 Main Street",
        "city": "Newark",
        "region": "NJ",
        "postal_code": "07102",
        "country": "US",
    },
    "lines": [{"sku": "LAMP-LED", "quantity": 1, "unit_price": "36.00", "weight_grams": 300}],
}


@pytest.mark.requirement("OF-19")
def test_an_order_made_by_an_automation_is_one_order_and_ships(floor: ShopFloor, address: str) -> None:
    answers = [post(address, "create_order", PLAIN) for _ in range(2)]
    assert [(answer.status_code, answer.json()["status"]) for answer in answers] == [
        (202, "received"),
        (202, "duplicate"),
    ]
    floor.work()
    (order,) = floor.rows("SELECT source, external_id, status FROM orders")
    assert order == {"source": "action", "external_id": "zap-order-1", "status": "fulfilled"}
    assert len(floor.labels()) == 1
    assert [row["state"] for row in floor.outbox(stage="sync")] == ["sent"]


@pytest.mark.requirement("OF-19")
def test_an_automation_holds_an_order_before_its_label_and_its_note_stands_in_the_timeline(
    floor: ShopFloor, address: str
) -> None:
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    asked = {"order": str(order.number), "reason": "fraud", "detail": "the payment looks odd"}
    assert post(address, "hold_order", asked).status_code == 202
    note = {"order": str(order.number), "note": "asked for a call"}
    assert post(address, "add_note", note, key="zap-2").status_code == 202
    floor.work()
    assert floor.held(order) == ("fraud", "automation", "")
    assert floor.labels(order) == []
    told = [(event.kind, event.actor, event.note) for event in floor.timeline(order)]
    assert ("note", "service:automation", "asked for a call") in told
    floor.books_agree()


@pytest.mark.requirement("OF-19")
def test_a_sent_order_is_not_held_and_the_request_waits_for_a_person(floor: ShopFloor, address: str) -> None:
    order = an_order()
    floor.deliver(order)
    floor.work()
    assert post(address, "hold_order", {"order": str(order.number), "detail": "too late"}).status_code == 202
    floor.work()
    (letter,) = floor.rows("SELECT last_error FROM inbox WHERE state = 'dead'")
    assert "fulfilled cannot be held" in letter["last_error"]
    assert floor.status(order) == "fulfilled" and floor.hold(order) is None


@pytest.mark.requirement("OF-19", "OF-162")
def test_whoever_lacks_the_token_a_key_or_a_readable_request_is_told_so_and_nothing_is_kept(
    floor: ShopFloor, address: str
) -> None:
    answers = [
        post(address, "create_order", PLAIN, token="guessed-guessed-guessed"),
        httpx.post(f"{address}/actions/create_order", json=PLAIN),
        post(address, "create_order", PLAIN, key=""),
        post(address, "create_order", {**PLAIN, "lines": [{"sku": "X", "quantity": -1}]}),
        post(address, "hold_order", {"order": "1", "reason": "boredom", "detail": "x"}),
        post(address, "delete_everything", {}),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 400, 422, 422, 404]
    assert "lines[0]" in json.dumps(answers[3].json())
    assert "reason" in json.dumps(answers[4].json())
    assert floor.rows("SELECT id FROM inbox") == []
