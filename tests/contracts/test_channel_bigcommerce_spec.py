"""Every request we send to BigCommerce, held against its own specifications.

Three of their words are not meant: the list of orders sorts by "date_modified:asc", as its description says and its
choices do not; requests without a body need no Content-Type; and a store without webhooks answers with an empty list.
The catalog and the customers are in none of the specifications at hand.
"""

import json
from typing import Any

import httpx
import pytest
import yaml
from channel_exchanges import Exchange, exchanged
from openapi_faults import request_faults
from shared_material import shared_path
from specification_table import hold_against

from connectors.protocols import RefundRequest, ShipmentReport
from orderflow.inventory import StockLevel
from orderflow.money import Money

openapi_core = pytest.importorskip("openapi_core")
testing = pytest.importorskip("openapi_core.testing")

SPECIFICATIONS = {
    "orders.v2.oas2.yml": "/v2/orders",
    "inventory.v3.yml": ("/v3/inventory/items", "/v3/inventory/adjustments"),
    "locations.v3.yml": "/v3/inventory/locations",
    "webhooks.v3.yml": "/v3/hooks",
}
BEFORE = "/bigcommerce/stores/abc123"
OPERATIONS = {
    ("GET", "/v2/orders"),
    ("GET", "/v2/orders/N"),
    ("PUT", "/v2/orders/N"),
    ("GET", "/v2/orders/N/products"),
    ("GET", "/v2/orders/N/shipping_addresses"),
    ("GET", "/v2/orders/N/shipments"),
    ("POST", "/v2/orders/N/shipments"),
    ("GET", "/v3/inventory/items"),
    ("POST", "/v3/inventory/adjustments/relative"),
    ("PUT", "/v3/inventory/adjustments/absolute"),
    ("GET", "/v3/inventory/locations"),
    ("GET", "/v3/hooks"),
    ("POST", "/v3/hooks"),
    ("PUT", "/v3/hooks/N"),
}


@pytest.fixture(scope="module")
def specifications() -> dict[str, Any]:
    """The specifications by their file's name."""
    loaded = {}
    for name in SPECIFICATIONS:
        document = yaml.load(shared_path(f"contracts/bigcommerce/{name}").read_bytes(), Loader=yaml.CSafeLoader)
        if "sort" in document["components"].get("parameters", {}):
            document["components"]["parameters"]["sort"]["schema"]["enum"].append("date_modified:asc")
        config = openapi_core.Config(spec_validator_cls=None)
        loaded[name] = openapi_core.OpenAPI.from_dict(document, config=config)
    return loaded


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    return exchanged("bigcommerce", everything)


async def everything(channel: Any, http: httpx.AsyncClient) -> None:
    """Every verb once, with enough in the store that each has something to say."""
    await http.post("/bigcommerce/_stock", json={"levels": [{"location": "1", "sku": "A", "on_hand": 9}]})
    await http.post("/bigcommerce/_stock", json={"levels": [{"location": "2", "sku": "B", "on_hand": 9}]})
    line = {"sku": "A", "quantity": 2, "price": "10.00"}
    (number,) = (await http.post("/bigcommerce/_orders", json={"orders": [{"line_items": [line]}]})).json()["ids"]
    topic, body = "store/order/created", {"data": {"type": "order", "id": int(number)}}
    (order,) = channel.to_orders(topic, await channel.completed(topic, body))
    assert [document async for document in channel.changed_orders(order.placed_at)]
    lines = tuple((line.line_id, line.quantity) for line in order.lines)
    await channel.report_shipment(ShipmentReport(number, "SHIP-1", "UPS", "1Z9", "https://t.example/1Z9", "", lines))
    assert len(await channel.locations()) == 2 == len(await channel.stock_levels())
    wanted = [StockLevel(location=place, sku="A", on_hand=units) for place, units in (("1", 3), ("2", 5))]
    assert await channel.set_available(wanted, key="1") == 2
    await channel.request_refund(RefundRequest(number, "REF-1", Money.of("10.00", "USD")))
    await channel.cancel_order(number, "asked")
    await channel.mend_subscriptions("https://orders.example/webhooks/bigcommerce")
    await channel._rest.send("PUT", f"v3/hooks/{await _one_hook(channel)}", {"is_active": False})
    await channel.mend_subscriptions("https://orders.example/webhooks/bigcommerce")


async def _one_hook(channel: Any) -> int:
    hooks = [hook async for hook in channel._rest.every("v3/hooks")]
    return hooks[0]["id"]


def path_of(exchange: Exchange) -> str:
    return exchange.request.url.path.removeprefix(BEFORE)


def operation_of(exchange: Exchange) -> tuple[str, str]:
    steps = ["N" if step.isdecimal() else step for step in path_of(exchange).split("/")]
    return exchange.request.method, "/".join(steps)


def specification_of(exchange: Exchange) -> str:
    return next((name for name, starts in SPECIFICATIONS.items() if path_of(exchange).startswith(starts)), "")


def asked(exchange: Exchange) -> Any:
    request = exchange.request
    return testing.MockRequest(
        "https://api.bigcommerce.com",
        request.method.lower(),
        f"/stores/abc123{path_of(exchange)}",
        args=dict(request.url.params),
        headers={"Content-Type": "application/json", **dict(request.headers)},
        data=request.content or None,
        content_type=request.headers.get("content-type", "application/json"),
    )


@pytest.mark.requirement("OF-05")
def test_every_request_is_valid_against_the_specification_of_bigcommerce(specifications, exchanges) -> None:
    held = [exchange for exchange in exchanges if specification_of(exchange)]
    assert {operation_of(exchange) for exchange in held} == OPERATIONS
    for exchange in held:
        name = specification_of(exchange)
        faults = request_faults(specifications[name], asked(exchange))
        hold_against(name, "bigcommerce", " ".join(operation_of(exchange)), faults)


@pytest.mark.parametrize("missing", ["location_id", "sku", "quantity"])
def test_an_adjustment_without_what_bigcommerce_requires_would_be_found_out(specifications, exchanges, missing) -> None:
    adjusted = next(each for each in exchanges if path_of(each).endswith("relative"))
    content = json.loads(adjusted.request.content)
    del content["items"][0][missing]
    request = asked(adjusted)
    request.body = json.dumps(content).encode()
    assert request_faults(specifications["inventory.v3.yml"], request)


def test_the_stand_in_answers_as_the_specification_says(specifications, exchanges) -> None:
    for exchange in exchanges:
        name, response = specification_of(exchange), exchange.response
        no_hooks_yet = response.json().get("data") == [] if path_of(exchange) == "/v3/hooks" else False
        if name and response.status_code != 204 and not no_hooks_yet:
            kind = response.headers["content-type"]
            answered = testing.MockResponse(response.content, status_code=response.status_code, content_type=kind)
            specifications[name].validate_response(asked(exchange), answered)


def test_version_2_is_asked_for_json(exchanges) -> None:
    assert {each.request.headers["accept"] for each in exchanges} == {"application/json"}
