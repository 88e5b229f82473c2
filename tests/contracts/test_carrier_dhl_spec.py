"""Every request we send to DHL, and every answer of its stand-in, against the specification of the MyDHL API."""

import asyncio
import json
import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
import yaml
from carrier_desk import CUSTOMS, TORONTO
from carrier_exchanges import REQUEST, Exchange, Exchanges, carrier_through
from openapi_faults import request_faults
from shared_material import shared_path
from specification_table import hold_against

from connectors.errors import Refused
from connectors.protocols import ShipmentRequest, TrackedParcel
from orderflow.address import Address
from orderflow.shipping.label_format import LabelFormat

openapi_core = pytest.importorskip("openapi_core")
testing = pytest.importorskip("openapi_core.testing")

SPECIFICATION = "contracts/dhl/dpdhl-express-api-3.1.1_swagger.yaml"
BERLIN = Address(name="Eva", line1="Torstr. 1", city="Berlin", postal_code="10119", country="DE", phone="+493012345")
PARIS = Address(name="Zoé", line1="1 rue Oberkampf", city="Paris", postal_code="75011", country="FR")


@pytest.fixture(scope="module")
def specification() -> Any:
    document = yaml.load(shared_path(SPECIFICATION).read_bytes(), Loader=yaml.CSafeLoader)
    return openapi_core.OpenAPI.from_dict(document, config=openapi_core.Config(spec_validator_cls=None))


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    async def everything(request: ShipmentRequest) -> None:
        offers = await carrier.rate(request)
        label = await carrier.buy(request, offers[-1])
        assert await carrier.track(TrackedParcel(label.tracking_number, label.provider_reference, "dhl"))
        nowhere = replace(request, destination=request.destination.model_copy(update={"line1": "UNDELIVERABLE"}))
        with pytest.raises(Refused):
            await carrier.buy(nowhere, offers[0])

    transport = Exchanges()
    carrier = carrier_through("dhl", transport)
    abroad = replace(REQUEST, destination=TORONTO, customs=CUSTOMS, label_format=LabelFormat.ZPL)
    for request in (REQUEST, replace(REQUEST, origin=BERLIN, destination=PARIS, order_number=""), abroad):
        asyncio.run(everything(request))
    return transport.kept


def asked(request: httpx.Request) -> Any:
    return testing.MockRequest(
        "https://express.api.dhl.com",
        request.method.lower(),
        f"/mydhlapi{request.url.path.removeprefix('/dhl')}",
        args=dict(request.url.params),
        headers=dict(request.headers),
        data=request.content or None,
        content_type=request.headers.get("content-type", ""),
    )


def operation_of(exchange: Exchange) -> str:
    path = exchange.request.url.path.removeprefix("/dhl")
    return re.sub(r"\d{10}", "{shipmentTrackingNumber}", path)


@pytest.mark.requirement("OF-52")
def test_every_request_is_valid_against_the_specification_of_dhl(specification: Any, exchanges: list[Exchange]) -> None:
    called = {(exchange.request.method, operation_of(exchange)) for exchange in exchanges}
    tracking = ("GET", "/shipments/{shipmentTrackingNumber}/tracking")
    assert called == {("GET", "/rates"), ("POST", "/shipments"), tracking}
    for exchange in exchanges:
        operation = f"{exchange.request.method} {operation_of(exchange)}"
        hold_against("MyDHL API 3.1.1", "dhl", operation, request_faults(specification, asked(exchange.request)))


@pytest.mark.requirement("OF-52")
def test_every_request_names_its_version_and_a_reference_that_comes_back(exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        assert exchange.request.headers["x-version"] == "3.1.1"
        reference = exchange.request.headers["message-reference"]
        assert len(reference) == 36
        assert exchange.response.headers.get("message-reference", reference) == reference
    orders = [exchange.request for exchange in exchanges if exchange.request.method == "POST"]
    assert len({request.headers["message-reference"] for request in orders}) == 1, "one shipment, one reference"


@pytest.mark.requirement("OF-52")
@pytest.mark.parametrize("missing", ["plannedShippingDateAndTime", "productCode", "customerDetails", "content"])
def test_a_shipment_without_what_dhl_requires_would_be_found_out(
    specification: Any, exchanges: list[Exchange], missing: str
) -> None:
    ordered = next(exchange.request for exchange in exchanges if exchange.request.method == "POST")
    spoilt = asked(ordered)
    spoilt.body = json.dumps({k: v for k, v in json.loads(ordered.content).items() if k != missing}).encode()
    with pytest.raises(openapi_core.exceptions.OpenAPIError):
        specification.validate_request(spoilt)


def test_the_stand_in_answers_as_the_specification_says(specification: Any, exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        response = exchange.response
        answered = testing.MockResponse(
            response.content,
            status_code=response.status_code,
            # The specification lists problems as plain JSON, though it says in their headers what they really are.
            content_type=response.headers["content-type"].replace("problem+", ""),
        )
        specification.validate_response(asked(exchange.request), answered)
