"""An order may be cancelled at any moment: stock comes back, labels are void, and nothing is sent."""

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order, document_of

from deployments.demo.orders import DemoOrder
from tasks.ingest import ingest_orders
from tasks.labelling.label import label_orders
from tasks.resolve import Answer
from tasks.routing.route import route_orders

LATER = "2026-03-02T16:00:00+00:00"
LATER_STILL = "2026-03-02T17:00:00+00:00"
SHIPPO_ONLY = {"label_providers": ["shippo"], "label_limits_per_minute": {"shippo": 500}}


def cancel(floor: ShopFloor, order: DemoOrder, at: str = LATER) -> None:
    floor.deliver(document_of(order, cancelled_at=LATER, updated_at=at), topic="orders/cancelled")


def work_for_minutes(floor: ShopFloor, minutes: int) -> None:
    for _ in range(2 * minutes):
        floor.work(*UP_TO_LABELS, rounds=3)
        floor.clock.forward(seconds=30)


def test_an_order_cancelled_before_it_is_routed_asks_nothing_of_anybody(floor: ShopFloor) -> None:
    order = an_order()
    floor.deliver(order)
    floor.do(ingest_orders)
    cancel(floor, order)
    floor.work()
    assert floor.status(order) == "cancelled"
    assert (floor.shipments(order), floor.labels(), floor.books("sendgrid", "mails")) == ([], [], [])
    floor.books_agree()


@pytest.mark.requirement("OF-68", "FUL-10")
def test_an_order_cancelled_while_it_waits_for_approval_gives_its_stock_back(floor: ShopFloor) -> None:
    order = an_order(("TENT-4P", 4))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert floor.held(order)[1] == "high_value"
    assert floor.reserved("TENT-4P") == 4
    cancel(floor, order)
    floor.work()
    assert floor.status(order) == "cancelled"
    assert floor.hold(order) is None, "nobody has to look at it any more"
    assert floor.reserved("TENT-4P") == 0
    floor.books_agree()


def test_an_order_cancelled_after_planning_gives_its_stock_back_and_buys_nothing(floor: ShopFloor) -> None:
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    assert floor.reserved("LAMP-LED") == 1
    cancel(floor, order)
    floor.work()
    assert floor.status(order) == "cancelled"
    assert (floor.reserved("LAMP-LED"), floor.labels(void=True)) == (0, [])
    floor.books_agree()


@pytest.mark.parametrize("mode", ["cut_off", "error_500"])
def test_an_order_cancelled_while_its_label_is_bought_has_it_voided_and_its_stock_back(
    opener: Opener, mode: str
) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    floor.stock(50)
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    floor.sandbox.fail("shippo", "buy", mode, count=1)
    floor.do(label_orders)
    assert floor.labels(order, void=True) == floor.labels(order), "nobody knows yet whether it was bought"
    cancel(floor, order)
    work_for_minutes(floor, 4)
    assert floor.status(order) == "cancelled"
    assert floor.labels(order) == []
    assert (floor.reserved("LAMP-LED"), floor.on_hand("LAMP-LED")) == (0, 150)
    floor.books_agree()


def test_a_label_that_cannot_be_voided_is_a_case_that_stays_until_a_person_has_dealt_with_it(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    floor.stock(50)
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    floor.sandbox.fail("shippo", "buy", "cut_off", count=1)
    floor.do(label_orders)
    floor.sandbox.fail("shippo", "void", "error_inside")
    cancel(floor, order)
    work_for_minutes(floor, 3)
    assert floor.held(order)[1] == "cancelled_after_label"
    assert floor.outbox(kind="held"), "somebody is told of it"
    cancel(floor, order, at=LATER_STILL)
    work_for_minutes(floor, 1)
    assert floor.held(order)[1] == "cancelled_after_label", "another word of the cancellation does not end the case"
    floor.sandbox.behave()
    floor.answer(order, Answer.REJECT)
    work_for_minutes(floor, 1)
    assert (floor.status(order), floor.labels(order)) == ("cancelled", [])
    floor.books_agree()


def test_an_order_refused_by_the_carrier_is_cancelled_all_the_same(floor: ShopFloor) -> None:
    order = an_order(line1="UNDELIVERABLE")
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert floor.held(order)[:2] == ("address", "address_refused")
    cancel(floor, order)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "cancelled"
    assert floor.hold(order) is None
    floor.books_agree()


def test_a_cancellation_that_comes_after_the_label_leaves_the_order_sent(floor: ShopFloor) -> None:
    order = an_order()
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    cancel(floor, order)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    floor.deliver(document_of(order, cancelled_at=LATER, updated_at=LATER_STILL, financial_status="refunded"))
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "refunded"
    assert len(floor.labels(order)) == 1
    floor.books_agree()


def test_what_still_waits_of_a_partly_sent_order_is_given_up_when_it_is_cancelled(opener: Opener) -> None:
    floor = opener()
    floor.stock(0)
    floor.stock(5, skus=("LAMP-LED",))
    order = an_order(("LAMP-LED", 1), ("MUG-ENAMEL", 1))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "partially_fulfilled"
    cancel(floor, order)
    floor.work()
    assert floor.status(order) == "fulfilled"
    assert [row["state"] for row in floor.rows("SELECT state FROM backorder")] == ["cancelled"]
    floor.labels_agree()
