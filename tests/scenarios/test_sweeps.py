"""Sweeps of the watch: what others have in their books is held against ours, each sweep in its time."""

import json
from typing import Any

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order

from connectors.database import cursors, inbox
from connectors.database.operation import heartbeats
from connectors.protocols import Carrier, ShipmentRequest
from deployments.demo.orders import DemoOrder
from orderflow.address import Address
from orderflow.shipping.rate import Parcel
from tasks.labelling.label import label_orders
from tasks.telling.notify import notify_people
from tasks.watch import watch
from tasks.watching.sweeps import SWEEPS

SHIPPO_ONLY = {"label_providers": ["shippo"], "label_limits_per_minute": {"shippo": 500}}


def look(floor: ShopFloor, *names: str) -> dict[str, int]:
    """What these sweeps (those of other people's books, where none is named) found, after everybody did their work."""
    floor.work()
    found = floor.run(watch.fn(floor.shop))
    wanted = names or ("sold_labels", "stock_drift", "gaps", "failed_sweeps")
    return {name: found[name] for name in wanted if found[name]}


def findings(floor: ShopFloor, finding: str) -> list[dict[str, Any]]:
    told = [json.loads(row["payload"]) for row in floor.outbox(kind="swept")]
    return [payload for payload in told if payload["finding"] == finding]


def sell(floor: ShopFloor, code: str, reference: str) -> None:
    """Somebody buys a label under this reference, past our books: what a paused worker's late call comes to."""
    dock = Address(
        name="Dock", line1="1 Dock St", city="Austin", region="TX", postal_code="78701", country="US", phone="1"
    )
    parcel = Parcel(weight_grams=900)
    request = ShipmentRequest(reference=reference, origin=dock, destination=dock, parcel=parcel)

    async def buy(carrier: Carrier) -> None:
        await carrier.buy(request, (await carrier.rate(request))[0])

    floor.run(buy(floor.shop.carrier(code)))


@pytest.fixture
def shippo(opener: Opener) -> ShopFloor:
    floor = opener(fulfillment=SHIPPO_ONLY)
    floor.stock(50)
    return floor


def labelled(floor: ShopFloor) -> DemoOrder:
    order = an_order()
    floor.deliver(order)
    floor.work()
    assert floor.status(order) == "fulfilled"
    return order


def test_a_second_label_of_a_parcel_is_found_and_voided_within_the_hour(shippo: ShopFloor) -> None:
    order = labelled(shippo)
    (parcel,) = shippo.shipments(order)
    sell(shippo, "shippo", parcel.id)
    assert look(shippo) == {}, "it was sold just now: it may be in our books in a moment"
    shippo.clock.forward(minutes=61)
    assert look(shippo) == {"sold_labels": 1}
    (kept,) = shippo.labels(order)
    assert kept["provider_reference"] == parcel.provider_reference
    assert shippo.timeline(order)[-1].kind == "orphan_label_voided"
    shippo.clock.forward(minutes=61)
    assert look(shippo) == {}
    shippo.work()
    (card,) = [row for row in shippo.books("slack", "messages") if "voided" in row["text"]]
    assert "shippo" in card["text"]
    shippo.books_agree()


def test_a_label_of_a_purchase_that_counts_as_failed_is_adopted_instead_of_buying_another(shippo: ShopFloor) -> None:
    order = an_order()
    shippo.deliver(order)
    shippo.sandbox.fail("shippo", "buy", "error_500", count=1)
    shippo.work(*UP_TO_LABELS)
    (parcel,) = shippo.shipments(order)
    shippo.change("UPDATE step SET state = 'failed' WHERE kind = 'label'")
    shippo.change("UPDATE orders SET next_at = next_at + 36000000")
    sell(shippo, "shippo", parcel.id)
    shippo.clock.forward(minutes=61)
    assert look(shippo) == {"sold_labels": 1}
    shippo.clock.forward(hours=11)
    shippo.work(label_orders)
    assert shippo.status(order) == "fulfilled"
    assert len(shippo.labels(order, void=True)) == 1
    shippo.books_agree()


def test_labels_of_others_and_labels_in_order_stay(shippo: ShopFloor) -> None:
    order = labelled(shippo)
    look(shippo)
    sell(shippo, "shippo", "a-reference-of-somebody-else")
    shippo.clock.forward(minutes=61)
    assert look(shippo) == {}
    assert len(shippo.labels(order)) == 1 and len(shippo.labels()) == 2


def test_a_void_that_was_answered_by_nobody_is_asked_for_again(shippo: ShopFloor) -> None:
    order = labelled(shippo)
    (parcel,) = shippo.shipments(order)
    sell(shippo, "shippo", parcel.id)
    shippo.clock.forward(minutes=61)
    shippo.sandbox.fail("shippo", "void", "error_500_done", count=1)
    assert look(shippo) == {}
    shippo.clock.forward(minutes=61)
    look(shippo)
    assert len(shippo.labels(order)) == 1
    assert shippo.rows("SELECT state FROM step WHERE kind = 'orphan'") == [{"state": "failed"}]
    shippo.books_agree()


def test_a_carrier_that_is_away_is_asked_again_soon_and_stops_no_other_sweep(shippo: ShopFloor) -> None:
    order = labelled(shippo)
    look(shippo)
    (parcel,) = shippo.shipments(order)
    sell(shippo, "shippo", parcel.id)
    shippo.deliver(b"{")
    shippo.clock.forward(minutes=61)
    shippo.sandbox.fail("shippo", "find", "error_500", count=50)
    assert look(shippo, "failed_sweeps", "sold_labels", "dead_letters") == {"failed_sweeps": 1, "dead_letters": 1}
    shippo.sandbox.behave()
    shippo.clock.forward(minutes=4)
    assert look(shippo) == {}
    shippo.clock.forward(minutes=1)
    assert look(shippo) == {"sold_labels": 1}


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_promised_units_nobody_was_promised_are_shown_once_and_not_touched(opener: Opener, engine: str) -> None:
    floor = opener(engine)
    floor.stock(50)
    order = labelled(floor)
    look(floor)
    place = min(floor.shop.locations)
    floor.change("UPDATE stock SET reserved = 1 WHERE sku = 'LAMP-LED' AND location = :place", place=place)
    floor.clock.forward(minutes=15)
    assert look(floor) == {"stock_drift": 1}
    floor.clock.forward(minutes=15)
    assert look(floor) == {}
    assert floor.reserved("LAMP-LED") == 1
    floor.work(notify_people)
    (card,) = [row for row in floor.books("slack", "messages") if "Promised units" in row["text"]]
    assert "LAMP-LED" in card["text"]
    assert floor.status(order) == "fulfilled"


def pulled(floor: ShopFloor, external_id: str, source: str = "shopify") -> None:
    facts = {"topic": "pull", "dedup_key": f"pull:{external_id}", "external_id": external_id, "occurred_at_ms": None}
    with floor.database.write() as conn:
        inbox.receive(conn, source=source, **facts, body=b"{")


@pytest.mark.requirement("OF-03")
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_orders_that_only_the_poll_brings_are_told_of_per_channel(opener: Opener, engine: str) -> None:
    floor = opener(engine)
    announced = an_order()
    floor.deliver(announced)
    known = floor.rows("SELECT external_id FROM inbox")[0]["external_id"]
    pulled(floor, known)
    pulled(floor, "missed-1")
    pulled(floor, "missed-2")
    pulled(floor, "file-1", source="order_file")
    assert look(floor) == {}, "their webhooks may still come"
    floor.clock.forward(minutes=15)
    assert look(floor) == {"gaps": 1}
    floor.clock.forward(minutes=15)
    assert look(floor) in ({}, {"gaps": 1}), "another hour of the clock may have begun"
    told = findings(floor, "gap")[0]
    assert (told["count"], told["where"]) == (2, ["shopify"])


def test_a_stage_nobody_works_on_is_told_of_once_an_hour(floor: ShopFloor) -> None:
    floor.deliver(an_order())
    floor.clock.forward(minutes=4)
    floor.run(watch.fn(floor.shop))
    assert findings(floor, "late") == []
    floor.clock.forward(minutes=5)
    floor.run(watch.fn(floor.shop))
    (told,) = findings(floor, "late")
    assert told["where"] == ["inbox"] and told["count"] == 9


def test_workers_silent_for_a_week_are_forgotten(floor: ShopFloor) -> None:
    def known() -> list[str]:
        with floor.database.read() as conn:
            return [row.worker for row in heartbeats.workers(conn)]

    with floor.database.write() as conn:
        heartbeats.beat(conn, "shift-1", "process-orders")
    floor.clock.forward(hours=6 * 24)
    look(floor)
    assert known() == ["shift-1"]
    floor.clock.forward(hours=2 * 24)
    with floor.database.write() as conn:
        heartbeats.beat(conn, "shift-2", "process-orders")
    assert look(floor, "forgotten_workers") == {"forgotten_workers": 1}
    assert known() == ["shift-2"]


def test_a_sweep_is_done_once_in_its_time_whoever_comes(floor: ShopFloor) -> None:
    def turns() -> list[str]:
        with floor.database.write() as conn:
            return [
                sweep.name for sweep in SWEEPS if cursors.take_turn(conn, f"turn:{sweep.name}", sweep.every_seconds)
            ]

    assert turns() == [sweep.name for sweep in SWEEPS]
    assert turns() == []
    floor.clock.forward(minutes=15)
    due = turns()
    assert "gaps" in due and "sold_labels" not in due
