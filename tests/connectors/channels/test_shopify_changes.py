"""What Shopify is asked to change: orders cancelled and edited, refunds asked for, subscriptions kept alive."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from connectors.errors import Refused, TryAgain, Unreadable
from connectors.protocols import LineCancellation, RefundRequest, ShipmentReport
from orderflow.money import Money

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ADDRESS = "https://orders.example/webhooks/shopify"
LINES = [{"sku": "A", "quantity": 3, "price": "10.00"}, {"sku": "B", "quantity": 1, "price": "5.00"}]


async def placed(stand, **more):
    await stand.place({"line_items": LINES, **more})
    return await newest(stand)


async def newest(stand):
    documents = [document async for document in stand.channel.changed_orders(LONG_AGO)]
    (order,) = stand.channel.to_orders("pull", documents[-1])
    return order


def asked(stand, operation):
    bodies = [json.loads(request.content) for request in stand.requests]
    return [body["variables"] for body in bodies if body["operationName"] == operation]


def test_an_order_is_cancelled_once_and_gives_its_units_back(shopify):
    async def scenario():
        await shopify.stock(("1", "A", 10))
        order = await placed(shopify)
        done = [await shopify.channel.cancel_order(order.external_id, "changed their mind") for _ in range(2)]
        levels = await shopify.channel.stock_levels()
        return done, (await newest(shopify)).cancelled_at, [level.available for level in levels]

    done, cancelled_at, available = asyncio.run(scenario())
    assert (done, available, len(shopify.books("cancellations"))) == ([True, False], [10], 1)
    assert cancelled_at is not None


def test_an_order_nobody_knows_cannot_be_cancelled(shopify):
    with pytest.raises(Refused) as refusal:
        asyncio.run(shopify.channel.cancel_order("404", ""))
    assert refusal.value.code == "not_found"


@pytest.mark.requirement("OMS-54", "OMS-56")
def test_units_are_taken_out_of_an_order_and_its_total_is_exact(shopify):
    async def scenario():
        order = await placed(shopify)
        cancellation = LineCancellation(order.external_id, "CANCEL-1", ((order.lines[0].line_id, 1),), "two are enough")
        for _ in range(2):
            await shopify.channel.cancel_lines(cancellation)
        return await newest(shopify)

    order = asyncio.run(scenario())
    assert [(line.sku, line.quantity) for line in order.lines] == [("A", 1), ("B", 1)]
    assert str(order.total) == "$15.00"
    assert len(shopify.books("edits")) == 1


@pytest.mark.requirement("OMS-54")
def test_units_that_were_sent_cannot_be_taken_out(shopify):
    async def scenario():
        order = await placed(shopify)
        line_id = order.lines[0].line_id
        await shopify.channel.report_shipment(
            ShipmentReport(order.external_id, "SHIP-1", "UPS", "1Z9", "", "", ((line_id, 2),))
        )
        await shopify.channel.cancel_lines(LineCancellation(order.external_id, "CANCEL-1", ((line_id, 1),)))

    with pytest.raises(Refused) as refusal:
        asyncio.run(scenario())
    assert refusal.value.code == "already_sent"
    assert not shopify.books("edits")


@pytest.mark.requirement("OMS-55", "OF-150")
def test_a_refund_is_asked_for_once_with_its_amount_and_no_money_moves(shopify):
    async def scenario():
        order = await placed(shopify, tags="early")
        line_id = order.lines[0].line_id
        request = RefundRequest(order.external_id, "REF 1", Money.of("20.00", "USD"), ((line_id, 2),), "two less")
        return [await shopify.channel.request_refund(request) for _ in range(2)], await newest(shopify)

    references, order = asyncio.run(scenario())
    (told,) = shopify.books("metafields")
    assert json.loads(told["value"]) == {
        "amount": "20.00",
        "currency": "USD",
        "lines": {order.lines[0].line_id: 2},
        "reason": "two less",
        "suggested_amount": "20.00",
    }
    assert references == ["REF 1", "REF 1"]
    assert (order.tags, order.attributes) == (("early", "refund requested"), {})
    sent = [json.loads(request.content) for request in shopify.requests]
    assert not [body for body in sent if "refundCreate" in body["query"]]


def test_more_than_shopify_would_give_back_is_refused(shopify):
    async def scenario():
        order = await placed(shopify)
        await shopify.channel.request_refund(RefundRequest(order.external_id, "REF-1", Money.of("99.00", "USD")))

    with pytest.raises(Refused) as refusal:
        asyncio.run(scenario())
    assert (refusal.value.field, refusal.value.code) == ("amount", "more_than_refundable")


def test_subscriptions_shopify_deleted_are_made_again_and_others_left_alone(shopify):
    async def scenario():
        first = await shopify.channel.mend_subscriptions(ADDRESS)
        second = await shopify.channel.mend_subscriptions(ADDRESS)
        elsewhere = await shopify.channel.mend_subscriptions(f"{ADDRESS}/2")
        return first, second, elsewhere

    first, second, elsewhere = asyncio.run(scenario())
    assert (first.alive, len(first.mended)) == (0, 5)
    assert (second.alive, second.mended) == (5, ())
    assert len(elsewhere.mended) == 5


def test_the_customers_tags_are_asked_for_where_the_webhook_leaves_them_out(shopify):
    async def scenario():
        customer = {"id": 77, "first_name": "Ada", "tags": "VIP, early"}
        (delivery,) = await shopify.place({"line_items": LINES, "customer": customer})
        whole = await shopify.channel.completed("orders/create", json.loads(delivery["body"]))
        return shopify.channel.to_orders("orders/create", whole)

    (order,) = asyncio.run(scenario())
    assert (order.customer.tier, order.customer.tags) == ("VIP", ("VIP", "early"))


def test_the_customers_of_all_deliveries_are_asked_for_in_one_question(shopify):
    async def scenario():
        known = [{"id": number, "tags": f"number {number}"} for number in range(70, 75)]
        placed = await shopify.place(*[{"line_items": LINES, "customer": each} for each in (*known, known[0])])
        documents = [json.loads(delivery["body"]) for delivery in placed]
        documents.append({"id": 1, "customer": {"id": 404}})
        return await asyncio.gather(*(shopify.channel.completed("orders/create", each) for each in documents))

    completed = asyncio.run(scenario())
    assert [each["customer"]["tags"] for each in completed] == [
        *[[f"number {number}"] for number in (70, 71, 72, 73, 74, 70)],
        [],
    ]
    assert len(asked(shopify, "CustomerTags")) == 1


@pytest.mark.parametrize("customer", [None, {"id": 77, "tags": ""}, {"first_name": "Guest"}])
def test_nothing_is_asked_where_nothing_is_left_out(shopify, customer):
    document = {"id": 1, "customer": customer}
    assert asyncio.run(shopify.channel.completed("orders/create", document)) == document
    assert not shopify.requests


def test_a_shop_that_cannot_be_asked_for_tags_leaves_the_order_waiting(shopify):
    shopify.fail("CustomerTags", "error_inside", 3)
    with pytest.raises(TryAgain):
        asyncio.run(shopify.channel.completed("orders/create", {"id": 1, "customer": {"id": 77}}))
    assert asked(shopify, "CustomerTags")


@pytest.mark.parametrize("body", [b"[]", b'[{"id": 1}]', b'"text"', b"7", b"null"])
def test_a_genuine_delivery_that_is_no_object_is_unreadable(shopify, body):
    with pytest.raises(Unreadable, match="expected an object"):
        shopify.channel.notice({"x-shopify-topic": "orders/create"}, body)
