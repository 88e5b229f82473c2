"""Orders a partner packs and sends, through the real tasks: handed over once, followed, called off, sent elsewhere."""

import json

import pytest
from partner_values import happens, jobs, locations_of, progress
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order
from shop_floor import place

from connectors.database import fulfillment, inbox, orders
from connectors.database.fulfillment import HandoverRow
from connectors.database.invariants import offenders
from connectors.protocols import Stage
from orderflow.rulings import Rejection
from tasks.approving.answers import Answer
from tasks.rerouting.reroute import CannotReroute, reject_location


@pytest.fixture
def floor(opener: Opener) -> ShopFloor:
    """A shop whose only warehouse with stock packs by its own API."""
    opened = opener(locations=locations_of(warehouse_east="warehouse"))
    opened.stock(50, places=("warehouse_east",))
    return opened


def handovers(floor: ShopFloor, order) -> list[HandoverRow]:
    with floor.database.read() as conn:
        return list(fulfillment.handovers_of(conn, [floor.stored(order).id]).values())


def stages(floor: ShopFloor, order) -> list[Stage]:
    return [row.stage for row in handovers(floor, order)]


def taken(floor: ShopFloor, **more):
    """An order that was routed and handed over."""
    order = an_order(**more)
    place(floor.sandbox, order)
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    return order


@pytest.mark.requirement("FUL-08", "FUL-09", "OF-62")
def test_a_partner_gets_the_pick_list_and_the_requirements_once_and_no_label_is_bought(floor):
    order = taken(floor)
    for _ in range(3):
        floor.clock.forward(hours=1)
        floor.work()
    (job,) = jobs(floor, "warehouse", order)
    assert job["pick_list"] == [{"line": 1, "sku": "LAMP-LED", "variant": "", "title": "Lamp-Led", "quantity": 1}]
    assert (job["shipping"]["speed"], job["shipping"]["gift_wrap"]) == ("standard", False)
    assert job["ship_to"]["line1"] == "12 Main Street"
    assert (floor.labels(), floor.status(order), floor.reserved("LAMP-LED")) == ([], "awaiting_fulfillment", 1)
    assert stages(floor, order) == [Stage.REQUESTED]


@pytest.mark.requirement("FUL-12")
def test_what_the_partner_tells_is_on_the_timeline_and_its_parcel_reaches_customer_and_channel(floor):
    order = taken(floor)
    for state in ("confirmed", "picked", "packed", "shipped"):
        happens(floor, "warehouse", order, state)
    notes = [event.note for event in floor.timeline(order) if event.kind == "fulfillment"]
    assert [note.rpartition(" ")[2] for note in notes] == ["requested", "accepted", "picked", "packed"]
    (row,) = floor.shipments(order)
    (job,) = jobs(floor, "warehouse", order)
    assert (row.state, row.tracking_number, row.carrier) == ("labelled", job["parcel"]["number"], "ups")
    assert (floor.status(order), floor.reserved("LAMP-LED"), floor.on_hand("LAMP-LED")) == ("fulfilled", 0, 49)
    assert stages(floor, order) == [Stage.SHIPPED]
    told = {row["kind"]: row["state"] for row in floor.outbox(order_id=floor.stored(order).id)}
    assert (told["shipped"], told["shipment"]) == ("sent", "sent")
    with floor.database.read() as conn:
        assert offenders(conn) == {}


def test_a_parcel_without_its_number_is_asked_for_again(floor):
    order = taken(floor)
    happens(floor, "warehouse", order, "shipped", without_number=True)
    assert (floor.status(order), stages(floor, order)) == ("awaiting_fulfillment", [Stage.PACKED])
    happens(floor, "warehouse", order, "shipped")
    assert floor.status(order) == "fulfilled"


@pytest.mark.parametrize("mode", ["error_500_done", "cut_off", "nonsense"])
def test_a_request_of_unknown_outcome_is_found_and_never_sent_twice(floor, mode):
    floor.sandbox.fail("warehouse", "request", mode, count=1)
    order = taken(floor)
    floor.clock.forward(minutes=1)
    floor.work()
    assert len(jobs(floor, "warehouse", order)) == 1
    assert stages(floor, order) == [Stage.REQUESTED]
    happens(floor, "warehouse", order, "shipped")
    assert floor.status(order) == "fulfilled"


def test_a_request_that_was_not_taken_for_certain_is_made_again(floor):
    floor.sandbox.fail("warehouse", "request", "rate_limited", count=1, seconds=30)
    order = taken(floor)
    assert jobs(floor, "warehouse", order) == []
    floor.clock.forward(minutes=2)
    floor.work()
    assert stages(floor, order) == [Stage.REQUESTED]


def test_an_address_the_partner_refuses_is_a_case_for_a_person(floor):
    order = taken(floor, line1="9 UNDELIVERABLE Way")
    assert floor.held(order)[:2] == ("address", "address_refused")
    assert jobs(floor, "warehouse", order) == []


@pytest.mark.requirement("FUL-12", "OF-128")
def test_a_rejected_order_is_sent_from_elsewhere(floor):
    order = taken(floor)
    floor.stock(50, places=("warehouse_central",))
    happens(floor, "warehouse", order, "rejected", reason="the shelf is empty")
    (row,) = [row for row in floor.shipments(order) if row.state != "voided"]
    assert (row.location, row.state, floor.status(order)) == ("warehouse_central", "labelled", "fulfilled")
    assert [event.note for event in floor.timeline(order) if event.kind == "location_rejected"] == [
        "warehouse_east: the shelf is empty"
    ]
    with floor.database.read() as conn:
        assert offenders(conn) == {}


def test_a_cancelled_order_is_called_off_before_it_is_picked(floor):
    order = taken(floor)
    floor.change("UPDATE orders SET cancel_requested = TRUE, next_at = 0")
    floor.work()
    assert (floor.status(order), floor.reserved("LAMP-LED")) == ("cancelled", 0)
    assert [job["state"] for job in floor.books("warehouse", "jobs")] == ["cancelled"]
    assert stages(floor, order) == [Stage.CANCELLED]


def test_a_cancelled_order_that_is_picked_goes_to_a_person(floor):
    order = taken(floor)
    happens(floor, "warehouse", order, "picked")
    floor.change("UPDATE orders SET cancel_requested = TRUE, next_at = 0")
    floor.work()
    assert floor.held(order)[1] == "cancelled_after_label"
    assert [job["state"] for job in jobs(floor, "warehouse", order)] == ["picked"]


def test_a_partner_that_confirms_nothing_is_shown_to_a_person_and_its_word_closes_the_case(floor):
    order = taken(floor)
    floor.clock.forward(hours=23)
    floor.work()
    assert floor.hold(order) is None
    floor.clock.forward(hours=2)
    floor.work()
    assert floor.held(order)[1] == "partner_silent"
    happens(floor, "warehouse", order, "confirmed")
    assert floor.hold(order) is None
    happens(floor, "warehouse", order, "shipped")
    assert floor.status(order) == "fulfilled"


def test_an_address_changed_after_the_handover_is_a_case_told_once(floor):
    order = taken(floor)
    stored = floor.stored(order)
    moved = stored.order.destination.model_copy(update={"line1": "99 New Street"})
    floor.by_hand(order, lambda claimed: corrected(floor, claimed, moved))
    floor.clock.forward(hours=1)
    floor.work()
    assert floor.held(order) == ("address", "handover_outdated", "destination")
    floor.answer(order, Answer.RESUME)
    happens(floor, "warehouse", order, "shipped")
    assert (floor.hold(order), floor.status(order)) == (None, "fulfilled")


def corrected(floor, claimed, destination) -> str:
    with floor.database.write() as conn:
        fresh = orders.correct_address(conn, floor.shop.vault, claimed, destination, owner="person-1", actor="user:kim")
        orders.record(conn, fresh, owner="person-1", step="label", kind="mended", actor="user:kim")
    return ""


def test_an_order_at_a_partner_is_not_planned_anew(floor):
    order = taken(floor)
    ruling = Rejection(location="warehouse_east", reason="no room", actor="user:kim")
    with pytest.raises(CannotReroute):
        floor.by_hand(order, lambda claimed: reject_location(floor.shop, "person-1", claimed, ruling))
    assert stages(floor, order) == [Stage.REQUESTED]


def test_a_partners_delivery_has_it_asked_at_once(floor):
    order = taken(floor)
    (job,) = jobs(floor, "warehouse", order)
    progress(floor.sandbox, "warehouse", job["reference"], "shipped")
    floor.work()
    assert floor.status(order) == "awaiting_fulfillment"
    body = json.dumps({"reference": job["reference"], "state": "shipped"}).encode()
    told = {"source": "partner:warehouse", "topic": "shipped", "external_id": job["reference"], "occurred_at_ms": None}
    with floor.database.write() as conn:
        inbox.receive(conn, **told, dedup_key="1", body=inbox.sealed_body(floor.shop.vault, body))
        inbox.receive(conn, **told, dedup_key="2", body=inbox.sealed_body(floor.shop.vault, b'{"reference": "0"}'))
    floor.work()
    assert floor.status(order) == "fulfilled"


def test_calls_over_the_accounts_budget_wait(opener):
    places = locations_of(warehouse_east="warehouse")
    floor = opener(locations=places, fulfillment={"label_limits_per_minute": {"warehouse": 10}})
    floor.stock(50, places=("warehouse_east",))
    floor.deliver(*(an_order() for _ in range(6)))
    for stage in UP_TO_LABELS:
        floor.do(stage)
    assert len(floor.books("warehouse", "jobs")) == 2
    for _ in range(4):
        floor.clock.forward(minutes=1)
        floor.work(*UP_TO_LABELS)
    assert len(floor.books("warehouse", "jobs")) == 6
