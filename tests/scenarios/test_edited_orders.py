"""An order whose lines are changed in the shop is sent as it is now, or shown to a person; never as it was."""

import pytest
from scenarios.floor import UP_TO_LABELS, Document, Opener, ShopFloor, an_order, document_of

from connectors.database import orders
from deployments.demo.orders import DemoOrder
from tasks.ingest import ingest_orders
from tasks.labelling.label import label_claimed, label_orders
from tasks.resolve import Answer
from tasks.routing.route import route_orders

LATER = "2026-03-02T16:00:00+00:00"
SHIPPO_ONLY = {"label_providers": ["shippo"], "label_limits_per_minute": {"shippo": 500}}


def edited(order: DemoOrder, units: int) -> Document:
    document = document_of(order, updated_at=LATER)
    document["line_items"][0]["quantity"] = units
    return document


def units_sent(floor: ShopFloor, order: DemoOrder) -> int:
    return sum(line.quantity for row in floor.shipments(order) if row.state == "labelled" for line in row.lines)


@pytest.mark.parametrize("units", [1, 3])
def test_an_order_edited_after_planning_is_planned_anew(floor: ShopFloor, units: int) -> None:
    order = an_order(("LAMP-LED", 2))
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    floor.deliver(edited(order, units), topic="orders/updated")
    floor.work(*UP_TO_LABELS)
    assert (floor.status(order), units_sent(floor, order), len(floor.labels())) == ("fulfilled", units, 1)
    assert floor.reserved("LAMP-LED") == 0
    floor.books_agree()


@pytest.mark.requirement("OF-68")
def test_an_order_edited_while_it_waits_for_approval_is_approved_as_it_is_now(floor: ShopFloor) -> None:
    order = an_order(("TENT-4P", 4))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    floor.deliver(edited(order, 3), topic="orders/updated")
    floor.work(*UP_TO_LABELS)
    assert (floor.held(order)[1], floor.reserved("TENT-4P")) == ("high_value", 3)
    floor.answer(order, Answer.APPROVE)
    floor.work(*UP_TO_LABELS)
    assert (floor.status(order), units_sent(floor, order)) == ("fulfilled", 3)
    floor.books_agree()


def test_an_order_edited_while_its_label_is_bought_is_shown_to_a_person(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    floor.stock(50)
    order = an_order(("LAMP-LED", 2))
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    floor.sandbox.fail("shippo", "buy", "cut_off", count=1)
    floor.do(label_orders)
    floor.deliver(edited(order, 3), topic="orders/updated")
    floor.work(*UP_TO_LABELS)
    assert floor.held(order)[1:] == ("edited_after_label", "lines")
    floor.answer(order, Answer.REJECT)
    floor.clock.forward(seconds=30)
    floor.work(*UP_TO_LABELS)
    assert (floor.status(order), floor.labels(order), floor.reserved("LAMP-LED")) == ("cancelled", [], 0)
    floor.books_agree()


def test_a_worker_that_holds_an_order_while_it_is_edited_sends_nothing_of_it(floor: ShopFloor) -> None:
    order = an_order(("LAMP-LED", 2))
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    held = orders.claim_orders(floor.database, floor.shop.vault, "label", "worker-1", limit=1)
    floor.deliver(edited(order, 3), topic="orders/updated")
    floor.do(ingest_orders, owner="worker-2")
    floor.run(label_claimed(floor.shop, "worker-1", held))
    assert (floor.status(order), floor.labels(void=True)) == ("awaiting_fulfillment", [])
    floor.work(*UP_TO_LABELS)
    assert (floor.status(order), units_sent(floor, order)) == ("fulfilled", 3)
    floor.books_agree()
