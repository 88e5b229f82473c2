"""Every request we send to ShipBob, held against its own OpenAPI document 2026-01.

The copy without its many alternatives is used: the original accepts no order at all. The pages of inventory go on by a
cursor, which the document shows in its answers and not among its parameters.
"""

import json
from typing import Any

import httpx
import pytest
from openapi_faults import request_faults
from partner_exchanges import Exchange, every_verb
from shared_material import shared_path
from specification_table import hold_against

openapi_core = pytest.importorskip("openapi_core")
testing = pytest.importorskip("openapi_core.testing")

SPECIFICATION = "openapi-2026-01"
OPERATIONS = {
    "POST /2026-01/order",
    "GET /2026-01/order",
    "GET /2026-01/order/N",
    "POST /2026-01/order/N:cancel",
    "GET /2026-01/inventory-level/locations",
}


async def shelves(http: httpx.AsyncClient) -> None:
    levels = [{"place": "12", "sku": f"SKU-{number}", "on_hand": number} for number in range(3)]
    await http.post("/shipbob/_stock", json={"levels": levels})


@pytest.fixture(scope="module")
def specification() -> Any:
    document = json.loads(shared_path("contracts/shipbob/openapi-2026-01.stripped.json").read_bytes())
    return openapi_core.OpenAPI.from_dict(document, config=openapi_core.Config(spec_validator_cls=None))


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    return every_verb("shipbob", before=shelves)


def asked(exchange: Exchange) -> Any:
    request = exchange.request
    return testing.MockRequest(
        "https://api.shipbob.com",
        request.method.lower(),
        request.url.path.removeprefix("/shipbob"),
        args=dict(request.url.params),
        headers=dict(request.headers),
        data=request.content or None,
        content_type=request.headers.get("content-type", "application/json"),
    )


def operation_of(exchange: Exchange) -> str:
    steps = exchange.request.url.path.removeprefix("/shipbob").split("/")
    named = "/".join(
        "N" + step.lstrip("0123456789") if step[:1].isdecimal() and "-" not in step else step for step in steps
    )
    return f"{exchange.request.method} {named}"


@pytest.mark.requirement("OF-12")
def test_every_request_is_valid_against_the_specification_of_shipbob(specification, exchanges):
    assert {operation_of(exchange) for exchange in exchanges} == OPERATIONS
    for exchange in exchanges:
        hold_against(SPECIFICATION, "shipbob", operation_of(exchange), request_faults(specification, asked(exchange)))


@pytest.mark.parametrize("missing", ["reference_id", "recipient", "products", "shipping_method", "type"])
def test_an_order_without_what_shipbob_requires_would_be_found_out(specification, exchanges, missing):
    request = asked(next(each for each in exchanges if each.request.method == "POST"))
    content = json.loads(request.body)
    del content[missing]
    request.body = json.dumps(content).encode()
    assert request_faults(specification, request)


def test_an_order_of_no_channel_would_be_found_out(specification, exchanges):
    created = next(each for each in exchanges if each.request.method == "POST")
    headers = {name: text for name, text in created.request.headers.items() if name != "shipbob_channel_id"}
    request = httpx.Request("POST", created.request.url, content=created.request.content, headers=headers)
    assert request_faults(specification, asked(Exchange(request, created.response)))
