"""A Shopify shop over the wire: its orders pulled, its customers told, its stock kept honest."""

import asyncio
import json
from datetime import UTC, datetime

import httpx
import pytest
from channel_variables import channel_variables

from connectors.channels.shopify import admin_http
from connectors.channels.shopify.graph import AdminGraph
from connectors.channels.shopify.settings import ShopifySettings
from connectors.channels.shopify.standing import standing_of
from connectors.errors import OutcomeUnknown, Refused, TryAgain
from connectors.protocols import ShipmentReport
from orderflow.inventory import StockLevel

VARIABLES = channel_variables("http://sandbox")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
EAST, WEST = "gid://shopify/Location/1001", "gid://shopify/Location/1002"


def a_line(sku="A", quantity=2, **more):
    return {"sku": sku, "quantity": quantity, "price": "10.00", "grams": 250, **more}


async def pulled(stand, since=LONG_AGO):
    documents = [document async for document in stand.channel.changed_orders(since)]
    return [order for document in documents for order in stand.channel.to_orders("pull", document)]


async def one_order(stand, *lines, **more):
    await stand.place({"line_items": list(lines or [a_line()]), **more})
    return (await pulled(stand))[-1]


def report_of(order, units=None, *, reference="SHIP-1", tracking="1Z999", location=""):
    return ShipmentReport(
        order_external_id=order.external_id,
        shipment_reference=reference,
        carrier="UPS",
        tracking_number=tracking,
        tracking_url="https://track.example/1Z999",
        location_id=location,
        lines=units or tuple((line.line_id, line.quantity) for line in order.lines),
    )


def asked(stand, operation):
    bodies = [json.loads(request.content) for request in stand.requests]
    return [body["variables"] for body in bodies if body["operationName"] == operation]


@pytest.mark.requirement("OF-03")
def test_the_pull_and_the_webhook_tell_the_same_story_of_an_order(shopify):
    address = {"name": "Ada Byron", "address1": "1 Main St", "city": "Austin", "province_code": "TX", "zip": "78701"}
    document = {
        "created_at": "2026-11-21T15:00:00-05:00",
        "line_items": [a_line(properties=[{"name": "Engraving", "value": "Ada"}]), a_line("B", 1, current_quantity=0)],
        "shipping_address": {**address, "country_code": "US", "latitude": 30.27, "longitude": -97.74},
        "shipping_lines": [{"title": "Express", "price": "9.00", "discounted_price": "4.50"}],
        "customer": {"id": 77, "first_name": "Ada", "last_name": "Byron", "tags": "VIP", "email": "ada@example.com"},
        "note": "leave at door",
        "tags": "early, gift",
        "note_attributes": [{"name": "gift", "value": "true"}],
        "metafields": [{"namespace": "ops", "key": "dock", "value": "7"}],
        "company": {"id": 9},
        "financial_status": "authorized",
    }

    async def both_ways():
        (delivery,) = await shopify.place(document)
        headers = {name.lower(): text for name, text in delivery["headers"].items()}
        body = delivery["body"].encode()
        shopify.channel.verify(headers, body)
        notice = shopify.channel.notice(headers, body)
        assert "tags" not in json.loads(body)["customer"]
        whole = await shopify.channel.completed(notice.topic, json.loads(body))
        return shopify.channel.to_orders(notice.topic, whole), tuple(await pulled(shopify))

    from_webhook, from_pull = asyncio.run(both_ways())
    assert from_webhook == from_pull
    assert from_pull[0].customer.tier == "VIP"
    assert len(from_pull[0].lines) == 1


def test_an_order_with_more_lines_than_a_page_has_comes_whole(shopify):
    order = asyncio.run(one_order(shopify, *[a_line(f"SKU-{number}") for number in range(123)]))
    assert [line.sku for line in order.lines] == [f"SKU-{number}" for number in range(123)]


def test_every_changed_order_comes_once_and_the_oldest_change_first(shopify):
    async def scenario():
        for day in (5, 3, 9, 1):
            stamps = {"created_at": f"2026-11-{day:02}T00:00:00Z", "updated_at": f"2026-11-{day:02}T12:00:00Z"}
            await shopify.place(*[{"line_items": [a_line()], **stamps} for _ in range(8)])
        return await pulled(shopify, datetime(2026, 11, 3, 12, tzinfo=UTC))

    orders = asyncio.run(scenario())
    assert [order.updated_at.day for order in orders] == [3] * 8 + [5] * 8 + [9] * 8
    assert len({order.external_id for order in orders}) == 24


def test_each_shipment_becomes_a_fulfillment_with_its_own_tracking_number(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10), (WEST, "A", 10))
        order = await one_order(shopify, a_line(quantity=3))
        (line,) = order.lines
        for number, (units, place) in enumerate([(2, EAST), (1, WEST)]):
            report = report_of(order, ((line.line_id, units),), tracking=f"1Z-{number}", location=place)
            await shopify.channel.report_shipment(report)

    asyncio.run(scenario())
    told = [
        (row["tracking"]["number"], row["lines"][0]["units"], row["location"]) for row in shopify.books("fulfillments")
    ]
    assert told == [("1Z-0", 2, "1001"), ("1Z-1", 1, "1002")]


def test_a_shipment_that_leaves_from_elsewhere_is_moved_there_first(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10), (WEST, "A", 10))
        await shopify.channel.report_shipment(report_of(await one_order(shopify), location=WEST))
        return await shopify.channel.stock_levels()

    levels = {level.location: level.on_hand for level in asyncio.run(scenario())}
    assert levels == {EAST: 10, WEST: 8}


def test_what_was_moved_is_told_from_where_it_is_now_without_another_question(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10), (WEST, "A", 10))
        await shopify.channel.report_shipment(report_of(await one_order(shopify), location=WEST))

    asyncio.run(scenario())
    assert asked(shopify, "FulfillmentOrders") == []
    assert [row["location"] for row in shopify.books("fulfillments")] == ["1002"]


def test_units_that_were_moved_out_of_two_plans_are_all_told(shopify):
    third = "gid://shopify/Location/1003"

    async def scenario():
        await shopify.stock(*[(place, sku, 10) for place in (EAST, WEST, third) for sku in ("A", "B")])
        order = await one_order(shopify, a_line(), a_line("B"))
        await moved(shopify, order, order.lines[1], third)
        await shopify.channel.report_shipment(report_of(order, location=WEST))

    asyncio.run(scenario())
    (told,) = shopify.books("fulfillments")
    assert (told["location"], [line["units"] for line in told["lines"]]) == ("1002", [2, 2])


async def moved(stand, order, line, location):
    """Somebody in the shop plans one line of the order for another location."""
    async with admin_http(ShopifySettings.load(VARIABLES), httpx.ASGITransport(stand.app)) as http:
        graph = AdminGraph(http)
        (planned,) = [
            each for each in (await standing_of(graph, order.external_id)).open_lines if each.line_id == line.line_id
        ]
        lines = [{"id": planned.id, "quantity": planned.units}]
        order_id = planned.fulfillment_order_id
        await graph.write("MoveFulfillmentOrder", id=order_id, newLocationId=location, lines=lines)


def test_shipments_of_several_orders_are_looked_up_in_one_question(shopify):
    async def scenario():
        orders = [await one_order(shopify) for _ in range(8)]
        reports = [report_of(order, tracking=f"1Z-{number}") for number, order in enumerate(orders)]
        told = await asyncio.gather(*map(shopify.channel.report_shipment, reports))
        again = await asyncio.gather(*map(shopify.channel.report_shipment, reports))
        return told, again

    told, again = asyncio.run(scenario())
    assert told == again == [row["id"] for row in shopify.books("fulfillments")]
    assert len(asked(shopify, "OrdersStanding")) == 2
    assert not asked(shopify, "FulfillmentOrders")


def test_a_repeat_is_found_among_many_shipments_of_one_order(shopify):
    async def scenario():
        order = await one_order(shopify, a_line(quantity=9))
        (line,) = order.lines
        reports = [report_of(order, ((line.line_id, 1),), tracking=f"1Z-{number}") for number in range(9)]
        first = [await shopify.channel.report_shipment(report) for report in reports]
        return first, [await shopify.channel.report_shipment(report) for report in reports]

    first, again = asyncio.run(scenario())
    assert first == again
    assert len(shopify.books("fulfillments")) == 9


def test_a_shipment_reported_twice_is_told_once_and_has_the_same_id(shopify):
    async def scenario():
        report = report_of(await one_order(shopify))
        return await shopify.channel.report_shipment(report), await shopify.channel.report_shipment(report)

    first, second = asyncio.run(scenario())
    assert first == second == shopify.books("fulfillments")[0]["id"]
    assert len(shopify.books("fulfillments")) == 1


def test_after_an_unknown_outcome_the_repeat_finds_the_fulfillment(shopify):
    shopify.fail("CreateFulfillment", "error_500_done")

    async def scenario():
        report = report_of(await one_order(shopify))
        with pytest.raises(OutcomeUnknown):
            await shopify.channel.report_shipment(report)
        return await shopify.channel.report_shipment(report)

    assert asyncio.run(scenario()) == shopify.books("fulfillments")[0]["id"]
    assert len(shopify.books("fulfillments")) == 1


def test_more_units_than_the_order_has_left_are_refused_and_nothing_is_told(shopify):
    async def scenario():
        order = await one_order(shopify)
        await shopify.channel.report_shipment(report_of(order, ((order.lines[0].line_id, 3),)))

    with pytest.raises(Refused, match="2 of 3 units") as refusal:
        asyncio.run(scenario())
    assert refusal.value.code == "more_than_remaining"
    assert not shopify.books("fulfillments")


def test_an_order_the_shop_does_not_know_is_refused(shopify):
    report = ShipmentReport("404", "SHIP-1", "UPS", "1Z", "", "", (("1", 1),))
    with pytest.raises(Refused) as refusal:
        asyncio.run(shopify.channel.report_shipment(report))
    assert refusal.value.code == "not_found"


def test_a_location_that_does_not_stock_the_item_is_a_refusal_although_the_answer_is_200(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10), (WEST, "B", 10))
        await shopify.channel.report_shipment(report_of(await one_order(shopify), location=WEST))

    with pytest.raises(Refused) as refusal:
        asyncio.run(scenario())
    assert (refusal.value.code, refusal.value.field) == ("location_not_found", "newLocationId")


@pytest.mark.requirement("OF-41", "OMS-13")
def test_stock_is_read_from_every_location_and_only_where_it_is_kept(shopify):
    places = [(f"gid://shopify/Location/{2000 + number}", "A", number) for number in range(14)]

    async def scenario():
        await shopify.stock(*places, (places[3][0], "B", 5))
        return await shopify.channel.stock_levels()

    levels = asyncio.run(scenario())
    assert {(level.location, level.sku, level.on_hand) for level in levels} == {*places, (places[3][0], "B", 5)}


def test_what_the_shop_promised_already_is_not_available_any_more(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10))
        await one_order(shopify, a_line(quantity=4))
        return await shopify.channel.stock_levels()

    (level,) = asyncio.run(scenario())
    assert (level.on_hand, level.available) == (10, 6)


def wanted(sku="A", available=7, location=EAST):
    return StockLevel(location=location, sku=sku, on_hand=available + 2, reserved=1, safety_stock=1)


async def shown(stand):
    return {(level.location, level.sku): level.available for level in await stand.channel.stock_levels()}


def test_the_shop_promises_exactly_what_is_available(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10), (WEST, "A", 1), (WEST, 'quo"te\\', 1))
        levels = [wanted(), wanted(available=3, location=WEST), wanted('quo"te\\', 9, WEST)]
        return await shopify.channel.set_available(levels, key="sync-1"), await shown(shopify)

    accepted, available = asyncio.run(scenario())
    assert (accepted, available) == (3, {(EAST, "A"): 7, (WEST, "A"): 3, (WEST, 'quo"te\\'): 9})


@pytest.mark.requirement("OF-93")
def test_the_shops_history_names_the_app_whose_key_is_set(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10))
        await shopify.channel.set_available([wanted()], key="sync:1")

    asyncio.run(scenario())
    assert shopify.books("inventory_sets")[0]["reference"] == "gid://orderflow-app-key/Availability/sync%3A1"


def test_setting_what_is_set_already_asks_for_no_change(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10))
        return [await shopify.channel.set_available([wanted()], key="sync-1") for _ in range(2)]

    assert asyncio.run(scenario()) == [1, 1]
    assert len(shopify.books("inventory_sets")) == 1


def test_an_unknown_outcome_is_repeated_under_the_same_idempotency_key(shopify):
    shopify.fail("SetQuantities", "error_500")

    async def scenario():
        await shopify.stock((EAST, "A", 10))
        with pytest.raises(OutcomeUnknown):
            await shopify.channel.set_available([wanted()], key="sync-1")
        await shopify.channel.set_available([wanted()], key="sync-1")
        await shopify.channel.set_available([wanted(available=1)], key="sync-1")

    asyncio.run(scenario())
    first, repeated, other = (variables["key"] for variables in asked(shopify, "SetQuantities"))
    assert first == repeated != other


def test_when_somebody_buys_in_between_the_number_is_read_again(shopify, monkeypatch):
    from connectors.channels.shopify import inventory

    read_items, sales = inventory._stocked_items, [4, 1]

    async def read_and_sell(graph, targets):
        items = await read_items(graph, targets)
        if sales:
            await shopify.place({"line_items": [a_line(quantity=sales.pop())]})
        return items

    monkeypatch.setattr(inventory, "_stocked_items", read_and_sell)

    async def scenario():
        await shopify.stock((EAST, "A", 10))
        return await shopify.channel.set_available([wanted(available=8)], key="sync-1"), await shown(shopify)

    assert asyncio.run(scenario()) == (1, {(EAST, "A"): 8})
    assert [each["input"]["quantities"][0]["changeFromQuantity"] for each in asked(shopify, "SetQuantities")] == [
        10,
        9,
        5,
    ]


def test_what_the_shop_does_not_stock_is_not_accepted_and_does_not_stop_the_rest(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10))
        levels = [wanted(), wanted("UNKNOWN"), wanted(location=WEST)]
        return await shopify.channel.set_available(levels, key="sync-1"), await shown(shopify)

    assert asyncio.run(scenario()) == (1, {(EAST, "A"): 7})


def test_a_shop_with_a_single_location_gets_the_sum_of_ours(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10))
        levels = [wanted(location="warehouse_la"), wanted(available=5, location="warehouse_central")]
        return await shopify.channel.set_available(levels, key="sync-1"), await shown(shopify)

    assert asyncio.run(scenario()) == (2, {(EAST, "A"): 12})


def test_a_shop_with_several_locations_is_told_nothing_about_places_it_does_not_know(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10), (WEST, "A", 10))
        return await shopify.channel.set_available([wanted(location="warehouse_la")], key="sync-1")

    assert asyncio.run(scenario()) == 0
    assert not shopify.books("inventory_sets")


@pytest.mark.requirement("LANE-17")
def test_a_used_up_budget_says_how_long_to_wait(shopify):
    shopify.fail("ChangedOrders", "error_inside")
    with pytest.raises(TryAgain) as refusal:
        asyncio.run(pulled(shopify))
    assert refusal.value.wait_seconds == pytest.approx(2.0)  # 300 points wanted, 100 left, 100 restored a second


@pytest.mark.requirement("LANE-17")
def test_a_read_that_fails_in_passing_is_repeated(shopify):
    shopify.fail("ChangedOrders", "error_500")
    assert len(asyncio.run(_placed_and_pulled(shopify))) == 1
    assert len(asked(shopify, "ChangedOrders")) == 2


async def _placed_and_pulled(stand):
    await stand.place({"line_items": [a_line()]})
    return await pulled(stand)


def test_an_unreadable_success_of_a_write_is_neither_done_nor_not_done(shopify):
    shopify.fail("CreateFulfillment", "nonsense")

    async def scenario():
        await shopify.channel.report_shipment(report_of(await one_order(shopify)))

    with pytest.raises(OutcomeUnknown):
        asyncio.run(scenario())


@pytest.mark.requirement("OF-161")
def test_the_customer_learns_of_carrier_and_tracking_and_nothing_of_our_stock(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10))
        await shopify.channel.report_shipment(report_of(await one_order(shopify), location=EAST))

    asyncio.run(scenario())
    (sent,) = asked(shopify, "CreateFulfillment")
    assert sent["fulfillment"]["trackingInfo"] == {
        "company": "UPS",
        "number": "1Z999",
        "url": "https://track.example/1Z999",
    }
    assert set(sent["fulfillment"]) == {"lineItemsByFulfillmentOrder", "trackingInfo", "notifyCustomer"}


@pytest.mark.requirement("OMS-15")
def test_an_item_is_stocked_at_a_location_as_soon_as_there_are_units_of_it(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10), (WEST, "B", 1))
        levels = [wanted(available=4, location=WEST), wanted("B", available=0, location=EAST)]
        return [await shopify.channel.set_available(levels, key="sync-1") for _ in range(2)], await shown(shopify)

    accepted, levels = asyncio.run(scenario())
    assert (accepted, levels) == ([2, 2], {(EAST, "A"): 10, (WEST, "A"): 4, (WEST, "B"): 1})
    assert len(shopify.books("activations")) == 1


def test_the_locations_are_told_by_their_global_ids(shopify):
    async def scenario():
        await shopify.stock((EAST, "A", 10), (WEST, "B", 1))
        return await shopify.channel.locations()

    assert [(place.id, place.active) for place in asyncio.run(scenario())] == [(EAST, True), (WEST, True)]
