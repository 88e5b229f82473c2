"""Every request we send to Magento, held against Adobe's description of the REST endpoints (Swagger 2).

The description spells a search with the first filter of the first group; further ones count on from there.
"""

import json
import re
from typing import Any

import httpx
import pytest
import yaml
from channel_exchanges import Exchange, exchanged
from shared_material import shared_path
from specification_table import hold_against

from orderflow.inventory import StockLevel

jsonschema = pytest.importorskip("jsonschema")

SPECIFICATION = "admin-schema-2.4.9.yaml"
BEFORE = "/magento/rest/all"
OPERATIONS = {
    "GET /V1/inventory/source-items",
    "POST /V1/inventory/source-items",
    "GET /V1/inventory/sources",
    "GET /V1/inventory/get-product-salable-quantity/{sku}/{stockId}",
    "GET /V1/inventory/get-sources-assigned-to-stock-ordered-by-priority/{stockId}",
    "GET /V1/products",
}


@pytest.fixture(scope="module")
def specification() -> dict[str, Any]:
    return yaml.load(shared_path(f"contracts/magento/{SPECIFICATION}").read_bytes(), Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    async def everything(source: Any, http: httpx.AsyncClient) -> None:
        await http.post("/magento/_stock", json={"levels": [{"location": "n", "sku": "A/1 x", "on_hand": 3}]})
        assert await source.locations() and await source.stock_levels()
        assert await source.set_available([StockLevel(location="n", sku="A/1 x", on_hand=1)], key="k") == 1

    return exchanged("magento", everything)


def path_of(exchange: Exchange) -> str:
    return exchange.request.url.raw_path.decode().partition("?")[0].removeprefix(BEFORE)


def template_of(specification: dict[str, Any], exchange: Exchange) -> str:
    """The path as the description has it; a step in braces stands for one step of ours."""
    asked = path_of(exchange)
    patterns = {path: re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) for path in specification["paths"]}
    fitting = [path for path, pattern in patterns.items() if re.fullmatch(pattern, asked)]
    return min(fitting, key=lambda path: path.count("{"), default=asked)


def faults_of(specification: dict[str, Any], exchange: Exchange) -> list[str]:
    method = exchange.request.method.lower()
    operation = specification["paths"].get(template_of(specification, exchange), {}).get(method)
    if operation is None:
        return ["there is no such operation"]
    named = {each["name"]: each for each in operation.get("parameters", ())}
    asked = {re.sub(r"\[\d+\]", "[0]", name) for name in exchange.request.url.params}
    faults = [f"there is no parameter {name}" for name in sorted(asked - named.keys())]
    bodies = [each["schema"] for each in named.values() if each["in"] == "body"]
    if bodies:
        schema = {**bodies[0], "definitions": specification["definitions"]}
        content = json.loads(exchange.request.content)
        faults += [error.message for error in jsonschema.Draft4Validator(schema).iter_errors(content)]
    return faults


@pytest.mark.requirement("OF-41")
def test_every_request_is_one_that_magento_describes(specification, exchanges):
    operations = {f"{each.request.method} {template_of(specification, each)}" for each in exchanges}
    assert operations == OPERATIONS
    for exchange in exchanges:
        operation = f"{exchange.request.method} {template_of(specification, exchange)}"
        hold_against(SPECIFICATION, "magento", operation, faults_of(specification, exchange))


@pytest.mark.parametrize("spoilt", [{"sourceItems": [{"sku": 1}]}, {"items": []}, {"sourceItems": [{"quantity": "4"}]}])
def test_a_source_item_of_another_shape_would_be_found_out(specification, exchanges, spoilt):
    saved = next(each for each in exchanges if each.request.method == "POST")
    request = httpx.Request("POST", saved.request.url, json=spoilt)
    assert faults_of(specification, Exchange(request, saved.response))


def test_an_sku_is_one_step_of_the_path_whatever_is_in_it(exchanges):
    assert any("/A%2F1%20x/" in path_of(exchange) for exchange in exchanges)
