"""A customer whose items are not there is told, and waits or cancels by a link; what is cancelled is asked back."""

import json
import re

import httpx
import pytest
from fastapi import FastAPI
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order, document_of
from shop_floor import place

from connectors.choice_links import Choice, choice_link, choice_of
from connectors.database import rulings, stock
from deployments.demo.orders import DemoOrder
from deployments.demo.story import demo_configuration
from deployments.home import Home
from deployments.receiver.app import create_receiver
from deployments.receiver.choices import choices
from tasks.approving.presses import carry_out_presses
from tasks.refilling.cancel import NothingToCancel, Wish, cancel_waiting
from tasks.refilling.refill import refill_backorders
from tasks.sync import sync_shipments
from tasks.telling.notify import notify_people

LAMP = "LAMP-LED"


@pytest.fixture
def half(opener: Opener) -> tuple[ShopFloor, DemoOrder]:
    """A shop with three lamps, and an order for five: three are sent."""
    floor = opener()
    floor.stock(0)
    order = an_order((LAMP, 5))
    with floor.database.write() as conn:
        stock.adjust(conn, next(iter(floor.shop.locations)), LAMP, "", 3, "count")
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "partially_fulfilled"
    return floor, order


def page(floor: ShopFloor, method: str, link: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(choices(floor.database, floor.shop.vault))
    return floor.run(ask(app, method, link))


async def ask(app: FastAPI, method: str, link: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        return await client.request(method, link)


def links(floor: ShopFloor, order: DemoOrder) -> list[str]:
    floor.work(notify_people)
    mails = [json.dumps(mail) for mail in floor.books("sendgrid", "mails")]
    mine = next(mail for mail in mails if "choices" in mail and str(order.number) in mail)
    found = dict.fromkeys(re.findall(r"/choices/[A-Za-z0-9_=-]+", mine))
    return sorted(found, key=lambda link: choice_of(floor.shop.vault, link.rpartition("/")[2]).answer)


def answered(floor: ShopFloor, link: str) -> dict[str, int]:
    assert page(floor, "POST", link).status_code == 200
    return floor.run(carry_out_presses.fn(floor.shop))


@pytest.mark.requirement("OMS-46", "OMS-50")
def test_the_notice_has_a_link_to_wait_and_the_answer_is_on_the_timeline(half: tuple[ShopFloor, DemoOrder]) -> None:
    floor, order = half
    _, wait = links(floor, order)
    assert "I will wait" in page(floor, "GET", wait).text
    assert floor.timeline(order)[-1].kind != "backorder_answer", "looking at the link is no answer"
    assert answered(floor, wait) == {"done": 1}
    event = floor.timeline(order)[-1]
    assert (event.kind, event.actor, event.note) == ("backorder_answer", "customer", "the customer waits")
    with floor.database.write() as conn:
        stock.adjust(conn, next(iter(floor.shop.locations)), LAMP, "", 2, "purchase order")
    floor.do(refill_backorders)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    floor.books_agree()


@pytest.mark.requirement("OMS-50", "OMS-54", "OMS-55", "OMS-56")
def test_the_link_to_cancel_ends_the_wait_and_the_channel_is_asked_to_refund(
    half: tuple[ShopFloor, DemoOrder],
) -> None:
    floor, order = half
    total = floor.stored(order).order.total
    cancel, _ = links(floor, order)
    assert answered(floor, cancel) == {"done": 1}
    assert floor.status(order) == "fulfilled"
    event = next(event for event in floor.timeline(order) if event.kind == "lines_cancelled")
    assert event.data["units"] == {"1": 2} and event.actor == "customer"
    assert event.data["refund_minor"] + event.data["new_total_minor"] == total.minor
    (removal,) = floor.outbox(kind="line_cancellation")
    (refund,) = floor.outbox(kind="refund_request")
    assert json.loads(removal["payload"])["lines"][0][1] == 3, "three remain"
    assert json.loads(refund["payload"])["minor"] == event.data["refund_minor"]
    assert answered(floor, cancel) == {}, "an answer counts once"
    floor.books_agree()


@pytest.mark.requirement("OMS-55")
def test_the_channel_takes_the_units_out_and_keeps_the_request_for_the_refund(
    half: tuple[ShopFloor, DemoOrder],
) -> None:
    floor, order = half
    place(floor.sandbox, order)
    wish = Wish("user:kim", "cannot be had any more")
    floor.by_hand(order, lambda stored: cancel_waiting(floor.shop, "person-1", stored, wish).refund.currency)
    floor.do(sync_shipments)
    told = {row["kind"]: row["state"] for row in floor.outbox(stage="sync")}
    assert told["line_cancellation"] == "sent" and told["refund_request"] == "sent", floor.outbox(stage="sync")


def test_the_edit_the_channel_sends_back_changes_nothing_more(half: tuple[ShopFloor, DemoOrder]) -> None:
    floor, order = half
    wish = Wish("user:kim", "cannot be had any more")
    floor.by_hand(order, lambda stored: cancel_waiting(floor.shop, "person-1", stored, wish).refund.currency)
    document = document_of(order, updated_at="2026-03-09T10:00:00Z")
    document["line_items"][0]["current_quantity"] = 3
    floor.deliver(document, topic="orders/updated")
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled" and floor.hold(order) is None
    assert len(floor.labels(order)) == 1
    floor.books_agree()


@pytest.mark.requirement("OMS-54")
def test_what_is_picked_or_sent_cannot_be_cancelled_and_the_rest_can(half: tuple[ShopFloor, DemoOrder]) -> None:
    floor, order = half
    wish = Wish("user:kim", "changed their mind")
    with floor.database.write() as conn:
        stock.adjust(conn, next(iter(floor.shop.locations)), LAMP, "", 2, "purchase order")
    floor.do(refill_backorders)
    with pytest.raises(NothingToCancel, match="picked or sent"):
        floor.by_hand(order, lambda stored: str(cancel_waiting(floor.shop, "person-1", stored, wish)))
    with pytest.raises(NothingToCancel, match="line 7"):
        seventh = Wish("user:kim", "no", (7,))
        floor.by_hand(order, lambda stored: str(cancel_waiting(floor.shop, "person-1", stored, seventh)))


def test_an_order_of_which_nothing_was_sent_is_cancelled_whole(opener: Opener) -> None:
    floor = opener()
    floor.stock(0)
    order = an_order((LAMP, 2))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    cancel, _ = links(floor, order)
    answered(floor, cancel)
    assert floor.status(order) == "cancelled"
    floor.books_agree()


@pytest.mark.requirement("OMS-29", "OMS-30", "OMS-24")
@pytest.mark.parametrize(
    ("shops", "own", "told"),
    [
        ("allow_notify", None, True),
        ("allow_silent", None, False),
        ("allow_silent", "allow_notify", True),
        ("allow_notify", "allow_silent", False),
        ("do_not_allow", "allow_notify", True),
    ],
)
def test_the_customer_is_told_as_the_product_or_the_shop_says(
    opener: Opener, shops: str, own: str | None, told: bool
) -> None:
    products = [
        product | ({"backorders": own} if own and product["sku"] == LAMP else {})
        for product in demo_configuration("configuration")["products"]
    ]
    floor = opener(routing={"backorders": shops}, products=products)
    floor.stock(0)
    order = an_order((LAMP, 1))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert bool(floor.outbox(kind="backordered")) is told
    assert floor.status(order) == "awaiting_fulfillment"


def test_a_link_nobody_made_or_changed_is_no_answer(floor: ShopFloor) -> None:
    order = an_order()
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    link = choice_link(floor.shop.vault, "", Choice(floor.stored(order).id, "cancel"))
    changed = link[:-6] + ("AAAAAA" if not link.endswith("AAAAAA") else "BBBBBB")
    sealed_for_something_else = "/choices/" + floor.shop.vault.seal(b"label/1/cancel").decode()
    unknown = choice_link(floor.shop.vault, "", Choice("nobody", "cancel"))
    for wrong in (changed, "/choices/x", sealed_for_something_else, unknown):
        assert [page(floor, method, wrong).status_code for method in ("GET", "POST")] == [404, 404]
    with floor.database.read() as conn:
        assert rulings.new_presses(conn) == []
    assert answered(floor, link) == {"refused": 1}, "nothing of it waits"


def test_the_receiver_serves_the_pages(floor: ShopFloor) -> None:
    receiver = create_receiver(Home(home=floor.shop.folders.labels.parent))
    answer = floor.run(ask(receiver, "GET", "/choices/x"))
    assert (answer.status_code, "not one of ours" in answer.text) == (404, True)
