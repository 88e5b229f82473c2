"""A "200" is not yet a success: what each service answers when it failed without saying so in the status.

One table over all of them, on the wire: a server gives the answers that the services document, one after the other,
and the real connector must say what they mean. ("Refused" is never taken for sold, sent or saved.)
"""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from carrier_exchanges import REQUEST
from connector_variables import connector_variables

from connectors.catalogue import catalogue
from connectors.errors import ConnectorError, OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Message
from connectors.registry import build
from orderflow.inventory import StockLevel
from orderflow.money import Money
from orderflow.shipping.rate import Rate

OFFER = Rate(provider="x", carrier="usps", service="s", cost=Money.of("5.00", "USD"), days=2, rate_id="shp_1:rate_1")
TOLD = Message(key="m-1", recipient="#orders", subject="Left", text="It left.")
LEVEL = StockLevel(location="", sku="LAMP", on_hand=6)
PRODUCT = {"id": 7, "sku": "LAMP", "type": "simple", "parent_id": 0, "manage_stock": True, "stock_quantity": 9}
PARCEL = {"id": "p1", "your_reference": "r", "state": "booked", "code": "WR1"}
TOKEN = {"token_type": "Bearer", "access_token": "t", "expires_in": 3600}

Ask = Callable[[Any], Awaitable[Any]]


@dataclass(frozen=True)
class Row:
    """One answer of one service. `means` is the error it is, or the value the connector returns instead."""

    folder: str
    code: str
    what: str
    ask: Ask
    answers: tuple[Any, ...]
    means: Any


def buy(carrier: Any) -> Awaitable[Any]:
    return carrier.buy(REQUEST, OFFER)


def void(carrier: Any) -> Awaitable[Any]:
    return carrier.void("se-1")


def rate(carrier: Any) -> Awaitable[Any]:
    return carrier.rate(REQUEST)


def send(notifier: Any) -> Awaitable[Any]:
    return notifier.send(TOLD)


def text(notifier: Any) -> Awaitable[Any]:
    return notifier.send(replace(TOLD, recipient="+15125550101"))


def places(shop: Any) -> Awaitable[Any]:
    return shop.locations()


def cancel(shop: Any) -> Awaitable[Any]:
    return shop.cancel_order("1", "customer")


def set_stock(shop: Any) -> Awaitable[Any]:
    return shop.set_available([LEVEL], key="one sync")


SHOPIFY_ORDER = {"data": {"order": {"id": "gid://shopify/Order/1", "cancelledAt": None}}}
NOT_CANCELLED = {"orderCancelUserErrors": [{"field": ["orderId"], "message": "It was sent.", "code": "INVALID"}]}
THROTTLED = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
FAILED_INSIDE = {"errors": [{"message": "oops", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}
NO_ID = {"id": 7, "error": {"code": "woocommerce_rest_product_invalid_id", "message": "No.", "data": {"status": 400}}}
ERROR = {
    "object_id": "t1",
    "status": "ERROR",
    "messages": [{"source": "USPS", "code": "x", "text": "No postage left."}],
}
NOT_APPROVED = {"approved": False, "message": "The label was used.", "reason_code": "unknown"}
NOBODY = {"rates": [], "messages": [{"source": "USPS", "text": "The carrier did not respond in time."}]}
SILENT = {"id": "shp_1", "rates": [], "messages": [{"message": "USPS did not respond."}]}
ALERTED = {"output": {"transactionShipments": []}, "alerts": [{"code": "X", "message": "not made"}]}

TABLE = [
    Row("channels", "shopify", "the budget of points is used up", places, (THROTTLED,), TryAgain),
    Row("channels", "shopify", "errors beside no data", places, ({"errors": [{"message": "no such field"}]},), Refused),
    Row("channels", "shopify", "it failed inside", places, (FAILED_INSIDE,), OutcomeUnknown),
    Row("channels", "shopify", "no data at all", places, ({"data": None},), OutcomeUnknown),
    Row(
        "channels", "shopify", "userErrors", cancel, (SHOPIFY_ORDER, {"data": {"orderCancel": NOT_CANCELLED}}), Refused
    ),
    Row("channels", "woocommerce", "an item of a batch", set_stock, ([PRODUCT], {"update": [NO_ID]}), 0),
    Row("carriers", "shippo", "a transaction that is an ERROR", buy, (ERROR,), Refused),
    Row("carriers", "shippo", "a transaction that waits", buy, (ERROR | {"status": "QUEUED"},), OutcomeUnknown),
    Row("carriers", "shippo", "a carrier did not respond", rate, (NOBODY,), TryAgain),
    Row("carriers", "shippo", "a refund that was rejected", void, ({"status": "ERROR"},), False),
    Row("carriers", "shipstation", "a void that is not approved", void, (NOT_APPROVED,), False),
    Row("carriers", "easypost", "a carrier did not respond", rate, (SILENT,), TryAgain),
    Row("carriers", "easypost", "a shipment without postage", buy, ({"id": "shp_1", "rates": []},), OutcomeUnknown),
    Row("carriers", "fedex", "alerts and no shipment", buy, (TOKEN, ALERTED), OutcomeUnknown),
    Row("carriers", "ups", "a success without a package", buy, (TOKEN, {"ShipmentResponse": {}}), OutcomeUnknown),
    Row("carriers", "dhl", "a shipment without its number", buy, ({"packages": []},), OutcomeUnknown),
    Row("carriers", "regional", "a problem told inside", buy, ({"parcel": None, "problem": "full"},), Refused),
    Row("carriers", "regional", "a cancellation that did not", void, ({"parcel": PARCEL},), False),
    Row("notifiers", "slack", "ok false", send, ({"ok": False, "error": "channel_not_found"},), Refused),
    Row("notifiers", "slack", "ok false, later", send, ({"ok": False, "error": "ratelimited"},), TryAgain),
    Row("notifiers", "slack", "ok false, unsure", send, ({"ok": False, "error": "internal_error"},), OutcomeUnknown),
    Row("notifiers", "twilio", "a message without its id", text, ({"status": "queued"},), OutcomeUnknown),
]


@contextmanager
def answering(*answers: Any) -> Iterator[str]:
    """A server that answers 200 with these, one after the other, the last one for ever; its address."""
    left = list(answers)

    class Server(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            body = json.dumps(left.pop(0) if len(left) > 1 else left[0]).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - names http.server looks for

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def asked(row: Row, url: str, folder: str) -> Any:
    async def opened() -> Any:
        connector = build(row.folder, row.code, connector_variables(url, folder))
        try:
            return await row.ask(connector)
        finally:
            if hasattr(connector, "aclose"):
                await connector.aclose()

    return asyncio.run(opened())


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in {variable.name for entry in catalogue() for variable in entry.variables}:
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.requirement("LANE-17")
@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.code}: {row.what}") for row in TABLE])
def test_an_answer_of_200_that_failed_is_recognised(row: Row, tmp_path: Any) -> None:
    with answering(*row.answers) as url:
        if not isinstance(row.means, type):
            assert asked(row, url, str(tmp_path)) == row.means
            return
        with pytest.raises(row.means):
            asked(row, url, str(tmp_path))


@pytest.mark.parametrize("entry", [pytest.param(one, id=one.code) for one in catalogue() if one.folder == "carriers"])
def test_a_purchase_answered_with_an_empty_object_is_never_taken_for_a_label(entry: Any, tmp_path: Any) -> None:
    if entry.code == "rate_card":
        pytest.skip("it asks nobody")
    row = Row("carriers", entry.code, "{}", buy, ({},), ConnectorError)
    with answering(TOKEN | {"paymentAuthorizationToken": "p"}, {}) as url, pytest.raises(ConnectorError):
        asked(row, url, str(tmp_path))
