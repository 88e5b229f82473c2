"""What we send to USPS beside the requests of its own collection, and its multipart answers as it recorded them."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from carrier_exchanges import REQUEST, Exchange, Exchanges, carrier_through, exchanged
from shared_material import shared_path
from specification_table import hold_against

from connectors.carriers.usps.answers import parts_of
from connectors.errors import OutcomeUnknown
from connectors.protocols import Carrier

COLLECTION = "contracts/usps/Example-Postman.postman_collection.json"
SCAN_FORM = "contracts/usps/SCANForm-LabelShipment-response.json"
EXAMPLES = {
    "/oauth2/v3/token": "3.0 OAuth Client Credentials Token",
    "/payments/v3/payment-authorization": "3.0 Domestic Label Payment",
    "/shipments/v3/options/search": "Shipping Options - POST",
    "/labels/v3/label": "3.0 Domestic Label",
}
# Documented, but in none of the collection's examples.
ALSO_KNOWN = {"firm", "ZIPPlus4", "labelType", "receiptOption", "customerReference"}
# What an example shows that our parcels have no use for: worth, extra services, envelopes' girth.
NOT_NEEDED = {"extraServices", "packageOptions", "packageValue", "girth"}


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    async def everything(carrier: Carrier) -> None:
        label = await carrier.buy(REQUEST, (await carrier.rate(REQUEST))[0])
        await carrier.find_by_reference(REQUEST.reference)
        await carrier.void(label.provider_reference)

    return exchanged("usps", everything)


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    """The bodies of the collection's requests by their paths."""
    found: dict[str, str] = {}

    def collect(items: list[dict[str, Any]]) -> None:
        for item in items:
            if raw := item.get("request", {}).get("body", {}).get("raw"):
                found[item["name"]] = raw
            collect(item.get("item", []))

    collect(json.loads(shared_path(COLLECTION).read_bytes())["item"])
    return {path: json.loads(found[name]) for path, name in EXAMPLES.items()}


def path_of(exchange: Exchange) -> str:
    return exchange.request.url.path.removeprefix("/usps")


def ours(exchanges: list[Exchange], path: str) -> httpx.Request:
    return next(exchange.request for exchange in exchanges if path_of(exchange) == path)


def names(document: Any) -> set[str]:
    if isinstance(document, list):
        return {name for inner in document for name in names(inner)}
    if not isinstance(document, dict):
        return set()
    return set(document) | {name for inner in document.values() for name in names(inner)}


@pytest.mark.requirement("OF-49")
@pytest.mark.parametrize("path", EXAMPLES)
def test_our_requests_are_made_of_the_fields_of_the_collection(
    exchanges: list[Exchange], examples: dict[str, Any], path: str
) -> None:
    example, sent = names(examples[path]), names(json.loads(ours(exchanges, path).content))
    unknown = sent - example - ALSO_KNOWN - {"referenceNumber", "printReferenceNumber"}
    hold_against("its Postman collection", "usps", f"POST {path}", unknown | (example - sent - NOT_NEEDED))


@pytest.mark.requirement("OF-49")
def test_postage_is_touched_only_with_a_payment_authorization(exchanges: list[Exchange]) -> None:
    touching = [exchange.request for exchange in exchanges if path_of(exchange).startswith("/labels/")]
    assert {request.method for request in touching} == {"POST", "DELETE"}
    assert all(request.headers["x-payment-authorization-token"] for request in touching)
    authorizations = [exchange for exchange in exchanges if "payment-authorization" in path_of(exchange)]
    assert len(authorizations) == 1, "one is kept as long as it holds"


@pytest.mark.requirement("OF-49")
def test_a_label_is_bought_and_found_under_one_key_that_is_a_uuid(exchanges: list[Exchange]) -> None:
    keys = {
        ours(exchanges, path).headers["x-idempotency-key"] for path in ("/labels/v3/label", "/labels/v3/label-reprint")
    }
    (key,) = keys
    assert len(key) == 36


def test_a_postal_code_is_split_into_its_five_and_four_digits(exchanges: list[Exchange]) -> None:
    to = json.loads(ours(exchanges, "/labels/v3/label").content)["toAddress"]
    assert (to["ZIPCode"], to["ZIPPlus4"], to["firstName"], to["lastName"]) == ("10001", "1234", "Ann", "Lee")


@pytest.mark.requirement("OF-49")
def test_a_recorded_multipart_answer_is_read_part_by_part() -> None:
    recorded = shared_path(SCAN_FORM).read_bytes()
    boundary = recorded.split(b"\n", 1)[0].strip().removeprefix(b"--").decode()
    kind = {"content-type": f"multipart/form-data; boundary={boundary}"}
    parts = parts_of(httpx.Response(200, headers=kind, content=recorded))
    assert set(parts) == {"Scan Form Response", "label"}
    assert json.loads(parts["Scan Form Response"])["form"] == "5630"
    assert parts["label"].startswith(b"JVBERi0")


@pytest.mark.parametrize("missing", ["labelMetadata", "labelImage"])
def test_a_label_that_came_in_half_is_of_unknown_outcome(exchanges: list[Exchange], missing: str) -> None:
    sold = next(exchange.response for exchange in exchanges if path_of(exchange) == "/labels/v3/label")
    spoilt = sold.content.replace(f'name="{missing}"'.encode(), b'name="else"')

    def answer(request: httpx.Request) -> httpx.Response:
        if "token" in request.url.path:
            return httpx.Response(200, json={"access_token": "t", "expires_in": "28799"})
        if "payment" in request.url.path:
            return httpx.Response(200, json={"paymentAuthorizationToken": "p"})
        return httpx.Response(200, headers={"content-type": sold.headers["content-type"]}, content=spoilt)

    offer = asyncio.run(carrier_through("usps", Exchanges()).rate(REQUEST))[0]
    with pytest.raises(OutcomeUnknown, match="unreadable label"):
        asyncio.run(carrier_through("usps", httpx.MockTransport(answer)).buy(REQUEST, offer))


def test_a_label_is_asked_for_once_because_reprints_are_counted() -> None:
    transport = Exchanges()
    carrier = carrier_through("usps", transport)

    async def ask_too_often() -> None:
        await carrier.buy(REQUEST, (await carrier.rate(REQUEST))[0])
        for _ in range(3):
            assert await carrier.find_by_reference(REQUEST.reference)
        with pytest.raises(Exception, match="three times"):
            await carrier.find_by_reference(REQUEST.reference)

    asyncio.run(ask_too_often())
    assert sum(path_of(exchange) == "/labels/v3/label-reprint" for exchange in transport.kept) == 4


def test_only_rates_for_the_shops_own_packaging_are_offered() -> None:
    offers = asyncio.run(carrier_through("usps", Exchanges()).rate(REQUEST))
    classes = ["USPS_GROUND_ADVANTAGE", "PRIORITY_MAIL", "PRIORITY_MAIL_EXPRESS"]
    assert [offer.service for offer in offers] == classes, "no flat-rate envelope, no Media Mail"
