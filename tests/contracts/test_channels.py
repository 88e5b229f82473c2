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
from sandbox_server import RunningSandbox, running_sandbox

from connectors.errors import OutcomeUnknown, SignatureRefused, TryAgain
from connectors.protocols import SalesChannel, ShipmentReport
from connectors.registry import build, connectors_of
from connectors.settings import ConnectorSettings
from orderflow.inventory import StockLevel
from orderflow.order import Order

CHANNELS = sorted(connectors_of("channels"))
SHOPS = [
    pytest.param("shopify", marks=pytest.mark.requirement("OF-03")),
    pytest.param("woocommerce", marks=pytest.mark.requirement("OF-04")),
]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SECRET = "the shops sign with this"
VARIABLES = {
    "SHOPIFY_API_KEY": "app-key",
    "SHOPIFY_API_PASSWORD": "shpat_token",
    "SHOPIFY_STORE_URL": "{url}/shopify",
    "SHOPIFY_WEBHOOK_SECRET": SECRET,
    "WOOCOMMERCE_URL": "{url}/woocommerce",
    "WOOCOMMERCE_CONSUMER_KEY": "ck_key",
    "WOOCOMMERCE_CONSUMER_SECRET": "cs_secret",
    "WOOCOMMERCE_WEBHOOK_SECRET": SECRET,
    "ORDER_FILE_FOLDER": "{folder}",
}
ORDER = {"order_id": "F-1", "currency": "USD", "placed_at": "2026-11-20T10:00:00Z", "paid_at": "2026-11-20T10:00:00Z"}
FILE_LINE = {"sku": "A", "quantity": 2, "unit_price": "10.00"}
SHOP_ORDER = {"line_items": [{"sku": "A", "quantity": 2, "price": "10.00"}]}
REPORTS_A_SHIPMENT = {"shopify": "CreateFulfillment", "woocommerce": "update_order"}
BOOKED = {"shopify": "fulfillments", "woocommerce": "notes"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture(autouse=True)
def _only_these_variables(monkeypatch, sandbox: RunningSandbox, tmp_path: Path) -> None:
    for variable, text in VARIABLES.items():
        monkeypatch.setenv(variable, text.format(url=sandbox.url, folder=tmp_path))
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


@pytest.mark.parametrize("code", CHANNELS)
def test_a_channel_says_what_it_is_called_and_what_it_must_be_told(code):
    channel = connectors_of("channels")[code]
    assert channel.code == code
    assert issubclass(channel.Settings, ConnectorSettings) and channel.Settings.service == code
    assert all(variable.isupper() for variable in channel.Settings.variables())
    assert inspect.isasyncgenfunction(channel.changed_orders)


@pytest.mark.parametrize("code", SHOPS)
def test_an_order_that_comes_by_webhook_and_by_pull_is_one_order(sandbox, code, tmp_path):
    (delivery,) = placed(sandbox, code, tmp_path)
    headers = {name.lower(): text for name, text in delivery["headers"].items()}
    channel = build("channels", code)
    channel.verify(headers, delivery["body"].encode())
    notice = channel.notice(headers, delivery["body"].encode())
    (told,) = channel.to_orders(notice.topic, json.loads(delivery["body"]))
    assert told == using(code, newest)
    assert (told.source, told.external_id) == (code, notice.external_id)


@pytest.mark.requirement("OF-162")
@pytest.mark.parametrize("code", SHOPS)
def test_a_delivery_that_was_changed_on_the_way_is_refused(sandbox, code, tmp_path):
    (delivery,) = placed(sandbox, code, tmp_path)
    headers = {name.lower(): text for name, text in delivery["headers"].items()}
    with pytest.raises(SignatureRefused):
        build("channels", code).verify(headers, delivery["body"].replace('"quantity": 2', '"quantity": 3').encode())


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


@pytest.mark.parametrize("code", CHANNELS)
def test_availability_of_nothing_and_of_the_unknown_is_accepted_as_such(sandbox, code):
    async def set_both(channel):
        unknown = StockLevel(location="warehouse_la", sku="NOBODY-SELLS-THIS", on_hand=1)
        return await channel.set_available([], key="1"), await channel.set_available([unknown], key="2")

    nothing, unknown = using(code, set_both)
    assert (nothing, unknown) == (0, 1 if code == "order_file" else 0)
