"""Parcels on their way: scans once, delays told once, an order delivered with its last parcel."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order, document_of

from connectors.database import shipments
from connectors.database.shipments import ShipmentRow
from deployments.demo.orders import DemoOrder
from deployments.demo.story import demo_configuration
from tasks.resolve import Answer
from tasks.telling.notify import notify_people
from tasks.tracking.look import look_at_parcels, tell_delays

SHIPPO = {"label_providers": ["shippo"], "label_limits_per_minute": {"shippo": 500}}
HOOK = {"url": "https://hooks.example.com/orders", "events": []}
HEAVY = {"fulfillment": SHIPPO, "outgoing_webhooks": [HOOK]}


@pytest.fixture(params=["sqlite", "postgresql"])
def floor(request: pytest.FixtureRequest, opener: Opener) -> ShopFloor:
    opened = opener(request.param, **HEAVY)
    opened.stock(50)
    return opened


def shipped(floor: ShopFloor, order: DemoOrder) -> ShipmentRow:
    """The only parcel of an order that was just labelled."""
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    (parcel,) = floor.shipments(order)
    return parcel


def scan(floor: ShopFloor, parcel: ShipmentRow, status: str, **more: Any) -> None:
    """The carrier scans the parcel now, by the shop's clock."""
    at = datetime.now(UTC) + timedelta(milliseconds=floor.clock.ahead_ms)
    facts = {"status": status, "at": at.isoformat(), "text": f"It is {status}"} | more.pop("facts", {})
    request = {"tracking_number": parcel.tracking_number, "steps": [facts], **more}
    httpx.post(f"{floor.sandbox.address}/{parcel.provider}/_scans", json=request).raise_for_status()


def look(floor: ShopFloor, *, hours: float = 24) -> dict[str, int]:
    floor.clock.forward(hours=hours)
    return floor.do(look_at_parcels)


def customer_mails(floor: ShopFloor, order: DemoOrder) -> list[str]:
    floor.work(notify_people)
    return [row["subject"] for row in floor.books("sendgrid", "mails") if row["recipient"] == order.email]


def events(floor: ShopFloor, order: DemoOrder) -> list[str]:
    rows = floor.outbox(kind="event", order_id=floor.stored(order).id)
    return [row["dedup_key"].split("/https")[0].split("/webhook")[0].rsplit("/", 1)[-1] for row in rows]


def kinds(floor: ShopFloor, order: DemoOrder) -> list[str]:
    return [row["kind"] for row in floor.outbox(order_id=floor.stored(order).id)]


@pytest.mark.requirement("FUL-01", "FUL-14", "FUL-16", "FUL-17", "FUL-21")
def test_a_parcel_is_followed_to_the_door_and_its_order_is_delivered(floor: ShopFloor) -> None:
    order = an_order()
    parcel = shipped(floor, order)
    scan(floor, parcel, "in_transit")
    assert look(floor)["scans"] == 1
    assert floor.status(order) == "fulfilled"
    scan(floor, parcel, "delivered")
    counts = look(floor)
    assert (counts["parcels_delivered"], counts["orders_delivered"]) == (1, 1)
    assert floor.status(order) == "delivered"
    (arrived,) = floor.shipments(order)
    assert (arrived.state, arrived.delivered_at_ms is not None) == ("delivered", True)
    assert kinds(floor, order).count("delivered") == 1
    assert {"order.delivered", "order.delivered.follow_up_due"} <= set(events(floor, order))
    assert [event.kind for event in floor.timeline(order)][-1] == "parcel_delivered"
    floor.books_agree()


@pytest.mark.requirement("FUL-02")
def test_the_customer_hears_that_it_left_and_that_it_arrived(floor: ShopFloor) -> None:
    order = an_order()
    parcel = shipped(floor, order)
    scan(floor, parcel, "delivered")
    look(floor)
    subjects = customer_mails(floor, order)
    assert any("has shipped" in subject for subject in subjects), subjects
    assert sum("was delivered" in subject for subject in subjects) == 1


@pytest.mark.requirement("FUL-14")
def test_a_scan_told_twice_is_kept_once_and_a_delivered_parcel_is_not_asked_about(floor: ShopFloor) -> None:
    order = an_order()
    parcel = shipped(floor, order)
    scan(floor, parcel, "in_transit")
    assert look(floor)["scans"] == 1
    assert "scans" not in look(floor)
    scan(floor, parcel, "delivered")
    assert look(floor)["looks"] == 1
    assert look(floor, hours=240) == {}
    with floor.database.read() as conn:
        kept = shipments.scans_of(conn, parcel.id)
    assert [one.scan.status for one in kept] == ["in_transit", "delivered"]


@pytest.mark.requirement("FUL-21")
def test_who_took_the_parcel_is_kept_sealed_as_proof(opener: Opener) -> None:
    floor = opener(fulfillment={"label_providers": ["shipstation"], "label_limits_per_minute": {"shipstation": 500}})
    floor.stock(50)
    order = an_order()
    parcel = shipped(floor, order)
    scan(floor, parcel, "delivered", facts={"signed_by": "Zebulon Quux"})
    look(floor)
    with floor.database.read() as conn:
        kept = shipments.tracking_of(conn, [parcel.id])[parcel.id].signed_by
    assert floor.shop.vault.open(kept.encode()) == b"Zebulon Quux"
    rows = [floor.rows(f"SELECT * FROM {table}") for table in ("tracking", "scan", "order_event", "outbox", "shipment")]
    assert "Quux" not in str(rows)


@pytest.mark.requirement("FUL-15")
def test_a_parcel_whose_promise_passes_is_told_to_be_late_once(floor: ShopFloor) -> None:
    order = an_order()
    parcel = shipped(floor, order)
    scan(floor, parcel, "in_transit")
    look(floor)
    assert floor.run(tell_delays.fn(floor.shop)) == 0 and "delayed" not in kinds(floor, order)
    floor.clock.forward(hours=24 * 20)
    assert floor.run(tell_delays.fn(floor.shop)) == 1
    assert floor.run(tell_delays.fn(floor.shop)) == 0
    look(floor)
    assert kinds(floor, order).count("delayed") == 1
    assert events(floor, order).count("order.delayed") == 1
    assert sum("is delayed" in subject for subject in customer_mails(floor, order)) == 1


@pytest.mark.requirement("FUL-15")
def test_a_carriers_own_forecast_of_a_later_day_is_told_before_the_promise_passes(floor: ShopFloor) -> None:
    order = an_order()
    parcel = shipped(floor, order)
    late = datetime.now(UTC) + timedelta(days=30)
    scan(floor, parcel, "in_transit", expected_at=late.isoformat())
    assert look(floor, hours=1)["delays"] == 1
    assert "delays" not in look(floor)


@pytest.mark.requirement("FUL-16", "OMS-19")
def test_an_order_of_two_parcels_is_delivered_with_the_second(floor: ShopFloor) -> None:
    order = an_order(("LAMP-LED", 1), ("STOVE-GAS", 1))
    floor.stock(0, skus=("LAMP-LED",), places=("warehouse_la",))
    floor.stock(0, skus=("STOVE-GAS",), places=("warehouse_east", "warehouse_central"))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    first, second = floor.shipments(order)
    scan(floor, first, "delivered")
    assert "orders_delivered" not in look(floor)
    assert floor.status(order) == "fulfilled"
    scan(floor, second, "delivered")
    assert look(floor)["orders_delivered"] == 1
    assert floor.status(order) == "delivered"
    assert kinds(floor, order).count("delivered") == 2


@pytest.mark.parametrize("status", ["exception", "returned"])
def test_trouble_on_the_way_is_told_to_operations_once(floor: ShopFloor, status: str) -> None:
    order = an_order()
    parcel = shipped(floor, order)
    scan(floor, parcel, status)
    assert look(floor)["troubles"] >= 1
    told = kinds(floor, order).count("undelivered")
    floor.clock.forward(hours=48)
    look(floor)
    assert kinds(floor, order).count("undelivered") == told
    assert floor.status(order) == "fulfilled"


def test_a_carrier_that_fails_is_asked_again_later(floor: ShopFloor) -> None:
    order = an_order()
    parcel = shipped(floor, order)
    scan(floor, parcel, "delivered")
    floor.sandbox.fail("shippo", "track", "error_500", count=3)
    assert look(floor)["failed"] == 1
    assert floor.status(order) == "fulfilled"
    assert look(floor, hours=1)["parcels_delivered"] == 1


def test_a_voided_label_is_tracked_no_more(floor: ShopFloor) -> None:
    order = an_order()
    parcel = shipped(floor, order)
    look(floor)
    with floor.database.write() as conn:
        shipments.mark_voided(conn, parcel.id)
    assert "looks" not in look(floor, hours=48)
    assert look(floor, hours=48) == {}


def to_toronto(floor: ShopFloor) -> DemoOrder:
    """An order for Canada that a person has approved."""
    order = an_order(city="Toronto", postal_code="M5C 2M6")
    document = document_of(order)
    abroad = {"country_code": "CA", "country": "Canada", "province_code": "ON", "province": "Ontario"}
    document["shipping_address"] |= abroad
    floor.deliver(document)
    floor.work(*UP_TO_LABELS)
    floor.answer(order, Answer.APPROVE)
    floor.work(*UP_TO_LABELS)
    return order


@pytest.mark.requirement("OF-158")
def test_an_order_abroad_waits_for_customs_data_that_is_named_and_ships_with_it(opener: Opener) -> None:
    ready = {"fulfillment": SHIPPO, "routing": {"customs_ready": True}}
    floor = opener(**ready)
    floor.stock(50)
    order = to_toronto(floor)
    found = floor.hold(order)
    assert found is not None
    assert found.hold.code == "customs_missing"
    assert "HS code of SKU LAMP-LED, country of origin of SKU LAMP-LED" in found.hold.detail
    assert floor.labels(order) == []

    declared = {"hs_code": "9405.21", "origin_country": "VN"}
    products = [product | declared for product in demo_configuration("configuration")["products"]]
    floor = opener(**ready, products=products)
    floor.stock(50)
    order = to_toronto(floor)
    assert floor.status(order) == "fulfilled", floor.hold(order)
    assert len(floor.labels(order)) == 1


@pytest.mark.requirement("OF-56")
def test_a_location_that_prints_zpl_has_its_labels_kept_as_zpl(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO | {"label_format": "zpl"})
    floor.stock(50)
    parcel = shipped(floor, an_order())
    assert parcel.label_path.endswith(".zpl")
    assert Path(parcel.label_path).read_bytes().startswith(b"^XA")
