"""A WooCommerce shop over the wire: its orders pulled, its shipments written down, its stock kept honest."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from connectors.errors import OutcomeUnknown, Refused, TryAgain
from connectors.protocols import ShipmentReport
from orderflow.inventory import StockLevel
from orderflow.order import PaymentStatus

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def a_line(sku="A", quantity=2, **more):
    return {"sku": sku, "quantity": quantity, "price": "10.00", **more}


async def pulled(stand, since=LONG_AGO):
    documents = [document async for document in stand.channel.changed_orders(since)]
    return [order for document in documents for order in stand.channel.to_orders("pull", document)]


async def one_order(stand, *lines, **more):
    await stand.place({"line_items": list(lines or [a_line()]), **more})
    return (await pulled(stand))[-1]


def report_of(order, units=None, *, reference="SHIP-1", **more):
    lines = units or tuple((line.line_id, line.quantity) for line in order.lines)
    return ShipmentReport(
        order_external_id=order.external_id,
        shipment_reference=reference,
        carrier="UPS",
        tracking_number="1Z999",
        tracking_url="https://track.example/1Z999",
        location_id="warehouse_la",
        lines=lines,
        **more,
    )


def writes(stand):
    return [
        (request.method, request.url.path.split("/v3/")[1]) for request in stand.requests if request.method != "GET"
    ]


@pytest.mark.requirement("OF-04", "FUL-05")
def test_the_pull_and_the_webhook_tell_the_same_story_of_an_order(woocommerce):
    address = {"first_name": "Ada", "last_name": "Byron", "address_1": "1 Main St", "city": "Austin", "state": "TX"}
    document = {
        "date_created_gmt": "2026-11-21T20:00:43",
        "billing": {**address, "email": "ada@example.com", "phone": "5125550100"},
        "shipping": {**address, "postcode": "78701", "country": "US"},
        "line_items": [a_line(meta_data=[{"key": "size", "value": "S", "display_key": "Size", "display_value": "S"}])],
        "shipping_lines": [{"method_title": "Flat"}],
        "shipping_total": "5.00",
        "meta_data": [{"key": "_gift", "value": "yes"}, {"key": "customer_tags", "value": "VIP, wholesale"}],
    }

    async def both_ways():
        (delivery,) = await woocommerce.place(document)
        headers = {name.lower(): text for name, text in delivery["headers"].items()}
        woocommerce.channel.verify(headers, delivery["body"].encode())
        notice = woocommerce.channel.notice(headers, delivery["body"].encode())
        return woocommerce.channel.to_orders(notice.topic, json.loads(delivery["body"])), await pulled(woocommerce)

    (from_webhook,), (order,) = asyncio.run(both_ways())
    assert from_webhook == order
    assert order.placed_at == datetime(2026, 11, 21, 20, 0, 43, tzinfo=UTC)
    assert (str(order.total), str(order.shipping_paid), order.shipping_method) == ("$25.00", "$5.00", "Flat")
    assert (order.destination.line1, order.destination.region, order.destination.postal_code) == (
        "1 Main St",
        "TX",
        "78701",
    )
    assert (order.customer.tier, order.customer.customer_type, order.gift) == ("VIP", "b2b", True)
    assert (order.lines[0].attributes, order.customer.email) == ({"Size": "S"}, "ada@example.com")


@pytest.mark.parametrize(
    ("document", "payment", "cancelled"),
    [
        ({"status": "processing"}, PaymentStatus.PAID, False),
        ({"status": "pending"}, PaymentStatus.PENDING, False),
        ({"status": "on-hold"}, PaymentStatus.PENDING, False),
        ({"status": "failed"}, PaymentStatus.FAILED, False),
        ({"status": "refunded"}, PaymentStatus.REFUNDED, False),
        ({"status": "cancelled"}, PaymentStatus.PENDING, True),
        ({"status": "being-engraved", "date_paid_gmt": "2026-11-21T20:00:43"}, PaymentStatus.PAID, False),
        ({"status": "processing", "refunds": [{"total": "-5.00"}]}, PaymentStatus.PARTIALLY_REFUNDED, False),
    ],
)
def test_the_status_says_whether_it_is_paid_and_whether_it_is_cancelled(woocommerce, document, payment, cancelled):
    order = asyncio.run(one_order(woocommerce, **document))
    assert (order.payment_status, bool(order.cancelled_at)) == (payment, cancelled)


def test_a_refund_lowers_the_total_and_discounts_do_not_lower_the_unit_price(woocommerce):
    line = a_line(quantity=3, subtotal="30.00", total="24.00", price=8.0)
    order = asyncio.run(one_order(woocommerce, line, total="24.00", refunds=[{"total": "-4.00"}]))
    assert (str(order.total), str(order.lines[0].unit_price)) == ("$20.00", "$10.00")


@pytest.mark.parametrize("topic", ["order.deleted", "product.updated", "customer.created"])
def test_a_topic_without_order_gives_none(woocommerce, topic):
    assert woocommerce.channel.to_orders(topic, {"id": 38}) == ()


def test_an_unfinished_cart_is_no_order_yet(woocommerce):
    assert asyncio.run(_pulled_after(woocommerce, status="checkout-draft")) == []


async def _pulled_after(stand, **more):
    await stand.place({"line_items": [a_line()], **more})
    return await pulled(stand)


def test_every_changed_order_comes_once_over_several_pages(woocommerce):
    stamps = [f"2026-11-21T20:{number // 60:02}:{number % 60:02}" for number in range(230)]

    async def scenario():
        orders = [{"line_items": [a_line()], "date_created_gmt": stamp, "date_modified_gmt": stamp} for stamp in stamps]
        await woocommerce.place(*orders)
        return await pulled(woocommerce, datetime(2026, 11, 21, 20, 0, 10, tzinfo=UTC))

    orders = asyncio.run(scenario())
    changed = [order.updated_at.replace(tzinfo=None).isoformat() for order in orders]
    assert changed == stamps[10:]


def test_many_changes_of_one_second_are_all_seen(woocommerce):
    async def scenario():
        same = "2026-11-21T20:00:00"
        orders = [{"line_items": [a_line()], "date_created_gmt": same, "date_modified_gmt": same} for _ in range(250)]
        await woocommerce.place(*orders)
        return await pulled(woocommerce)

    assert len({order.external_id for order in asyncio.run(scenario())}) == 250


def test_an_order_that_changes_while_we_read_makes_us_miss_no_other(woocommerce):
    stamps = [f"2026-11-21T20:{number // 60:02}:{number % 60:02}" for number in range(230)]

    async def scenario():
        orders = [{"line_items": [a_line()], "date_created_gmt": stamp, "date_modified_gmt": stamp} for stamp in stamps]
        await woocommerce.place(*orders)
        seen = []
        async for document in woocommerce.channel.changed_orders(LONG_AGO):
            seen.append(document["id"])
            if len(seen) == 50:
                moved = {"id": seen[0], "line_items": [a_line()], "date_created_gmt": "2026-11-22T00:00:00"}
                await woocommerce.place({**moved, "date_modified_gmt": "2026-11-22T00:00:00"})
        return seen

    seen = asyncio.run(scenario())
    assert len(set(seen)) == 230
    assert seen[0] == seen[-1]


def test_a_shipment_is_written_into_the_order_and_completes_it(woocommerce):
    async def scenario():
        order = await one_order(woocommerce)
        assert await woocommerce.channel.report_shipment(report_of(order)) == "SHIP-1"
        return (await pulled(woocommerce))[0]

    order = asyncio.run(scenario())
    assert order.fulfilled
    assert order.attributes == {}  # what we wrote ourselves is no attribute of the order
    (note,) = woocommerce.books("notes")
    assert note["note"] == "Shipped with UPS, tracking number 1Z999 https://track.example/1Z999 [SHIP-1]"
    assert note["customer_note"] is False


def test_the_customer_is_mailed_by_the_shop_only_if_we_say_so(woocommerce):
    async def scenario():
        report = report_of(await one_order(woocommerce), notify_customer=True)
        await woocommerce.channel.report_shipment(report)

    asyncio.run(scenario())
    assert woocommerce.books("notes")[0]["customer_note"] is True


def test_an_order_is_completed_when_its_last_unit_was_shipped(woocommerce):
    async def scenario():
        order = await one_order(woocommerce, a_line(quantity=3))
        (line,), states = order.lines, []
        for number, units in enumerate((2, 1)):
            report = report_of(order, ((line.line_id, units),), reference=f"SHIP-{number}")
            await woocommerce.channel.report_shipment(report)
            states.append((await pulled(woocommerce))[0].fulfilled)
        return states

    assert asyncio.run(scenario()) == [False, True]


def test_a_shipment_reported_twice_changes_nothing_the_second_time(woocommerce):
    async def scenario():
        report = report_of(await one_order(woocommerce))
        first = await woocommerce.channel.report_shipment(report)
        told = len(writes(woocommerce))
        return first, await woocommerce.channel.report_shipment(report), len(writes(woocommerce)) - told

    assert asyncio.run(scenario()) == ("SHIP-1", "SHIP-1", 0)


@pytest.mark.parametrize("operation", ["add_note", "update_order"])
@pytest.mark.parametrize("mode", ["error_500", "error_500_done"])
def test_after_an_unknown_outcome_the_repeat_tells_what_is_missing_and_nothing_twice(woocommerce, operation, mode):
    woocommerce.fail(operation, mode)

    async def scenario():
        report = report_of(await one_order(woocommerce))
        with pytest.raises(OutcomeUnknown):
            await woocommerce.channel.report_shipment(report)
        await woocommerce.channel.report_shipment(report)
        return (await pulled(woocommerce))[0]

    assert asyncio.run(scenario()).fulfilled
    assert len(woocommerce.books("notes")) == 1
    shipments = [row for row in woocommerce.books("order_updates") if "meta_data" in row["changes"]]
    assert len(shipments) == 1


def test_more_units_than_the_order_has_left_are_refused_and_nothing_is_told(woocommerce):
    async def scenario():
        order = await one_order(woocommerce)
        await woocommerce.channel.report_shipment(report_of(order, ((order.lines[0].line_id, 3),)))

    with pytest.raises(Refused) as refusal:
        asyncio.run(scenario())
    assert refusal.value.code == "more_than_remaining"
    assert not writes(woocommerce)


@pytest.mark.requirement("OF-161")
def test_the_shop_learns_neither_our_locations_nor_what_each_of_them_holds(woocommerce):
    async def scenario():
        await woocommerce.products({"sku": "A", "stock_quantity": 50})
        await woocommerce.channel.report_shipment(report_of(await one_order(woocommerce)))
        levels = [StockLevel(location=f"warehouse_{place}", sku="A", on_hand=4) for place in ("la", "central")]
        await woocommerce.channel.set_available(levels, key="sync-1")

    asyncio.run(scenario())
    sent = b"".join(request.content for request in woocommerce.requests)
    assert b"warehouse" not in sent
    assert [(row["sku"], row["stock_quantity"]) for row in woocommerce.books("stock_sets")] == [("A", 8)]


@pytest.mark.requirement("OF-41")
def test_stock_is_read_of_every_product_and_variation_that_is_counted(woocommerce):
    async def scenario():
        await woocommerce.products(
            {"sku": "A", "stock_quantity": 5},
            {"sku": "NOT-COUNTED", "manage_stock": False, "stock_quantity": None},
            {"sku": "", "stock_quantity": 3},
            {
                "sku": "SHIRT",
                "manage_stock": False,
                "variations": [
                    {"sku": "SHIRT-S", "stock_quantity": 3},
                    {"sku": "SHIRT-L", "manage_stock": "parent", "stock_quantity": 9},
                ],
            },
            *({"sku": f"P-{number}", "stock_quantity": number} for number in range(120)),
        )
        return await woocommerce.channel.stock_levels()

    levels = asyncio.run(scenario())
    counted = {level.sku: level.on_hand for level in levels}
    assert counted == {"A": 5, "SHIRT-S": 3, **{f"P-{number}": number for number in range(120)}}
    assert {level.location for level in levels} == {""}


@pytest.mark.requirement("OMS-20")
def test_the_locations_of_the_atum_plugin_are_read_in_their_order_of_priority(woocommerce):
    async def scenario():
        inventories = [
            {"location": 31, "stock_quantity": 4, "priority": 2},
            {"location": 30, "stock_quantity": 7, "priority": 1},
            {"location": 31, "stock_quantity": 1, "priority": 3},
            {"stock_quantity": 100, "priority": 0},
        ]
        await woocommerce.products({"sku": "A", "stock_quantity": 112, "inventories": inventories})
        return await woocommerce.channel.stock_levels()

    assert [(level.location, level.on_hand) for level in asyncio.run(scenario())] == [("30", 7), ("31", 5)]


def level(sku, available):
    return StockLevel(location="warehouse_la", sku=sku, on_hand=available)


def test_products_and_variations_are_set_in_batches_and_only_where_they_differ(woocommerce):
    async def scenario():
        await woocommerce.products(
            {"sku": "A", "stock_quantity": 5},
            {"sku": "SAME", "stock_quantity": 8},
            {"sku": "SHIRT", "manage_stock": False, "variations": [{"sku": "SHIRT-S", "stock_quantity": 3}]},
        )
        levels = [level("A", 1), level("SAME", 8), level("SHIRT-S", 2), level("UNKNOWN", 4), level("SHIRT", 4)]
        return await woocommerce.channel.set_available(levels, key="sync-1")

    assert asyncio.run(scenario()) == 3
    assert [(row["sku"], row["stock_quantity"]) for row in woocommerce.books("stock_sets")] == [
        ("A", 1),
        ("SHIRT-S", 2),
    ]
    assert len(writes(woocommerce)) == 2


def test_an_item_of_a_batch_that_failed_is_not_accepted_although_the_answer_is_200(woocommerce):
    woocommerce.fail("batch_products", "error_inside")

    async def scenario():
        await woocommerce.products({"sku": "A", "stock_quantity": 5}, {"sku": "B", "stock_quantity": 5})
        return await woocommerce.channel.set_available([level("A", 1), level("B", 1)], key="sync-1")

    assert asyncio.run(scenario()) == 1
    assert [row["sku"] for row in woocommerce.books("stock_sets")] == ["B"]


@pytest.mark.requirement("LANE-17")
def test_too_many_requests_wait_as_long_as_the_shop_says(woocommerce):
    woocommerce.fail("update_order", "rate_limited", seconds=17)

    async def scenario():
        await woocommerce.channel.report_shipment(report_of(await one_order(woocommerce)))

    with pytest.raises(TryAgain) as refusal:
        asyncio.run(scenario())
    assert refusal.value.wait_seconds == 17


def test_a_refusal_names_the_field_and_wrong_keys_are_said_to_be_the_credentials(woocommerce):
    async def refused(**parameters):
        with pytest.raises(Refused) as refusal:
            await woocommerce.channel._rest.get("orders", **parameters)
        return refusal.value.code, refusal.value.field

    assert asyncio.run(refused(per_page=101)) == ("rest_invalid_param", "per_page")
    woocommerce.channel._http._sender.auth = None
    assert asyncio.run(refused()) == ("credentials", "")
