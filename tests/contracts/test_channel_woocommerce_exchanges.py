"""Every request we send to WooCommerce, held against exchanges recorded from a real shop; it has no OpenAPI document.

A request that was recorded is held against it whole: its parameters are ones the shop was sent and took, and each field
of its body is one that a body it took, or its answer to that request, has with the same JSON type. Of some requests
the recording holds the address only, whose answer says in `Allow` that the method is taken: those are held against
that alone. Of three nothing is recorded, so they are in no row. Which values a parameter takes is not recorded either.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from channel_exchanges import Exchange, exchanged
from shared_material import shared_path
from specification_table import hold_against

from connectors.protocols import LineCancellation, RefundRequest, ShipmentReport
from orderflow.inventory import StockLevel
from orderflow.money import Money

RECORDED = {
    "GET orders",
    "GET orders/N",
    "PUT orders/N",
    "POST orders/N/notes",
    "POST products/batch",
    "POST webhooks",
}
ALLOWED = {"GET orders/N/notes", "GET products", "GET products/N/variations", "GET webhooks"}
# Nobody recorded these; the last belongs to the ATUM plug-in, which is not part of WooCommerce.
UNRECORDED = {"PUT webhooks/N", "POST products/N/variations/batch", "GET products/N/inventories"}
ADDRESS = "https://orders.example/webhooks/woocommerce"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Known:
    """What the recording says of one operation: its parameters, and its fields with their JSON types."""

    parameters: set[str] = field(default_factory=set)
    fields: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def learn(self, url: httpx.URL, *documents: Any) -> None:
        self.parameters |= set(url.params)
        for document in documents:
            for name, kind in fields_of(document):
                self.fields[name].add(kind)


def fields_of(document: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every field with its JSON type, those inside named with a dot before: ("line_items.quantity", "number")."""
    if isinstance(document, dict):
        for inner, value in document.items():
            within = f"{name}.{inner}".lstrip(".")
            yield within, json_type(value)
            yield from fields_of(value, within)
    for each in document if isinstance(document, list) else ():
        yield from fields_of(each, name)


def json_type(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    names = {str: "text", int: "number", float: "number", list: "array", dict: "object"}
    return names[type(value)]


def operation_of(method: str, url: httpx.URL) -> str:
    steps = url.path.partition("/wp-json/wc/v3/")[2].split("/")
    return f"{method} {'/'.join('N' if step.isdecimal() else step for step in steps)}"


@pytest.fixture(scope="module")
def recording() -> list[dict[str, Any]]:
    return json.loads(shared_path("contracts/woocommerce/recorded-9.4.3.json").read_bytes())


@pytest.fixture(scope="module")
def known(recording) -> dict[str, Known]:
    """What was recorded of each operation the shop took; a request it refused teaches nothing."""
    operations: dict[str, Known] = defaultdict(Known)
    for each in recording:
        asked, answered, url = each["request"], each["response"], httpx.URL(each["request"]["url"])
        if answered["status"] < 300:
            operations[operation_of(asked["method"], url)].learn(url, asked["body"], answered["body"])
    return dict(operations)


@pytest.fixture(scope="module")
def allowed(recording) -> set[str]:
    """The operations the shop's answers say it takes at the addresses that were asked."""
    told = [(httpx.URL(each["request"]["url"]), httpx.Headers(each["response"]["headers"])) for each in recording]
    return {operation_of(method, url) for url, headers in told for method in headers.get("allow", "").split(", ")}


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    return exchanged("woocommerce", everything)


async def everything(channel: Any, http: httpx.AsyncClient) -> None:
    """Every verb once, with enough in the shop that each has something to say."""
    shirt = {"sku": "SHIRT", "manage_stock": False, "variations": [{"sku": "SHIRT-S", "stock_quantity": 3}]}
    kept = {"sku": "KEPT", "inventories": [{"location": 7, "stock_quantity": 4}]}
    await http.post("/woocommerce/_products", json={"products": [{"sku": "A", "stock_quantity": 9}, shirt, kept]})
    line = {"sku": "A", "quantity": 3, "price": "10.00"}
    await http.post("/woocommerce/_orders", json={"orders": [{"line_items": [line]}, {"line_items": [line]}]})
    sent, ended = [document async for document in channel.changed_orders(LONG_AGO)]
    (order,) = channel.to_orders("pull", sent)
    number, line_id = order.external_id, order.lines[0].line_id
    await channel.cancel_lines(LineCancellation(number, "CAN-1", ((line_id, 2),)))
    await channel.report_shipment(ShipmentReport(number, "SHIP-1", "UPS", "1Z9", "", "", ((line_id, 2),)))
    await channel.request_refund(RefundRequest(number, "REF-1", Money.of("10.00", "USD")))
    assert await channel.cancel_order(str(ended["id"]), "asked")
    assert len(await channel.stock_levels()) == 3
    wanted = [StockLevel(location="", sku=sku, on_hand=1) for sku in ("A", "SHIRT-S")]
    assert await channel.set_available(wanted, key="1") == 2
    await channel.mend_subscriptions(ADDRESS)
    hooks = [hook async for hook in channel._rest.every("webhooks")]
    await channel._rest.put(f"webhooks/{hooks[0]['id']}", {"status": "paused"})
    assert len((await channel.mend_subscriptions(ADDRESS)).mended) == 1


def operations_of(exchanges: Iterable[Exchange]) -> Iterator[tuple[str, httpx.Request]]:
    return ((operation_of(each.request.method, each.request.url), each.request) for each in exchanges)


def faults_of(known: Known, url: httpx.URL, document: Any) -> Iterator[str]:
    yield from (f"no parameter {name} was recorded" for name in sorted(set(url.params) - known.parameters))
    for name, kind in fields_of(document):
        if kind not in known.fields.get(name, ()):
            yield f"{name} is {kind}, recorded: {' or '.join(sorted(known.fields.get(name, ()))) or 'no such field'}"


@pytest.mark.requirement("OF-04")
def test_every_recorded_request_has_what_the_real_shop_took(known, exchanges) -> None:
    held = [(operation, request) for operation, request in operations_of(exchanges) if operation in known]
    assert {operation for operation, _ in held} == RECORDED
    for operation, request in held:
        document = json.loads(request.content) if request.content else None
        hold_against("recording of 9.4.3", "woocommerce", operation, faults_of(known[operation], request.url, document))


@pytest.mark.requirement("OF-04")
def test_of_the_others_the_real_shop_allows_the_method_or_nothing_is_recorded(known, allowed, exchanges) -> None:
    others = [operation for operation, _ in operations_of(exchanges) if operation not in known]
    assert {operation for operation in others if operation not in allowed} == UNRECORDED
    assert {operation for operation in others if operation in allowed} == ALLOWED
    for operation in filter(allowed.__contains__, others):
        hold_against("recorded Allow of 9.4.3, address only", "woocommerce", operation)


@pytest.mark.parametrize(
    ("operation", "query", "document", "fault"),
    [
        ("GET orders", "?changed_after=1", None, "no parameter changed_after"),
        ("PUT orders/N", "", {"state": "completed"}, "state is text, recorded: no such field"),
        ("PUT orders/N", "", {"line_items": [{"quantity": "2"}]}, "line_items.quantity is text, recorded: number"),
        ("POST orders/N/notes", "", {"customer_note": "yes"}, "customer_note is text, recorded: boolean"),
        ("POST products/batch", "", {"update": {"id": 1}}, "update is object, recorded: array"),
    ],
)
def test_a_request_of_another_shape_would_be_found_out(known, operation, query, document, fault) -> None:
    url = httpx.URL(f"https://shop.example/wp-json/wc/v3/orders{query}")
    assert [found for found in faults_of(known[operation], url, document) if found.startswith(fault)]
