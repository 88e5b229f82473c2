"""Every channel brings its orders to one routing, thin webhooks are asked for, and webhooks that died come back."""

from typing import Any

import httpx
import pytest
from channel_variables import SECRET, channel_variables
from scenarios.floor import ShopFloor

from connectors.database import cursors, inbox, orders
from connectors.registry import build
from tasks.ingest import ingest_orders
from tasks.poll import poll_channel
from tasks.routing.deciding import decide_all
from tasks.subscriptions import mend_webhooks

MINE = ("BIGCOMMERCE_", "CUSTOM_REST_", "WOOCOMMERCE_", "SHOPIFY_WEBHOOK_SECRET")
PLACED = "2026-11-20T10:00:00"
STREET = {"first_name": "Ada", "last_name": "Baker", "city": "Newark", "phone": "5125550100"}
AT_WOO = {**STREET, "address_1": "12 Main Street", "state": "NJ", "postcode": "07102", "country": "US"}
AT_BIG = {**STREET, "street_1": "12 Main Street", "state": "New Jersey", "zip": "07102", "country_iso2": "US"}
AT_SHOPIFY = {
    "name": "Ada Baker", "address1": "12 Main Street", "city": "Newark", "province_code": "NJ", "zip": "07102",
    "country_code": "US", "phone": "5125550100",
}  # fmt: skip
DELIVER_TO = {
    "name": "Ada Baker", "street": "12 Main Street", "town": "Newark", "region": "NJ", "post code": "07102",
    "country": "US", "phone": "5125550100",
}  # fmt: skip
# Who told us, under which id, and when it was decided, from which on a hold's time is counted.
OF_ITS_OWN = {"source": True, "external_id": True, "decided_at": True, "hold": {"lapses_at"}}
LAMPS = [{"sku": "LAMP-LED", "title": "Lamp", "name": "Lamp", "quantity": 2, "price": "9.00", "grams": 0}]
ONE_PURCHASE: dict[str, dict[str, Any]] = {
    "shopify": {
        "created_at": f"{PLACED}Z",
        "line_items": LAMPS,
        "shipping_address": AT_SHOPIFY,
        "shipping_lines": [],
        "email": "ada@example.com",
        "customer": {"first_name": "Ada", "last_name": "Baker", "id": 77, "tags": "VIP"},
    },
    "woocommerce": {
        "date_created_gmt": PLACED,
        "line_items": LAMPS,
        "shipping": AT_WOO,
        "billing": {**AT_WOO, "email": "ada@example.com"},
        "meta_data": [{"key": "customer_tags", "value": "VIP"}],
    },
    "bigcommerce": {
        "date_created": "Fri, 20 Nov 2026 10:00:00 +0000",
        "line_items": LAMPS,
        "shipping_addresses": [{**AT_BIG, "shipping_method": ""}],
        "billing_address": {**AT_BIG, "email": "ada@example.com"},
        "customer_id": 3,
    },
    "custom_rest": {
        "placed": 1795168800,
        "line_items": LAMPS,
        "deliver_to": DELIVER_TO,
        "buyer": {"name": "Ada Baker", "mail": "ada@example.com", "phone": "5125550100", "groups": [{"name": "VIP"}]},
    },
}


@pytest.fixture
def many_channels(floor: ShopFloor, monkeypatch: pytest.MonkeyPatch) -> ShopFloor:
    """The shop floor with an account at every channel."""
    for name, text in channel_variables(floor.sandbox.address).items():
        if name.startswith(MINE):
            monkeypatch.setenv(name, text)
    group = {"customers": [{"id": 3, "customer_group_id": 9}], "groups": [{"id": 9, "name": "VIP"}]}
    httpx.post(f"{floor.sandbox.address}/bigcommerce/_catalog", json=group).raise_for_status()
    return floor


def placed(floor: ShopFloor, code: str, document: dict[str, Any] | None = None) -> dict[str, Any]:
    """The purchase in a channel; the delivery the channel would send of it."""
    placement = {"orders": [document or ONE_PURCHASE[code]], "secret": SECRET}
    answer = httpx.post(f"{floor.sandbox.address}/{code}/_orders", json=placement).raise_for_status().json()
    (delivery,) = answer["deliveries"]
    return {**delivery, "id": answer["ids"][0]}


def received(floor: ShopFloor, code: str, delivery: dict[str, Any]) -> None:
    """The delivery as the receiver keeps it."""
    channel = build("channels", code)
    headers, body = {k.lower(): v for k, v in delivery["headers"].items()}, delivery["body"].encode()
    channel.verify(headers, body)
    told = channel.notice(headers, body)
    named = {"topic": told.topic, "dedup_key": told.dedup_key, "external_id": told.external_id}
    with floor.database.write() as conn:
        assert inbox.receive(conn, source=code, **named, occurred_at_ms=None, body=body)


@pytest.mark.requirement("OF-07", "OF-02")
def test_one_purchase_from_four_channels_is_decided_alike(many_channels: ShopFloor) -> None:
    floor = many_channels
    for code in ONE_PURCHASE:
        received(floor, code, placed(floor, code))
    assert floor.do(ingest_orders)["received"] == 4
    with floor.database.read() as conn:
        ids = [row["id"] for row in floor.rows("SELECT id FROM orders")]
        stored = orders.load_orders(conn, floor.shop.vault, ids)
    decided = {one.order.source: decide_all(floor.shop, [one])[0].decision for one in stored}
    assert set(decided) == set(ONE_PURCHASE)
    assert {one.order.customer.tier for one in stored} == {"VIP"}
    first, *others = [decision.model_dump(mode="json", exclude=OF_ITS_OWN) for decision in decided.values()]
    for other in others:
        assert other == first


@pytest.mark.requirement("OF-05")
def test_a_thin_webhook_waits_for_its_shop_and_is_taken_in_then(many_channels: ShopFloor) -> None:
    floor = many_channels
    received(floor, "bigcommerce", placed(floor, "bigcommerce"))
    floor.sandbox.fail("bigcommerce", "get_order", "error_500", count=3)
    assert floor.do(ingest_orders) == {"postponed": 1}
    (row,) = floor.rows("SELECT state, last_error FROM inbox")
    assert (row["state"], row["last_error"].split(":")[0]) == ("new", "OutcomeUnknown")
    floor.clock.forward(minutes=1)
    assert floor.do(ingest_orders) == {"received": 1}


@pytest.mark.requirement("OF-06")
@pytest.mark.parametrize("code", ONE_PURCHASE)
def test_what_no_webhook_told_the_poll_brings(many_channels: ShopFloor, code: str) -> None:
    floor = many_channels
    number = placed(floor, code)["id"]
    with floor.database.write() as conn:
        long_ago = floor.database.now_ms(conn) - 10 * 365 * 86_400_000
        cursors.move_cursor(conn, f"orders:{code}", long_ago)
    assert floor.run(poll_channel.fn(floor.shop, code))["new"] >= 1
    floor.do(ingest_orders)
    found = floor.rows("SELECT source FROM orders WHERE external_id = :number", number=number)
    assert [row["source"] for row in found] == [code]


# Without their tags and groups nobody is a VIP, whose orders a person approves.
NOBODY_SPECIAL: dict[str, dict[str, Any]] = {
    "shopify": {"customer": None},
    "woocommerce": {"meta_data": []},
    "bigcommerce": {"customer_id": 0},
    "custom_rest": {"buyer": {"mail": "ada@example.com"}},
}
TOLD_OF = {"shopify": "fulfillments", "woocommerce": "notes", "bigcommerce": "shipments", "custom_rest": "parcels"}


@pytest.mark.requirement("OF-07")
def test_every_channel_is_told_of_the_parcel_of_its_own_order(many_channels: ShopFloor) -> None:
    floor = many_channels
    ids = [place.channel_ids["shopify"] for place in floor.shop.locations.values()]
    levels = [{"location": number, "sku": "LAMP-LED", "on_hand": 50} for number in ids]
    httpx.post(f"{floor.sandbox.address}/shopify/_stock", json={"levels": levels}).raise_for_status()
    before = {code: len(floor.sandbox.books(code, kind)) for code, kind in TOLD_OF.items()}
    for code, purchase in ONE_PURCHASE.items():
        received(floor, code, placed(floor, code, purchase | NOBODY_SPECIAL.get(code, {})))
    floor.work()
    statuses = {row["source"]: row["status"] for row in floor.rows("SELECT source, status FROM orders")}
    assert statuses == dict.fromkeys(ONE_PURCHASE, "fulfilled")
    after = {code: len(floor.sandbox.books(code, kind)) for code, kind in TOLD_OF.items()}
    assert {code: after[code] - before[code] for code in after} == dict.fromkeys(TOLD_OF, 1)


def test_webhooks_are_looked_after_once_an_hour_and_only_where_shops_can_reach_us(many_channels: ShopFloor) -> None:
    floor = many_channels
    assert floor.run(mend_webhooks.fn(floor.shop, "shopify")) is None
    floor.shop.public_url = f"https://{floor.database_now()}.example"
    first = floor.run(mend_webhooks.fn(floor.shop, "shopify"))
    assert (first.alive, len(first.mended)) == (0, 5)
    assert floor.run(mend_webhooks.fn(floor.shop, "shopify")) is None
    floor.clock.forward(hours=1)
    again = floor.run(mend_webhooks.fn(floor.shop, "shopify"))
    assert (again.alive, again.mended) == (5, ())
