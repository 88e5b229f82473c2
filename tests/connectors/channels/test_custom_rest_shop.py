"""A shop that is described by a file: read and told without a line of Python, mistakes named by their place."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from channel_exchanges import Exchanges
from channel_variables import SECRET, channel_variables

from connectors.channels.custom_rest import CustomRestChannel
from connectors.channels.custom_rest.settings import CustomRestSettings
from connectors.errors import NotConfigured, OutcomeUnknown, Refused, SignatureRefused, Unreadable
from connectors.protocols import ShipmentReport
from connectors.registry import build, canonical
from orderflow.inventory import StockLevel
from orderflow.order import PaymentStatus

VARIABLES = channel_variables("http://sandbox")
EXAMPLE: dict[str, Any] = json.loads(Path(VARIABLES["CUSTOM_REST_FILE"]).read_text(encoding="utf-8"))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SALE = {
    "no": 7,
    "label": "S-7",
    "placed": 1763632800,
    "changed": 1763632900,
    "state": "settled",
    "amounts": {"currency": "USD", "total_cents": 4490, "postage_cents": 490},
    "buyer": {"no": 3, "name": "Ada Byron", "mail": "ada@example.com", "groups": [{"name": "VIP"}]},
    "deliver_to": {"name": "Ada Byron", "street": "1 Main St", "town": "Austin", "post code": "78701", "country": "US"},
    "articles": [{"row": 1, "article": "BOOT", "title": "Boots", "pieces": 2, "each_cents": 2000}],
}


def described(tmp_path: Path, transport: httpx.AsyncBaseTransport | None = None, **changes: Any) -> CustomRestChannel:
    """The example with parts replaced; a part that is None is left out."""
    document = {name: part for name, part in {**EXAMPLE, **changes}.items() if part is not None}
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(document))
    return CustomRestChannel(CustomRestSettings.load({**VARIABLES, "CUSTOM_REST_FILE": str(file)}), transport)


def answering(*answers: Any) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """A shop that gives these answers in turn, and what it was asked."""
    left, heard = list(answers), []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        given = left.pop(0)
        return given if isinstance(given, httpx.Response) else httpx.Response(200, json=given)

    return httpx.MockTransport(answer), heard


async def pulled(channel: CustomRestChannel) -> list[Any]:
    return [document async for document in channel.changed_orders(LONG_AGO)]


@pytest.mark.requirement("OF-06")
def test_an_order_arrives_in_our_words_by_the_map_alone(tmp_path):
    (order,) = described(tmp_path).to_orders("pull", SALE)
    assert (order.source, order.external_id, order.number) == ("custom_rest", "7", "S-7")
    assert (str(order.total), str(order.shipping_paid), order.payment_status) == ("$44.90", "$4.90", PaymentStatus.PAID)
    assert (order.customer.tier, order.customer.email) == ("VIP", "ada@example.com")
    assert (order.destination.line1, order.destination.postal_code) == ("1 Main St", "78701")
    assert [(line.sku, line.quantity, str(line.unit_price)) for line in order.lines] == [("BOOT", 2, "$20.00")]
    assert order.placed_at.isoformat() == "2025-11-20T10:00:00+00:00"


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"no": None}, "map.order_id", r"at \$\.no"),
        ({"placed": "soon"}, "map.placed_at", "epoch seconds"),
        ({"state": "odd"}, "map.payment_status", r"at \$\.state: mend the path, or say what its values mean"),
        ({"articles": {}}, "map.lines", "a list"),
        ({"articles": [{"article": "A", "pieces": "two", "each_cents": 1}]}, "map.lines.quantity", "of line 1"),
        ({"articles": [{"article": "A", "pieces": 1, "each_cents": "x"}]}, "map.lines.unit_price", "minor units"),
        ({"amounts": {"total_cents": 1, "postage_cents": 1}}, "map.currency", r"at \$\.amounts\.currency"),
    ],
)
def test_a_field_that_cannot_be_read_is_named_by_its_entry_in_the_map(tmp_path, change, field, says):
    with pytest.raises(Unreadable, match=says) as refusal:
        described(tmp_path).to_orders("pull", {**SALE, **change})
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"map": {**EXAMPLE["map"], "order_idd": "$.no"}}, "order_idd is no field of an order"),
        ({"map": {k: v for k, v in EXAMPLE["map"].items() if k != "lines.sku"}}, r"lines\.sku is missing"),
        ({"map": {**EXAMPLE["map"], "note": "$..x"}}, "cannot be understood from"),
        ({"map": {**EXAMPLE["map"], "note": {"values": {}}}}, "needs a path or a value"),
        ({"access": {"kind": "header"}}, "a header needs a name"),
        ({"orders": {"path": "sales", "paging": {"kind": "cursor"}}}, "a cursor needs `next`"),
        ({"shipment": {"path": "sales/{sale}"}}, r"\{sale\} is no placeholder"),
        ({"one_order": None}, "`one_order` must say how"),
        ({"stock": None}, r"\{before\} needs `stock`"),
        ({"webhook": {"order_id": "$.no"}}, "HMAC needs `header`"),
        ({"orders": None}, "orders: Field required"),
        ({"order": {}}, "order: Extra inputs"),
    ],
)
def test_a_fault_of_the_description_is_told_before_anything_is_done(tmp_path, changes, says):
    with pytest.raises(NotConfigured, match=says) as refusal:
        described(tmp_path, **changes)
    assert refusal.value.variable == "CUSTOM_REST_FILE"


KEY = "TEST_sandbox"


@pytest.mark.parametrize(
    ("access", "found"),
    [
        ({"kind": "header", "name": "X-Key"}, lambda r: r.headers["x-key"]),
        ({"kind": "bearer"}, lambda r: r.headers["authorization"].removeprefix("Bearer ")),
        ({"kind": "query", "name": "api_key"}, lambda r: r.url.params["api_key"]),
        ({"kind": "basic"}, lambda r: {"Basic OlRFU1Rfc2FuZGJveA==": KEY}[r.headers["authorization"]]),
        ({"kind": "none"}, lambda r: KEY if KEY not in str(r.headers) + str(r.url) else ""),
    ],
)
def test_calls_are_signed_in_each_of_the_ways(tmp_path, access, found):
    transport, heard = answering({"result": {"sales": []}})
    asyncio.run(pulled(described(tmp_path, transport, access=access)))
    assert found(heard[0]) == KEY


def test_pages_are_read_by_number_until_one_is_empty(tmp_path):
    transport, heard = answering([{"n": 1}], [{"n": 2}], [])
    orders = {"path": "o", "paging": {"kind": "page", "parameter": "p", "size_parameter": "limit", "size": 1}}
    found = asyncio.run(pulled(described(tmp_path, transport, orders=orders)))
    assert (len(found), [request.url.params["p"] for request in heard]) == (2, ["1", "2", "3"])


def test_pages_are_read_by_cursor_until_there_is_none(tmp_path):
    transport, heard = answering({"d": [1], "next": "x"}, {"d": [2], "next": None})
    orders = {"path": "o", "list": "$.d", "paging": {"kind": "cursor", "parameter": "c", "next": "$.next"}}
    assert asyncio.run(pulled(described(tmp_path, transport, orders=orders))) == [1, 2]
    assert [request.url.params.get("c") for request in heard] == [None, "x"]


def test_a_link_header_is_followed_on_the_shops_own_host_only(tmp_path):
    first = httpx.Response(200, json=[1], headers={"link": '<http://169.254.169.254/latest?page=2>; rel="next"'})
    transport, heard = answering(first, [2])
    orders = {"path": "o", "paging": {"kind": "link"}}
    assert asyncio.run(pulled(described(tmp_path, transport, orders=orders))) == [1, 2]
    assert [(request.url.host, request.url.params.get("page")) for request in heard] == [
        ("sandbox", None),
        ("sandbox", "2"),
    ]


def test_a_list_that_is_none_is_told_by_its_path(tmp_path):
    transport, _ = answering({"result": "sorry"})
    with pytest.raises(Refused) as refusal:
        asyncio.run(pulled(described(tmp_path, transport)))
    assert refusal.value.field == "$.result.sales"


def test_an_answer_that_is_no_json_is_unknown(tmp_path):
    transport, _ = answering(*[httpx.Response(200, text="<html>")] * 3)
    with pytest.raises(OutcomeUnknown):
        asyncio.run(pulled(described(tmp_path, transport)))


def test_a_shop_without_webhooks_shipments_and_stock_still_sells(tmp_path):
    parts = dict.fromkeys(("webhook", "shipment", "stock", "set_stock", "one_order"))
    channel = described(tmp_path, **parts)
    report = ShipmentReport("7", "SHIP-1", "UPS", "1Z9", "", "", (("1", 2),))
    level = StockLevel(location="", sku="A", on_hand=1)

    async def everything():
        told = await channel.report_shipment(report)
        return told, await channel.stock_levels(), await channel.set_available([level], key="k")

    assert asyncio.run(everything()) == ("SHIP-1", (), 0)
    with pytest.raises(SignatureRefused, match="knows of no webhooks"):
        channel.verify({}, b"{}")


def test_an_order_inside_the_webhook_need_not_be_asked_for(tmp_path):
    webhook = {"header": "x-sign", "encoding": "base64", "order": "$.sale", "order_id": "$.sale.no"}
    channel = described(tmp_path, webhook=webhook)
    (order,) = channel.to_orders("order", asyncio.run(channel.completed("order", {"sale": SALE})))
    assert order.external_id == "7"


def test_a_delivery_about_something_else_carries_no_order(tmp_path):
    channel = described(tmp_path)
    notice = channel.notice({}, b'{"event": "shelf.changed", "id": "E", "sale": {"no": 1}}')
    assert (notice.external_id, channel.to_orders(notice.topic, {})) == ("", ())


def test_a_delivery_without_the_order_id_says_which_path_to_mend(tmp_path):
    with pytest.raises(Unreadable) as refusal:
        described(tmp_path).notice({}, b'{"event": "sale.placed", "id": "E"}')
    assert refusal.value.field == "webhook.order_id"


@pytest.mark.requirement("OF-41")
def test_levels_are_set_in_one_call_where_the_shop_takes_many(tmp_path):
    transport, heard = answering({"ok": True})
    write = {"path": "levels", "item": {"code": "{sku}", "free": "{available}"}, "body": {"levels": "{items}"}}
    channel = described(tmp_path, transport, set_stock=write)
    levels = [StockLevel(location=place, sku="A", on_hand=2) for place in ("n", "s")]
    assert asyncio.run(channel.set_available([*levels, StockLevel(location="n", sku="B", on_hand=1)], key="k")) == 3
    assert json.loads(heard[0].content) == {"levels": [{"code": "A", "free": 4}, {"code": "B", "free": 1}]}


@pytest.mark.requirement("OF-06", "OF-41")
def test_several_shops_have_names_variables_and_orders_of_their_own(tmp_path, monkeypatch):
    for name in ("outlet", "club"):
        monkeypatch.setenv(f"CUSTOM_REST_{name.upper()}_FILE", VARIABLES["CUSTOM_REST_FILE"])
        monkeypatch.setenv(f"CUSTOM_REST_{name.upper()}_URL", f"http://{name}/api")
    sources = []
    for code in ("custom_api:outlet", "custom_rest:club"):
        channel = build("channels", code)
        (order,) = channel.to_orders("pull", SALE)
        sources.append((channel.code, order.source))
    assert sources == [("custom_rest:outlet",) * 2, ("custom_rest:club",) * 2]
    assert canonical("custom_api") == "custom_rest"


@pytest.mark.parametrize(("code", "refusal"), [("custom_rest:attic", NotConfigured), ("custom_rest:../x", KeyError)])
def test_a_shop_nobody_configured_is_told_by_its_own_variable(code, refusal):
    with pytest.raises(refusal) as told:
        build("channels", code)
    assert refusal is KeyError or told.value.variable == "CUSTOM_REST_ATTIC_FILE"


def test_only_connectors_there_may_be_several_of_take_a_name():
    with pytest.raises(KeyError):
        build("channels", "shopify:eu")


def test_a_shipment_told_before_is_found_by_its_reference():
    transport = Exchanges("custom_rest")
    channel = CustomRestChannel(CustomRestSettings.load(VARIABLES), transport)
    report = ShipmentReport("7", "SHIP-1", "UPS", "1Z9", "", "", (("1", 1),))

    async def told():
        async with httpx.AsyncClient(transport=transport.sandbox, base_url="http://sandbox") as controls:
            await controls.post("/custom_rest/_orders", json={"order": SALE, "secret": SECRET})
        return [await channel.report_shipment(report) for _ in range(2)]

    first, second = asyncio.run(told())
    assert first == second != "SHIP-1"
    assert [each.request.method for each in transport.kept] == ["GET", "POST", "GET"]
