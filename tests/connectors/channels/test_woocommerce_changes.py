"""What WooCommerce is asked to change: orders cancelled and edited, refunds asked for, webhooks kept alive."""

import asyncio
from datetime import UTC, datetime

import pytest

from connectors.channels.woocommerce import WooCommerceChannel
from connectors.channels.woocommerce.settings import WooCommerceSettings
from connectors.errors import NotConfigured, Refused
from connectors.protocols import LineCancellation, RefundRequest, ShipmentReport
from orderflow.money import Money

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ADDRESS = "http://127.0.0.1:9/webhooks/woocommerce"
LINES = [{"sku": "A", "quantity": 3, "price": "10.00"}, {"sku": "B", "quantity": 1, "price": "5.00"}]


async def placed(stand, **more):
    await stand.place({"line_items": LINES, **more})
    return await newest(stand)


async def newest(stand):
    documents = [document async for document in stand.channel.changed_orders(LONG_AGO)]
    (order,) = stand.channel.to_orders("pull", documents[-1])
    return order


def test_an_order_is_cancelled_once(woocommerce):
    async def scenario():
        order = await placed(woocommerce)
        done = [await woocommerce.channel.cancel_order(order.external_id, "") for _ in range(2)]
        return done, (await newest(woocommerce)).cancelled_at

    done, cancelled_at = asyncio.run(scenario())
    assert done == [True, False]
    assert cancelled_at is not None


@pytest.mark.requirement("OMS-54", "OMS-56")
@pytest.mark.parametrize(
    ("remaining", "lines", "total"),
    [(1, [("A", 1), ("B", 1)], "$19.00"), (0, [("B", 1)], "$9.00"), (3, [("A", 3), ("B", 1)], "$39.00")],
)
def test_units_are_taken_out_of_an_order_and_its_total_is_exact(woocommerce, remaining, lines, total):
    async def scenario():
        order = await placed(woocommerce, shipping_total="4.00")
        cancellation = LineCancellation(order.external_id, "CANCEL-1", ((order.lines[0].line_id, remaining),))
        for _ in range(2):
            await woocommerce.channel.cancel_lines(cancellation)
        return await newest(woocommerce)

    order = asyncio.run(scenario())
    assert [(line.sku, line.quantity) for line in order.lines] == lines
    assert str(order.total) == total
    assert len(woocommerce.books("order_updates")) == (0 if remaining == 3 else 1)


@pytest.mark.requirement("OMS-54")
def test_units_that_were_sent_cannot_be_taken_out(woocommerce):
    async def scenario():
        order = await placed(woocommerce)
        line_id = order.lines[0].line_id
        await woocommerce.channel.report_shipment(
            ShipmentReport(order.external_id, "SHIP-1", "UPS", "1Z9", "", "", ((line_id, 2),))
        )
        await woocommerce.channel.cancel_lines(LineCancellation(order.external_id, "CANCEL-1", ((line_id, 1),)))

    with pytest.raises(Refused) as refusal:
        asyncio.run(scenario())
    assert refusal.value.code == "already_sent"


@pytest.mark.requirement("OMS-55", "OF-150")
def test_a_refund_is_asked_for_once_and_no_money_moves(woocommerce):
    async def scenario():
        order = await placed(woocommerce)
        request = RefundRequest(order.external_id, "REF-1", Money.of("20.00", "USD"), reason="two less")
        return [await woocommerce.channel.request_refund(request) for _ in range(2)]

    assert asyncio.run(scenario()) == ["REF-1", "REF-1"]
    (note,) = woocommerce.books("notes")
    assert (note["note"], note["customer_note"]) == ("Please refund $20.00 (two less) [REF-1]", False)
    assert not [request for request in woocommerce.requests if request.url.path.endswith("/refunds")]


def test_a_refund_whose_note_was_written_before_a_failure_is_not_asked_for_twice(woocommerce):
    async def scenario():
        order = await placed(woocommerce)
        request = RefundRequest(order.external_id, "REF-1", Money.of("20.00", "USD"))
        woocommerce.fail("update_order", "rate_limited")
        try:
            await woocommerce.channel.request_refund(request)
        finally:
            await woocommerce.channel.request_refund(request)

    with pytest.raises(Exception, match="slow down"):
        asyncio.run(scenario())
    assert len(woocommerce.books("notes")) == 1


def test_webhooks_the_shop_disabled_are_active_again(woocommerce):
    async def scenario():
        made = await woocommerce.channel.mend_subscriptions(ADDRESS)
        await woocommerce.place(*[{"line_items": LINES}] * 6, deliver_to=ADDRESS)
        alive = await woocommerce.channel.mend_subscriptions(ADDRESS)
        await woocommerce.place({"line_items": LINES}, deliver_to=ADDRESS)
        return made, alive, await woocommerce.channel.mend_subscriptions(ADDRESS)

    made, alive, mended = asyncio.run(scenario())
    assert (len(made.mended), alive.alive) == (3, 3)
    assert (mended.alive, len(mended.mended), len(woocommerce.books("webhooks"))) == (0, 3, 3)


def test_a_webhook_without_a_secret_is_never_made():
    keys = {"WOOCOMMERCE_CONSUMER_KEY": "ck", "WOOCOMMERCE_CONSUMER_SECRET": "cs"}
    channel = WooCommerceChannel(WooCommerceSettings.load({"WOOCOMMERCE_URL": "shop.example", **keys}))
    with pytest.raises(NotConfigured, match="WOOCOMMERCE_WEBHOOK_SECRET"):
        asyncio.run(channel.mend_subscriptions(ADDRESS))
