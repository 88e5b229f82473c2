"""What is promised of every sales channel, checked on each one the registry knows; shops answer over real HTTP."""

import asyncio
import inspect
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from channel_variables import SECRET, channel_variables
from sandbox_server import RunningSandbox, running_sandbox

from connectors.errors import OutcomeUnknown, SignatureRefused, TryAgain
from connectors.protocols import SalesChannel, ShipmentReport, StockSource
from connectors.registry import build, connectors_of
from connectors.settings import ConnectorSettings
from orderflow.inventory import StockLevel
from orderflow.order import Order

SOURCES = sorted(connectors_of("channels"))
CHANNELS = [code for code in SOURCES if issubclass(connectors_of("channels")[code], SalesChannel)]
SHOPS = [
    pytest.param("shopify", marks=pytest.mark.requirement("OF-03")),
    pytest.param("woocommerce", marks=pytest.mark.requirement("OF-04")),
    pytest.param("bigcommerce", marks=pytest.mark.requirement("OF-05")),
    pytest.param("custom_rest", marks=pytest.mark.requirement("OF-06")),
]
STOCKED = [pytest.param(code, marks=pytest.mark.requirement("OF-41")) for code in SOURCES if code != "order_file"]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ORDER = {"order_id": "F-1", "currency": "USD", "placed_at": "2026-11-20T10:00:00Z", "paid_at": "2026-11-20T10:00:00Z"}
FILE_LINE = {"sku": "A", "quantity": 2, "unit_price": "10.00"}
SHOP_ORDER = {"line_items": [{"sku": "A", "quantity": 2, "price": "10.00"}]}
REPORTS_A_SHIPMENT = {
    "shopify": "CreateFulfillment",
    "woocommerce": "update_order",
    "bigcommerce": "ship",
    "custom_rest": "send_parcel",
}
BOOKED = {"shopify": "fulfillments", "woocommerce": "notes", "bigcommerce": "shipments", "custom_rest": "parcels"}
PLACES = {
    "shopify": "gid://shopify/Location/1",
    "woocommerce": "",
    "bigcommerce": "1",
    "custom_rest": "north",
    "magento": "default",
}
SETS_STOCK = {
    "shopify": "SetQuantities",
    "woocommerce": "batch_products",
    "bigcommerce": "adjust",
    "custom_rest": "put_shelf",
    "magento": "save_items",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture(autouse=True)
def _only_these_variables(monkeypatch, sandbox: RunningSandbox, tmp_path: Path) -> None:
    for variable, text in channel_variables(sandbox.url, str(tmp_path)).items():
        monkeypatch.setenv(variable, text)
    sandbox.forget()


def placed(sandbox: RunningSandbox, code: str, folder: Path) -> list[dict[str, Any]]:
    """One order in the channel; the deliveries a shop would send of it."""
    if code == "order_file":
        (folder / "orders.jsonl").write_text(json.dumps({**ORDER, "lines": [FILE_LINE]}))
        return []
    answer = httpx.post(f"{sandbox.url}/{code}/_orders", json={"orders": [SHOP_ORDER], "secret": SECRET})
    return answer.json()["deliveries"]


def using(code: str, work):
    """What the coroutine function returns for the channel, whose connections are given back."""

    async def run():
        channel = build("channels", code)
        try:
            return await work(channel)
        finally:
            if hasattr(channel, "aclose"):
                await channel.aclose()

    return asyncio.run(run())


async def newest(channel: SalesChannel) -> Order:
    documents = [document async for document in channel.changed_orders(LONG_AGO)]
    assert json.loads(json.dumps(documents)) == documents
    (order,) = channel.to_orders("pull", documents[-1])
    return order


def report_of(order: Order) -> ShipmentReport:
    lines = tuple((line.line_id, line.quantity) for line in order.lines)
    return ShipmentReport(order.external_id, "SHIP-1", "UPS", "1Z999", "https://track.example/1Z999", "", lines)


@pytest.mark.parametrize("code", SOURCES)
def test_a_source_says_what_it_is_called_and_what_it_must_be_told(code):
    channel = connectors_of("channels")[code]
    assert channel.code == code and issubclass(channel, StockSource)
    assert issubclass(channel.Settings, ConnectorSettings) and channel.Settings.service == code
    assert all(variable.isupper() for variable in channel.Settings.variables())
    assert code not in CHANNELS or inspect.isasyncgenfunction(channel.changed_orders)


def headers_of(delivery: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): text for name, text in delivery["headers"].items()}


@pytest.mark.parametrize("code", SHOPS)
def test_an_order_that_comes_by_webhook_and_by_pull_is_one_order(sandbox, code, tmp_path):
    (delivery,) = placed(sandbox, code, tmp_path)
    headers, body = headers_of(delivery), delivery["body"].encode()

    async def told_and_pulled(channel):
        channel.verify(headers, body)
        notice = channel.notice(headers, body)
        (told,) = channel.to_orders(notice.topic, await channel.completed(notice.topic, json.loads(body)))
        return notice, told, await newest(channel)

    notice, told, pulled = using(code, told_and_pulled)
    assert told == pulled
    assert (told.source, told.external_id) == (code, notice.external_id)


@pytest.mark.requirement("OF-162")
@pytest.mark.parametrize("code", SHOPS)
def test_a_delivery_with_any_bit_flipped_is_refused(sandbox, code, tmp_path):
    (delivery,) = placed(sandbox, code, tmp_path)
    headers, body = headers_of(delivery), delivery["body"].encode()
    channel = build("channels", code)
    channel.verify(headers, body)
    for bit in range(0, len(body) * 8, 7):
        changed = bytearray(body)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SignatureRefused):
            channel.verify(headers, bytes(changed))
    (signed,) = [name for name in headers if "signature" in name or "hmac" in name]
    for bit in range(len(headers[signed]) * 8):
        forged = bytearray(headers[signed].encode())
        forged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SignatureRefused):
            channel.verify({**headers, signed: forged.decode("latin-1")}, body)


@pytest.mark.requirement("OF-162")
@pytest.mark.parametrize("code", SHOPS)
def test_a_delivery_that_comes_twice_is_one_event(sandbox, code, tmp_path):
    (first,), (other,) = placed(sandbox, code, tmp_path), placed(sandbox, code, tmp_path)
    channel = build("channels", code)
    keys = [channel.notice(headers_of(each), each["body"].encode()).dedup_key for each in (first, first, other)]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("code", CHANNELS)
def test_a_pulled_order_is_read_and_pulled_again_unchanged(sandbox, code, tmp_path):
    placed(sandbox, code, tmp_path)
    order = using(code, newest)
    assert [(line.sku, line.quantity, str(line.unit_price)) for line in order.lines] == [("A", 2, "$10.00")]
    assert order.is_paid
    assert using(code, newest) == order


@pytest.mark.parametrize("code", CHANNELS)
def test_a_shipment_told_twice_is_the_same_shipment(sandbox, code, tmp_path):
    placed(sandbox, code, tmp_path)

    async def tell_twice(channel):
        report = report_of(await newest(channel))
        return await channel.report_shipment(report), await channel.report_shipment(report)

    first, second = using(code, tell_twice)
    assert first == second != ""
    if code in BOOKED:
        assert len(sandbox.books(code).entries(BOOKED[code])) == 1


@pytest.mark.parametrize("mode", ["silent", "error_500_done", "cut_off", "rate_limited"])
@pytest.mark.parametrize("code", REPORTS_A_SHIPMENT)
def test_after_any_failure_the_repeat_leaves_one_shipment(sandbox, code, mode, tmp_path, monkeypatch):
    monkeypatch.setattr("connectors.transport.http.HttpClient.__init__.__kwdefaults__", _impatient())
    placed(sandbox, code, tmp_path)
    sandbox.fail(code, REPORTS_A_SHIPMENT[code], mode, seconds=2.0)

    async def tell_twice(channel):
        report = report_of(await newest(channel))
        with pytest.raises(TryAgain if mode == "rate_limited" else OutcomeUnknown) as failure:
            await channel.report_shipment(report)
        if mode == "rate_limited":
            assert failure.value.wait_seconds == 2.0
        return await channel.report_shipment(report)

    assert using(code, tell_twice)
    assert len(sandbox.books(code).entries(BOOKED[code])) == 1


def _impatient() -> dict[str, Any]:
    from connectors.transport.http import HttpClient

    return {**HttpClient.__init__.__kwdefaults__, "timeout_seconds": 0.5}


@pytest.mark.parametrize("code", SOURCES)
def test_availability_of_nothing_and_of_the_unknown_is_accepted_as_such(sandbox, code):
    async def set_both(channel):
        unknown = StockLevel(location="warehouse_la", sku="NOBODY-SELLS-THIS", on_hand=1)
        return await channel.set_available([], key="1"), await channel.set_available([unknown], key="2")

    nothing, unknown = using(code, set_both)
    assert (nothing, unknown) == (0, 1 if code == "order_file" else 0)


def stock(sandbox: RunningSandbox, code: str, sku: str, units: int) -> None:
    """Counts an SKU at the one place the shop is asked about."""
    path, content = "_stock", {"levels": [{"location": PLACES[code], "sku": sku, "on_hand": units}]}
    if code == "woocommerce":
        path, content = "_products", {"products": [{"sku": sku, "stock_quantity": units}]}
    assert httpx.post(f"{sandbox.url}/{code}/{path}", json=content).status_code == 201


async def shown(source: StockSource, sku: str) -> int:
    return sum(level.available for level in await source.stock_levels() if level.sku == sku)


@pytest.mark.parametrize("code", STOCKED)
def test_what_is_set_is_what_the_shop_shows_and_a_repeat_changes_nothing(sandbox, code):
    stock(sandbox, code, f"SET-{code}", 10)
    level = StockLevel(location=PLACES[code], sku=f"SET-{code}", on_hand=6)

    async def set_twice(source):
        before = await shown(source, level.sku)
        accepted = [await source.set_available([level], key="one sync") for _ in range(2)]
        return before, accepted, await shown(source, level.sku)

    assert using(code, set_twice) == (10, [1, 1], 6)


@pytest.mark.parametrize("mode", ["error_500_done", "cut_off", "rate_limited"])
@pytest.mark.parametrize("code", STOCKED)
def test_after_any_failure_setting_again_leaves_the_exact_number(sandbox, code, mode):
    stock(sandbox, code, f"FAIL-{code}-{mode}", 10)
    level = StockLevel(location=PLACES[code], sku=f"FAIL-{code}-{mode}", on_hand=6)
    sandbox.fail(code, SETS_STOCK[code], mode, seconds=2.0)

    async def set_again(source):
        with pytest.raises(TryAgain if mode == "rate_limited" else OutcomeUnknown) as failure:
            await source.set_available([level], key="one sync")
        assert mode != "rate_limited" or failure.value.wait_seconds == 2.0
        return await source.set_available([level], key="one sync"), await shown(source, level.sku)

    assert using(code, set_again) == (1, 6)


# Shopify and a described shop are told the number we read, refuse a stale one and are asked again. BigCommerce is told
# the difference, so the sold unit stays sold. WooCommerce and Magento know absolute numbers only.
AFTER_A_SALE = {"shopify": 6, "custom_rest": 6, "bigcommerce": 5}


@pytest.mark.parametrize("code", AFTER_A_SALE)
def test_a_unit_sold_between_reading_and_setting_is_noticed(sandbox, code):
    sku = f"SOLD-{code}"
    stock(sandbox, code, sku, 10)
    level = StockLevel(location=PLACES[code], sku=sku, on_hand=6)
    sale = {"orders": [{"line_items": [{"sku": sku, "quantity": 1, "price": "1.00"}]}]}
    sold = []

    async def set_while_selling(source):
        write = source._http.write

        async def sell_first(*request, **content):
            asks = request[0] == "GET" or content["json"].get("operationName", "SetQuantities") != "SetQuantities"
            if not sold and not asks:
                sold.append(await asyncio.to_thread(httpx.post, f"{sandbox.url}/{code}/_orders", json=sale))
            return await write(*request, **content)

        source._http.write = sell_first
        return await source.set_available([level], key="one sync"), await shown(source, sku)

    assert using(code, set_while_selling) == (1, AFTER_A_SALE[code])
    assert sold
