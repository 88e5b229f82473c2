"""Every request we send to Flexport, held against the models its own client documents; there is no OpenAPI document.

Each model's table names its fields in Ruby's spelling, whether they are optional, and what else they hold.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from partner_exchanges import Exchange, every_verb
from shared_material import shared_path
from specification_table import hold_against

SPECIFICATION = "client documentation 2023-07"
BEFORE = "/flexport/logistics/api/2024-07"
ROW = re.compile(r"^\| \*\*(\w+)\*\* \| (.+?) \| .*\|(.*)\|$")
OPERATIONS = {
    "POST /orders",
    "GET /orders/{orderId}",
    "GET /orders/external_id/{externalOrderId}",
    "POST /orders/{orderId}/cancel",
    "GET /products/inventory/all",
}


async def shelves(http: httpx.AsyncClient) -> None:
    levels = [{"sku": f"SKU-{number}", "on_hand": number} for number in range(3)]
    await http.post("/flexport/_stock", json={"levels": levels})


@pytest.fixture(scope="module")
def documents() -> Path:
    return shared_path("contracts/flexport/docs/OrdersApi.md").parent


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    return every_verb("flexport", before=shelves)


def fields_of(documents: Path, model: str) -> dict[str, tuple[str, bool]]:
    """The fields of a model, by their name on the wire: their type, and whether they must be there."""
    rows = filter(None, map(ROW.match, (documents / f"{model}.md").read_text().splitlines()))
    return {_camel(row[1]): (row[2], "optional" not in row[3]) for row in rows}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.title() for part in others)


def faults_of(documents: Path, model: str, content: Any) -> Iterator[str]:
    fields = fields_of(documents, model)
    yield from (f"{model} has no {name}" for name in content.keys() - fields.keys())
    yield from (f"{model} needs {name}" for name, (_, needed) in fields.items() if needed and name not in content)
    for name, (kind, _) in fields.items():
        inner = re.search(r"\]\((\w+)\.md\)", kind)
        values = content.get(name)
        if inner and values is not None:
            for one in values if isinstance(values, list) else [values]:
                yield from faults_of(documents, inner[1], one)
        elif "String" in kind and values is not None and not isinstance(values, str):
            yield f"{model}.{name} must be text"


def operation_of(exchange: Exchange, documents: Path) -> str:
    asked = exchange.request.url.path.removeprefix(BEFORE)
    told = [page.read_text() for page in (documents / "OrdersApi.md", documents / "ProductsApi.md")]
    known = {match for text in told for match in re.findall(r"\*\*(\w+)\*\* /logistics/api/unstable(\S+) ", text)}
    fitting = [
        (method, path)
        for method, path in known
        if method == exchange.request.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), asked)
    ]
    return min((f"{method} {path}" for method, path in fitting), key=lambda text: text.count("{"), default=asked)


@pytest.mark.requirement("OF-13")
def test_every_request_is_one_that_flexport_documents(documents, exchanges):
    assert {operation_of(exchange, documents) for exchange in exchanges} == OPERATIONS
    for exchange in exchanges:
        operation = operation_of(exchange, documents)
        is_order = operation == "POST /orders"
        content = json.loads(exchange.request.content) if is_order else {}
        faults = list(faults_of(documents, "CreateOrderInput202307", content)) if is_order else []
        hold_against(SPECIFICATION, "flexport", operation, faults)


@pytest.mark.parametrize(
    ("spoilt", "fault"),
    [
        ({"externalOrderId": "1"}, "CreateOrderInput202307 needs address"),
        ({"externalOrderId": 1, "address": {}, "lineItems": []}, "CreateOrderInput202307.externalOrderId must be text"),
        ({"lineItems": [{"sku": "A"}]}, "OrderLineItemInput has no sku"),
    ],
)
def test_an_order_of_another_shape_would_be_found_out(documents, spoilt, fault):
    assert fault in faults_of(documents, "CreateOrderInput202307", spoilt)


def test_a_request_carries_its_key(exchanges):
    keys = [each.request.headers["idempotency-key"] for each in exchanges if each.request.url.path.endswith("/orders")]
    assert keys == ["01K0000000000000000000SPEC"] * 2
