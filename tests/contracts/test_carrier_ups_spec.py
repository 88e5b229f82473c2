"""Every request we send to UPS, and every answer of its stand-in, against UPS's own specifications.

Three of their demands are not meant: Label Recovery is asked by tracking numbers or by reference values, never by both,
a billed weight need not have eight characters, and GIF, the format of a picture, has three and not four.
"""

import json
from dataclasses import replace
from typing import Any

import pytest
import yaml
from carrier_desk import CUSTOMS, TORONTO
from carrier_exchanges import REQUEST, Exchange, exchanged
from openapi_faults import request_faults
from shared_material import shared_path
from specification_table import hold_against

from connectors.protocols import Carrier, TrackedParcel
from orderflow.shipping.label_format import LabelFormat

openapi_core = pytest.importorskip("openapi_core")
testing = pytest.importorskip("openapi_core.testing")

pytestmark = pytest.mark.filterwarnings("ignore:Unsupported scheme type")

SPECIFICATIONS = {
    "Shipping.yaml": ("/api/shipments/", "/api/labels/"),
    "Rating.yaml": ("/api/rating/",),
    "Tracking.yaml": ("/api/track/",),
    "OAuthClientCredentials.yaml": ("/security/",),
}
OPERATIONS = {
    ("POST", "/security/v1/oauth/token"),
    ("POST", "/api/rating/v2409/Shop"),
    ("POST", "/api/shipments/v2409/ship"),
    ("POST", "/api/labels/v1/recovery"),
    ("DELETE", "/api/shipments/v2409/void/cancel"),
    ("GET", "/api/track/v1/details"),
}


@pytest.fixture(scope="module")
def specifications() -> dict[str, Any]:
    """The specifications by the beginning of the paths they are about."""
    loaded: dict[str, Any] = {}
    for name, beginnings in SPECIFICATIONS.items():
        document = yaml.load(shared_path(f"contracts/ups/{name}").read_bytes(), Loader=yaml.CSafeLoader)
        config = openapi_core.Config(spec_validator_cls=None)
        loaded |= dict.fromkeys(beginnings, openapi_core.OpenAPI.from_dict(as_meant(document), config=config))
    return loaded


def as_meant(document: dict[str, Any]) -> dict[str, Any]:
    """The specification without its slips."""
    schemas = document["components"].get("schemas", {})
    if recovery := schemas.get("LabelRecoveryRequest"):
        recovery["required"] = ["Request"]
        schemas["ShipmentResults_BillingWeight"]["properties"]["Weight"].pop("minLength")
        schemas["LabelImage_LabelImageFormat"]["properties"]["Code"].pop("minLength")
    return document


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    async def everything(carrier: Carrier) -> None:
        offers = await carrier.rate(REQUEST)
        label = await carrier.buy(REQUEST, offers[0])
        assert await carrier.find_by_reference(REQUEST.reference)
        assert await carrier.find_by_reference("01K0UNKNOWN") is None
        assert await carrier.void(label.provider_reference)
        assert await carrier.void(label.provider_reference)
        assert await carrier.find_by_reference(REQUEST.reference) is None
        assert await carrier.track(TrackedParcel(label.tracking_number, label.provider_reference, "ups"))
        assert await carrier.track(TrackedParcel("1Z0000000000000000", "1Z0", "ups")) is None
        abroad = replace(REQUEST, destination=TORONTO, customs=CUSTOMS, label_format=LabelFormat.ZPL)
        await carrier.buy(abroad, (await carrier.rate(abroad))[0])

    return exchanged("ups", everything)


def path_of(exchange: Exchange) -> str:
    return exchange.request.url.path.removeprefix("/ups")


def asked(exchange: Exchange) -> Any:
    request = exchange.request
    path = path_of(exchange)
    return testing.MockRequest(
        "https://onlinetools.ups.com",
        request.method.lower(),
        path,
        args=dict(request.url.params),
        headers=dict(request.headers),
        data=request.content or None,
        content_type=request.headers.get("content-type", ""),
    )


def specification(specifications: dict[str, Any], exchange: Exchange) -> Any:
    return next(found for beginning, found in specifications.items() if path_of(exchange).startswith(beginning))


def name_of(exchange: Exchange) -> str:
    return next(name for name, starts in SPECIFICATIONS.items() if path_of(exchange).startswith(starts))


@pytest.mark.requirement("OF-51")
def test_every_request_is_valid_against_the_specification_of_ups(specifications, exchanges) -> None:
    assert {(exchange.request.method, path_of(exchange).split("/1Z")[0]) for exchange in exchanges} == OPERATIONS
    for exchange in exchanges:
        operation = f"{exchange.request.method} {path_of(exchange).split('/1Z')[0]}"
        faults = request_faults(specification(specifications, exchange), asked(exchange))
        hold_against(name_of(exchange), "ups", operation, faults)


@pytest.mark.requirement("OF-51")
@pytest.mark.parametrize("missing", ["Shipper", "ShipTo", "Service", "Package"])
def test_a_shipment_without_what_ups_requires_would_be_found_out(specifications, exchanges, missing: str) -> None:
    ordered = next(e for e in exchanges if path_of(e).endswith("/ship"))
    spoilt = json.loads(ordered.request.content)
    del spoilt["ShipmentRequest"]["Shipment"][missing]
    request = asked(ordered)
    request.body = json.dumps(spoilt).encode()
    with pytest.raises(openapi_core.exceptions.OpenAPIError):
        specification(specifications, ordered).validate_request(request)


def test_the_stand_in_answers_as_the_specification_says(specifications, exchanges) -> None:
    for exchange in exchanges:
        response = exchange.response
        kind = response.headers["content-type"]
        answered = testing.MockResponse(response.content, status_code=response.status_code, content_type=kind)
        specification(specifications, exchange).validate_response(asked(exchange), answered)


def test_every_call_says_who_asks_under_a_number_of_its_own(exchanges) -> None:
    calls = [e.request.headers for e in exchanges if path_of(e).startswith("/api/")]
    assert {headers["transactionsrc"] for headers in calls} == {"orderflow"}
    assert len({headers["transid"] for headers in calls}) == len(calls)
    assert all(headers["authorization"].startswith("Bearer ") for headers in calls)
