"""What somebody else has sent is not sent again, and what the channel puts right goes on."""

import pytest
from scenarios.floor import UP_TO_LABELS, ShopFloor, an_order, document_of

from tasks.ingest import ingest_orders
from tasks.resolve import Answer
from tasks.routing.route import route_orders

LATER = "2026-03-02T16:00:00+00:00"


@pytest.mark.parametrize(
    ("lines", "facts"),
    [
        pytest.param([], {}, id="new"),
        pytest.param([], {"paid": False}, id="unpaid"),
        pytest.param([], {"postal_code": "00000"}, id="held for its address"),
        pytest.param([("TENT-4P", 4)], {}, id="held for approval"),
    ],
)
@pytest.mark.parametrize("known_before", [False, True])
def test_an_order_the_channel_has_sent_is_written_down_and_not_sent_again(
    floor: ShopFloor, lines: list[tuple[str, int]], facts: dict[str, object], known_before: bool
) -> None:
    order = an_order(*lines, **facts)
    if known_before:
        floor.deliver(order)
        floor.do(ingest_orders)
        if facts or lines:
            floor.do(route_orders)
    floor.deliver(document_of(order, fulfillment_status="fulfilled", updated_at=LATER), topic="orders/fulfilled")
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    assert floor.hold(order) is None
    assert (floor.labels(void=True), floor.reserved("TENT-4P")) == ([], 0)
    floor.work()
    floor.books_agree()


def test_an_order_about_to_be_labelled_that_the_channel_has_sent_waits_for_a_person(floor: ShopFloor) -> None:
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    floor.deliver(document_of(order, fulfillment_status="fulfilled", updated_at=LATER), topic="orders/fulfilled")
    floor.work(*UP_TO_LABELS)
    assert floor.held(order) == ("inventory", "sent_elsewhere", "fulfilled")
    assert floor.labels() == []
    floor.answer(order, Answer.REJECT)
    floor.work(*UP_TO_LABELS)
    assert (floor.status(order), floor.reserved("LAMP-LED")) == ("cancelled", 0)
    floor.books_agree()


@pytest.mark.requirement("FUL-03")
def test_an_order_placed_and_paid_within_one_second_is_sent(floor: ShopFloor) -> None:
    order = an_order(paid=False)
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "pending"
    floor.deliver(document_of(order, financial_status="paid"), topic="orders/paid")
    floor.deliver(order, topic="orders/updated")
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"


@pytest.mark.requirement("OF-74")
@pytest.mark.parametrize("wrong", [{"postal_code": "00000"}, {"line1": "UNDELIVERABLE"}], ids=["checked", "refused"])
def test_an_address_put_right_in_the_channel_lets_the_order_go_on(floor: ShopFloor, wrong: dict[str, str]) -> None:
    order = an_order(**wrong)
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert floor.held(order)[0] == "address"
    mended = document_of(order, updated_at=LATER)
    mended["shipping_address"] |= {"address1": "12 Main Street", "zip": "07102"}
    floor.deliver(mended, topic="orders/updated")
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    assert (floor.hold(order), len(floor.labels(order))) == (None, 1)
    floor.books_agree()
