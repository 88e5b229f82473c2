"""Every request we send to ShipStation, and every answer of its stand-in, against ShipStation's own specification.

The specification forbids additional properties inside `allOf`, which taken literally forbids everything; it is read
as it is meant, by moving the prohibition to where a schema is used. Its other faults are listed and left out.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import yaml
from carrier_desk import CUSTOMS, TORONTO
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from shared_material import shared_path
from specification_table import hold_against

from connectors.carriers.shipstation import Settings, ShipStationCarrier
from connectors.carriers.shipstation.answers import refusal_of
from connectors.protocols import ShipmentRequest, TrackedParcel
from connectors.transport.http import HttpClient
from deployments.sandbox.app import create_app
from orderflow.address import Address
from orderflow.shipping.label_format import LabelFormat
from orderflow.shipping.rate import Parcel

SPECIFICATION = "contracts/shipstation/shipstation-v2-openapi.yaml"
# A question for the rates of several carriers cannot name one carrier and service, nor a shipment that is none yet.
NOT_MEANT = {"address_validating_shipment": {"shipment_id", "carrier_id", "service_code"}}
# Their bodies are checked by tests of their own.
WITH_BODIES = {("POST", "/v2/rates"), ("POST", "/v2/labels")}

ORIGIN = Address(
    name="Dock", line1="1 Dock St", city="Austin", region="TX", postal_code="78701", country="US", phone="+15125550100"
)
DESTINATION = Address(
    name="Ann",
    company="Ann's",
    line1="5 Elm St",
    line2="2nd floor",
    city="New York",
    region="NY",
    postal_code="10001",
    country="US",
)


class Exchanges(httpx.AsyncBaseTransport):
    """The sandbox in this process, writing down what is said to it and what it answers."""

    def __init__(self) -> None:
        self._sandbox = httpx.ASGITransport(app=create_app())
        self.kept: list[tuple[httpx.Request, httpx.Response]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._sandbox.handle_async_request(request)
        await response.aread()
        self.kept.append((request, response))
        return response


@pytest.fixture(scope="module")
def specification() -> dict[str, Any]:
    return yaml.load(shared_path(SPECIFICATION).read_bytes(), Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def exchanges() -> list[tuple[httpx.Request, httpx.Response]]:
    transport = Exchanges()
    base_url = "http://sandbox/shipstation/v2"
    key = {"api-key": "TEST_specification"}
    http = HttpClient("shipstation", base_url, headers=key, explain=refusal_of, transport=transport)
    carrier = ShipStationCarrier(Settings(SHIPSTATION_API_KEY="TEST_x", SHIPSTATION_BASE_URL=base_url), http)
    asyncio.run(every_conversation(carrier))
    return transport.kept


async def every_conversation(carrier: ShipStationCarrier) -> None:
    request = ShipmentRequest(
        reference="01SPEC1",
        origin=ORIGIN,
        destination=DESTINATION,
        parcel=Parcel(weight_grams=900),
        order_number="#1001",
    )
    for asked in (
        request,
        replace(request, reference="01SPEC2", location_ids={"shipstation": "se-7001"}, services=("gift_wrap",)),
        replace(request, reference="01SPEC3", destination=TORONTO, customs=CUSTOMS, label_format=LabelFormat.ZPL),
    ):
        label = await carrier.buy(asked, (await carrier.rate(asked))[0])
        await carrier.buy(asked, (await carrier.rate(asked))[0])
        await carrier.find_by_reference(asked.reference)
        await carrier.track(TrackedParcel(label.tracking_number, label.provider_reference, label.carrier))
        await carrier.labels_since(datetime.now(UTC) - timedelta(hours=48))
        await carrier.void(label.provider_reference)


def operation_of(specification: dict[str, Any], request: httpx.Request) -> tuple[str, dict[str, Any]]:
    """The path template and operation of a request; an AssertionError where the specification knows none."""
    path = request.url.path.removeprefix("/shipstation")
    for template, operations in specification["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and request.method.lower() in operations:
            return template, operations[request.method.lower()]
    raise AssertionError(f"ShipStation has no {request.method} {path}")


def as_meant(node: Any, name: str = "", *, used: bool = False) -> Any:
    """A schema with prohibitions moved outwards, null where x-nullable says so, and nothing required that is a slip."""
    if isinstance(node, list):
        return [as_meant(item) for item in node]
    if not isinstance(node, dict):
        return node
    meant = {
        key: {field: as_meant(schema, field, used=True) for field, schema in value.items()}
        if key == "properties"
        else as_meant(value, used=key == "items")
        for key, value in node.items()
        if key not in {"additionalProperties", "required", "example", "exclusiveMinimum"}
    }
    required = [field for field in node.get("required", []) if field not in NOT_MEANT.get(name, set())]
    meant |= {"required": required} if required else {}
    if used and ("allOf" in meant or "properties" in meant):
        meant["unevaluatedProperties"] = False
    return {"anyOf": [meant, {"type": "null"}]} if node.get("x-nullable") else meant


def without_read_only(specification: dict[str, Any], name: str) -> dict[str, Any]:
    """A named schema as it holds for requests: what only the service can say is not required."""
    read_only = {
        field
        for schema in specification["components"]["schemas"].values()
        for field, shape in schema.get("properties", {}).items()
        if isinstance(shape, dict) and shape.get("readOnly")
    }
    schema = specification["components"]["schemas"][name]
    required = [field for field in schema.get("required", []) if field not in read_only]
    return {**schema, "required": required}


def validator(specification: dict[str, Any], name: str, *, request: bool) -> Validator:
    schemas = {
        key: as_meant(without_read_only(specification, key) if request else schema, key)
        for key, schema in specification["components"]["schemas"].items()
    }
    document = {"components": {"schemas": schemas}}
    registry = Registry().with_resource("urn:shipstation", Resource(document, DRAFT202012))
    outermost = {"$ref": f"urn:shipstation#/components/schemas/{name}", "unevaluatedProperties": False}
    return Draft202012Validator(outermost, registry=registry)


def faults(checker: Validator, body: Any) -> list[str]:
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in checker.iter_errors(body)]


def bodies(exchanges: list[tuple[httpx.Request, httpx.Response]], method: str, ending: str) -> Iterator[Any]:
    for request, response in exchanges:
        if request.method == method and request.url.path.endswith(ending):
            yield json.loads(request.content), response


@pytest.mark.requirement("OF-57")
def test_every_call_is_an_operation_of_the_specification(specification, exchanges) -> None:
    called = {(request.method, operation_of(specification, request)[0]) for request, _ in exchanges}
    for method, template in called - WITH_BODIES:
        hold_against("ShipStation v2", "shipstation", f"{method} {template}")
    assert called == {
        ("GET", "/v2/carriers"),
        ("POST", "/v2/rates"),
        ("POST", "/v2/labels"),
        ("GET", "/v2/labels"),
        ("GET", "/v2/shipments/external_shipment_id/{external_shipment_id}"),
        ("PUT", "/v2/labels/{label_id}/void"),
        ("GET", "/v2/labels/{label_id}/track"),
        ("GET", "/v2/downloads/{dir}/{subdir}/{filename}"),
    }
    header = specification["components"]["securitySchemes"]["api_keys"]["name"]
    assert all(header in request.headers for request, _ in exchanges)


@pytest.mark.requirement("OF-57")
def test_every_query_parameter_is_one_of_the_operation(specification, exchanges) -> None:
    parameters = specification["components"]["parameters"]
    for request, _ in exchanges:
        declared = operation_of(specification, request)[1].get("parameters", [])
        names = {parameters[p["$ref"].rsplit("/", 1)[1]]["name"] if "$ref" in p else p["name"] for p in declared}
        assert set(request.url.params) <= names


@pytest.mark.requirement("OF-57")
def test_label_orders_are_valid_against_the_specification(specification, exchanges) -> None:
    whole = validator(specification, "create_label_request_body", request=True)
    orders = [body for body, _ in bodies(exchanges, "POST", "/labels")]
    assert len(orders) == 6
    for order in orders:
        hold_against("ShipStation v2", "shipstation", "POST /v2/labels", faults(whole, order))
    assert faults(whole, {**orders[0], "labell_format": "pdf"})
    assert faults(whole, {"shipment": {**orders[0]["shipment"], "ship_to": {"name": "Ann"}}})


@pytest.mark.requirement("OF-57")
def test_rate_questions_are_valid_against_the_specification(specification, exchanges) -> None:
    shipment = validator(specification, "address_validating_shipment", request=True)
    options = validator(specification, "rate_request_body", request=True)
    questions = [body for body, _ in bodies(exchanges, "POST", "/rates")]
    assert len(questions) == 6
    for question in questions:
        found = faults(shipment, question["shipment"]) + faults(options, question["rate_options"])
        hold_against("ShipStation v2", "shipstation", "POST /v2/rates", found)
        assert question.keys() == {"shipment", "rate_options"}


def test_the_stand_in_answers_as_the_specification_says(specification, exchanges) -> None:
    label = validator(specification, "label", request=False)
    rate = validator(specification, "rate", request=False)
    refusal = validator(specification, "error_response_body", request=False)
    void = validator(specification, "void_label_response_body", request=False)
    for _, response in bodies(exchanges, "POST", "/labels"):
        assert faults(label if response.status_code == 200 else refusal, response.json()) == []
    for _, response in bodies(exchanges, "POST", "/rates"):
        assert [fault for offer in response.json()["rate_response"]["rates"] for fault in faults(rate, offer)] == []
    tracking = validator(specification, "tracking_information", request=False)
    tracks = [response.json() for request, response in exchanges if request.url.path.endswith("/track")]
    assert tracks
    assert [fault for told in tracks for fault in faults(tracking, told)] == []
    answers = [response.json() for request, response in exchanges if request.method == "PUT"]
    assert answers
    assert [fault for answer in answers for fault in faults(void, answer)] == []
