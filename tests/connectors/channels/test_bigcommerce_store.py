"""BigCommerce, talking to its stand-in: orders made whole, shipments once, stock by difference, webhooks kept alive."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.errors import Refused, TryAgain, Unreadable
from connectors.protocols import RefundRequest, ShipmentReport
from orderflow.inventory import StockLevel
from orderflow.money import Money
from orderflow.order import Order, PaymentStatus

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ADDRESS = "https://orders.example/webhooks/bigcommerce"
ORDER: dict[str, Any] = {
    "line_items": [{"sku": "BOOT", "quantity": 2, "price": "30.00"}],
    "shipping_addresses": [{"first_name": "Ada", "street_1": "1 Main St", "city": "Austin", "state": "Texas"}],
}  # fmt: skip


def run(work):
    return asyncio.run(work)


async def taken_in(stand, delivery: dict[str, Any]) -> tuple[Order, ...]:
    headers = {name.lower(): text for name, text in delivery["headers"].items()}
    body = delivery["body"].encode()
    stand.channel.verify(headers, body)
    topic = stand.channel.notice(headers, body).topic
    return stand.channel.to_orders(topic, await stand.channel.completed(topic, json.loads(body)))


async def only_order(stand, *placed: dict[str, Any], **placement: Any) -> Order:
    (delivery,) = await stand.place(*placed, **placement)
    (order,) = await taken_in(stand, delivery)
    return order


def report(order: Order, reference: str = "SHIP-1", units: int = 2, **changes: Any) -> ShipmentReport:
    told = {"carrier": "UPS", "tracking_number": "1Z999", "tracking_url": "https://track.example/1Z999", **changes}
    lines = ((order.lines[0].line_id, units),)
    return ShipmentReport(order.external_id, reference, location_id="", lines=lines, **told)


@pytest.mark.requirement("OF-05")
def test_a_webhook_that_holds_ids_only_becomes_the_whole_order(bigcommerce):
    order = run(only_order(bigcommerce, ORDER))
    assert [(line.sku, line.quantity, str(line.unit_price)) for line in order.lines] == [("BOOT", 2, "$30.00")]
    assert (order.destination.line1, order.destination.region, order.destination.country) == ("1 Main St", "TX", "US")
    assert (order.is_paid, str(order.total)) == (True, "$60.00")


@pytest.mark.requirement("OF-05")
def test_the_pull_brings_the_same_order_as_the_webhook(bigcommerce):
    async def both():
        told = await only_order(bigcommerce, ORDER)
        pulled = [document async for document in bigcommerce.channel.changed_orders(LONG_AGO)]
        return told, bigcommerce.channel.to_orders("pull", pulled[0])

    told, pulled = run(both())
    assert (told,) == pulled


def test_an_order_deleted_before_it_could_be_asked_for_is_none(bigcommerce):
    body = {"scope": "store/order/created", "data": {"type": "order", "id": 999}}
    completed = run(bigcommerce.channel.completed("store/order/created", body))
    assert bigcommerce.channel.to_orders("store/order/created", completed) == ()


def test_a_store_that_cannot_be_asked_leaves_the_webhook_waiting(bigcommerce):
    async def asked():
        (delivery,) = await bigcommerce.place(ORDER)
        bigcommerce.fail("get_order", "rate_limited", 3, seconds=0)
        await taken_in(bigcommerce, delivery)

    with pytest.raises(TryAgain):
        run(asked())


@pytest.mark.parametrize(
    ("status_id", "payment", "expected", "cancelled"),
    [
        (11, "", PaymentStatus.PAID, False),
        (7, "", PaymentStatus.PENDING, False),
        (7, "captured", PaymentStatus.PAID, False),
        (11, "authorized", PaymentStatus.AUTHORIZED, False),
        (12, "", PaymentStatus.PENDING, False),
        (4, "captured", PaymentStatus.REFUNDED, False),
        (14, "captured", PaymentStatus.PARTIALLY_REFUNDED, False),
        (5, "", PaymentStatus.PAID, True),
        (6, "declined", PaymentStatus.FAILED, True),
    ],
)
def test_status_and_payment_are_told_as_ours(bigcommerce, status_id, payment, expected, cancelled):
    order = run(only_order(bigcommerce, {**ORDER, "status_id": status_id, "payment_status": payment}))
    assert (order.payment_status, order.cancelled_at is not None) == (expected, cancelled)


def test_an_unfinished_cart_is_no_order(bigcommerce):
    async def cart():
        (delivery,) = await bigcommerce.place({**ORDER, "status_id": 0})
        return await taken_in(bigcommerce, delivery)

    assert run(cart()) == ()


def test_an_order_to_two_addresses_is_for_a_person(bigcommerce):
    with pytest.raises(Unreadable, match="split in the shop") as refusal:
        run(only_order(bigcommerce, {**ORDER, "shipping_addresses": [{"city": "A"}, {"city": "B"}]}))
    assert refusal.value.field == "shipping_addresses"


@pytest.mark.requirement("OMS-31")
def test_a_pre_order_says_so(bigcommerce):
    async def ordered():
        await bigcommerce.know(
            products=[
                {"id": 7, "availability": "preorder", "preorder_release_date": "2026-12-24"},
                {"id": 8, "availability": "available"},
            ]
        )
        lines = [{"sku": sku, "product_id": number, "price": "1.00"} for sku, number in (("NEW", 7), ("OLD", 8))]
        return await only_order(bigcommerce, {"line_items": lines})

    order = run(ordered())
    new, old = order.lines
    assert new.attributes == {"preorder": "true", "preorder_release_date": "2026-12-24"}
    assert (old.attributes, order.tags) == ({}, ("preorder",))


@pytest.mark.parametrize(("group", "tier", "kind"), [("VIP", "VIP", "consumer"), ("Wholesale", "standard", "b2b")])
def test_the_customers_group_is_their_tier_or_type(bigcommerce, group, tier, kind):
    async def ordered():
        await bigcommerce.know(customers=[{"id": 3, "customer_group_id": 9}], groups=[{"id": 9, "name": group}])
        return await only_order(bigcommerce, {**ORDER, "customer_id": 3})

    customer = run(ordered()).customer
    assert (customer.tier, customer.customer_type, customer.tags) == (tier, kind, (group,))


def test_all_changed_orders_are_pulled_page_by_page(bigcommerce, monkeypatch):
    monkeypatch.setattr("connectors.channels.bigcommerce.rest.PER_PAGE", 2)

    async def pulled():
        days = [f"Tue, {day} Nov 2026 10:00:00 +0000" for day in (17, 17, 17, 18, 19)]
        await bigcommerce.place(*({**ORDER, "date_created": day} for day in days))
        return [document["id"] async for document in bigcommerce.channel.changed_orders(LONG_AGO)]

    found = run(pulled())
    assert len(found) == len(set(found)) == 5


def test_a_shipment_is_made_once_and_names_the_orders_own_lines(bigcommerce):
    async def shipped():
        order = await only_order(bigcommerce, ORDER)
        first = await bigcommerce.channel.report_shipment(report(order))
        return first, await bigcommerce.channel.report_shipment(report(order)), order

    first, second, order = run(shipped())
    (made,) = bigcommerce.books("shipments")
    assert first == second == str(made["id"])
    assert made["items"] == [{"order_product_id": int(order.lines[0].line_id), "quantity": 2}]
    assert (made["tracking_carrier"], made["tracking_number"]) == ("ups", "1Z999")


@pytest.mark.requirement("OMS-18")
def test_two_parcels_of_one_order_are_two_shipments_and_then_nothing_is_left(bigcommerce):
    async def shipped():
        order = await only_order(bigcommerce, ORDER)
        for reference in ("SHIP-1", "SHIP-2"):
            await bigcommerce.channel.report_shipment(report(order, reference, units=1))
        with pytest.raises(Refused) as refusal:
            await bigcommerce.channel.report_shipment(report(order, "SHIP-3", units=1))
        return refusal.value

    refusal = run(shipped())
    assert (len(bigcommerce.books("shipments")), refusal.code) == (2, "more_than_remaining")


def test_a_tracking_number_longer_than_bigcommerce_takes_is_refused_by_name(bigcommerce):
    with pytest.raises(Refused) as refusal:
        run(bigcommerce.channel.report_shipment(report(run(only_order(bigcommerce, ORDER)), tracking_number="9" * 51)))
    assert refusal.value.field == "tracking_number"


@pytest.mark.requirement("OMS-22", "OMS-13")
def test_locations_and_the_levels_of_each_product_are_read(bigcommerce):
    async def read():
        await bigcommerce.stock(("1", "BOOT", 10), ("2", "BOOT", 3), ("2", "SOCK", 7))
        return await bigcommerce.channel.locations(), await bigcommerce.channel.stock_levels()

    places, levels = run(read())
    assert [place.id for place in places] == ["1", "2"]
    counted = {(level.location, level.sku): level.on_hand for level in levels}
    assert counted == {("1", "BOOT"): 10, ("2", "BOOT"): 3, ("2", "SOCK"): 7}


def available(location: str, sku: str, units: int) -> StockLevel:
    return StockLevel(location=location, sku=sku, on_hand=units)


async def set_and_read(stand, *levels: StockLevel) -> tuple[int, dict[tuple[str, str], int]]:
    accepted = await stand.channel.set_available(levels, key="k")
    return accepted, {(each.location, each.sku): each.on_hand for each in await stand.channel.stock_levels()}


def test_availability_is_set_per_location_and_a_repeat_changes_nothing(bigcommerce):
    async def set_twice():
        await bigcommerce.stock(("1", "BOOT", 10), ("2", "BOOT", 3))
        wanted = (available("1", "BOOT", 6), available("2", "BOOT", 5))
        return await set_and_read(bigcommerce, *wanted), await set_and_read(bigcommerce, *wanted)

    first, second = run(set_twice())
    assert first == second == (2, {("1", "BOOT"): 6, ("2", "BOOT"): 5})
    assert len(bigcommerce.books("adjustments")) == 1


def test_a_unit_sold_between_reading_and_setting_stays_sold(bigcommerce):
    """The stand-in is asked for its levels, sells one, and only then hears the adjustment."""

    async def sold_meanwhile():
        await bigcommerce.stock(("1", "BOOT", 10))
        send = bigcommerce.channel._rest.send

        async def sell_first(method, path, content):
            await bigcommerce.place({"line_items": [{"sku": "BOOT", "quantity": 1, "price": "1.00"}]})
            return await send(method, path, content)

        bigcommerce.channel._rest.send = sell_first
        return await set_and_read(bigcommerce, available("1", "BOOT", 6))

    assert run(sold_meanwhile()) == (1, {("1", "BOOT"): 5})


def test_a_location_that_has_no_level_yet_is_given_one(bigcommerce):
    async def set_new():
        await bigcommerce.stock(("1", "BOOT", 10), ("2", "SOCK", 1))
        return await set_and_read(bigcommerce, available("2", "BOOT", 4))

    assert run(set_new()) == (1, {("1", "BOOT"): 10, ("2", "BOOT"): 4, ("2", "SOCK"): 1})


def test_what_the_store_does_not_know_is_not_accepted_and_keeps_nothing_back(bigcommerce):
    async def set_both():
        await bigcommerce.stock(("1", "BOOT", 10))
        return await set_and_read(bigcommerce, available("1", "NOBODY", 1), available("1", "BOOT", 4))

    assert run(set_both()) == (1, {("1", "BOOT"): 4})


def test_webhooks_are_made_switched_on_again_and_left_alone(bigcommerce):
    async def mended():
        made = await bigcommerce.channel.mend_subscriptions(ADDRESS)
        alive = await bigcommerce.channel.mend_subscriptions(ADDRESS)
        one = bigcommerce.books("hooks")[0]
        await bigcommerce.channel._rest.send("PUT", f"v3/hooks/{one['id']}", {"is_active": False})
        return made, alive, await bigcommerce.channel.mend_subscriptions(ADDRESS), one["scope"]

    made, alive, switched_on, scope = run(mended())
    assert (len(made.mended), alive.alive, alive.mended) == (3, 3, ())
    assert (switched_on.alive, switched_on.mended) == (2, (scope,))
    assert len(bigcommerce.books("hooks")) == 3


def test_a_refund_is_asked_for_once_and_no_money_moves(bigcommerce):
    async def asked():
        order = await only_order(bigcommerce, ORDER)
        request = RefundRequest(order.external_id, "REF-1", Money.of("30.00", "USD"), reason="one pair less")
        return [await bigcommerce.channel.request_refund(request) for _ in range(2)]

    assert run(asked()) == ["REF-1", "REF-1"]
    (update,) = bigcommerce.books("order_updates")
    assert update["changes"] == {"staff_notes": "Please refund $30.00 (one pair less) [REF-1]"}


def test_an_order_is_cancelled_once(bigcommerce):
    async def cancelled():
        order = await only_order(bigcommerce, ORDER)
        return [await bigcommerce.channel.cancel_order(order.external_id, "asked") for _ in range(2)]

    assert run(cancelled()) == [True, False]


def test_every_answer_tells_the_budget_and_an_empty_one_makes_us_wait(bigcommerce, monkeypatch):
    waited = []

    async def no_sleep(seconds):
        waited.append(seconds)

    monkeypatch.setattr("connectors.channels.bigcommerce.rest.PER_PAGE", 1)
    monkeypatch.setattr("connectors.channels.bigcommerce.rest.REQUESTS_LEFT_TO_OTHERS", 149)
    monkeypatch.setattr("connectors.channels.bigcommerce.rest.asyncio.sleep", no_sleep)

    async def read():
        await bigcommerce.stock(("1", "A", 1), ("1", "B", 1), ("1", "C", 1))
        return await bigcommerce.channel.stock_levels()

    assert len(run(read())) == 3
    assert waited == [15.0, 15.0]
