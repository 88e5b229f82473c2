"""What we send to Shippo beside what its official SDK sends, and the stand-in as that SDK sees it."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from carrier_desk import CUSTOMS, TORONTO
from sandbox_server import RunningSandbox, running_sandbox
from shared_material import shared_path
from specification_table import hold_against

from connectors.carriers.shippo import Settings, ShippoCarrier
from connectors.carriers.shippo.orders import shipment_order
from connectors.errors import OutcomeUnknown
from connectors.protocols import ShipmentRequest
from connectors.transport.http import HttpClient
from deployments.sandbox.app import create_app
from orderflow.address import Address
from orderflow.shipping.rate import Parcel

AUSTIN = Address(
    name="Ann", line1="1 Main", city="Austin", region="TX", postal_code="78701", country="US", phone="+15125550100"
)
REQUEST = ShipmentRequest(
    reference="01SHIPPO", origin=AUSTIN, destination=AUSTIN, parcel=Parcel(weight_grams=900), order_number="OF-1"
)
HEADERS = {"Authorization": "ShippoToken shippo_test_x", "SHIPPO-API-VERSION": "2018-02-08"}


class Listening(httpx.AsyncBaseTransport):
    """The sandbox in this process, writing down what is said to it."""

    def __init__(self) -> None:
        self._sandbox = httpx.ASGITransport(app=create_app())
        self.heard: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        return await self._sandbox.handle_async_request(request)


def carrier_through(transport: httpx.AsyncBaseTransport) -> ShippoCarrier:
    base_url = "http://sandbox/shippo"
    settings = Settings(SHIPPO_API_TOKEN="shippo_test_x", SHIPPO_BASE_URL=base_url)
    api = HttpClient("shippo", base_url, headers=HEADERS, transport=transport)
    return ShippoCarrier(settings, api, HttpClient("shippo", base_url, transport=transport))


@pytest.fixture(scope="module")
def ours() -> dict[str, httpx.Request]:
    """Our requests by path, as they left us."""

    async def buy_and_void(carrier: ShippoCarrier) -> None:
        label = await carrier.buy(REQUEST, (await carrier.rate(REQUEST))[0])
        await carrier.void(label.provider_reference)

    transport = Listening()
    asyncio.run(buy_and_void(carrier_through(transport)))
    return {request.url.path.removeprefix("/shippo"): request for request in transport.heard}


@pytest.fixture(scope="module")
def sdk() -> dict[str, dict[str, Any]]:
    """The SDK's requests by path, as they were recorded."""
    recordings = json.loads(shared_path("contracts/sdk-wire-recordings.json").read_bytes())
    return {recording["path"]: recording for recording in recordings if recording["sdk"] == "shippo"}


def shape(value: Any) -> Any:
    """A document's names and types, without its values."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


@pytest.mark.requirement("OF-58")
@pytest.mark.parametrize("path", ["/shipments", "/transactions", "/refunds"])
def test_we_speak_to_shippo_as_its_own_sdk_does(ours: dict, sdk: dict, path: str) -> None:
    headers = ("Authorization", "SHIPPO-API-VERSION", "content-type")
    others = [name for name in headers if ours[path].headers[name] != sdk[path]["headers"][name]]
    assert ours[path].method == sdk[path]["method"]
    hold_against("recordings of its SDK", "shippo", f"POST {path}", others)


@pytest.mark.requirement("OF-58")
def test_a_shipment_has_the_shape_the_sdk_gives_it(ours: dict, sdk: dict) -> None:
    assert shape(json.loads(ours["/shipments"].content)) == shape(json.loads(sdk["/shipments"]["body"]))


@pytest.mark.requirement("OF-58")
def test_a_declaration_has_the_fields_the_sdk_gives_one() -> None:
    shippo = pytest.importorskip("shippo", reason="the official Shippo SDK is not installed")
    words = shippo.models.components
    declared = shipment_order(replace(REQUEST, destination=TORONTO), CUSTOMS)["customs_declaration"]
    known = {spec.name for spec in fields(words.CustomsDeclarationCreateRequest)}
    known_of_items = {spec.name for spec in fields(words.CustomsItemCreateRequest)}
    unknown = (set(declared) - known) | {name for item in declared["items"] for name in set(item) - known_of_items}
    required = {"certify", "certify_signer", "contents_type", "items", "non_delivery_option"}
    hold_against("its SDK's models", "shippo", "customs_declaration", unknown | (required - set(declared)))


@pytest.mark.requirement("OF-58")
def test_a_transaction_adds_only_our_reference_to_what_the_sdk_sends(ours: dict, sdk: dict) -> None:
    ordered, recorded = json.loads(ours["/transactions"].content), json.loads(sdk["/transactions"]["body"])
    assert ordered.pop("metadata") == REQUEST.reference
    assert shape(ordered) == shape(recorded)
    assert ordered["label_file_type"] == recorded["label_file_type"]


def test_credentials_do_not_travel_with_the_link_to_a_label(ours: dict) -> None:
    (file,) = [request for path, request in ours.items() if path.startswith("/files/")]
    assert "authorization" not in file.headers


def test_a_label_older_than_the_newest_pages_is_not_called_missing() -> None:
    page = {"results": [], "next": "https://api.goshippo.com/transactions?page=2"}
    endless = httpx.MockTransport(lambda _: httpx.Response(200, json=page))
    with pytest.raises(OutcomeUnknown, match="not among the newest"):
        asyncio.run(carrier_through(endless).find_by_reference("01SHIPPO"))


def test_a_busy_account_is_read_only_as_far_back_as_the_purchase_can_be() -> None:
    asked: list[int] = []

    def busy(request: httpx.Request) -> httpx.Response:
        asked.append(int(request.url.params["page"]))
        hour = f"2026-01-05T{12 - asked[-1] % 12:02d}:00:00Z"
        sold = {"object_id": "t1", "status": "SUCCESS", "metadata": "another", "object_created": hour}
        return httpx.Response(200, json={"results": [sold], "next": "https://api.goshippo.com/transactions?page=2"})

    since = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    assert asyncio.run(carrier_through(httpx.MockTransport(busy)).find_since("01SHIPPO", since)) is None
    assert asked == [1, 2, 3]


def test_purchases_that_are_looked_for_together_are_looked_for_in_one_reading_of_the_list() -> None:
    pages: list[int] = []

    def listing(request: httpx.Request) -> httpx.Response:
        pages.append(int(request.url.params["page"]))
        sold = {"object_id": "t1", "status": "SUCCESS", "metadata": "other", "object_created": "2026-01-05T08:00:00Z"}
        return httpx.Response(200, json={"results": [sold]})

    async def look() -> list[Any]:
        carrier = carrier_through(httpx.MockTransport(listing))
        begun = [datetime(2026, 1, 5, 9, minute, tzinfo=UTC) for minute in range(30)]
        return await asyncio.gather(*(carrier.find_since(f"01SHIPPO{since.minute}", since) for since in begun))

    assert asyncio.run(look()) == [None] * 30
    assert pages == [1]


@pytest.mark.parametrize("status", ["QUEUED", "WAITING", "REFUNDED"])
def test_a_purchase_shippo_still_works_on_is_of_unknown_outcome(status: str) -> None:
    answer = httpx.MockTransport(lambda _: httpx.Response(201, json={"object_id": "t1", "status": status}))
    with pytest.raises(OutcomeUnknown, match=status):
        asyncio.run(carrier_through(answer).buy(REQUEST, asyncio.run(_a_rate())))


async def _a_rate() -> Any:
    return (await carrier_through(Listening()).rate(REQUEST))[0]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.mark.requirement("OF-58")
def test_the_official_sdk_can_talk_to_the_stand_in(sandbox: RunningSandbox) -> None:
    shippo = pytest.importorskip("shippo", reason="the official Shippo SDK is not installed")
    words, operations = shippo.models.components, shippo.models.operations
    sdk = shippo.Shippo(api_key_header="ShippoToken shippo_test_x", server_url=f"{sandbox.url}/shippo")
    place = words.AddressCreateRequest(name="A", street1="1 Main", city="Austin", state="TX", zip="78701", country="US")
    sizes = {"length": "5", "width": "5", "height": "5", "distance_unit": "in", "weight": "2", "mass_unit": "lb"}
    parcels = [words.ParcelCreateRequest(**sizes)]
    wanted = words.ShipmentCreateRequest(address_from=place, address_to=place, parcels=parcels, async_=False)
    cheapest = min(sdk.shipments.create(wanted).rates, key=lambda rate: float(rate.amount))
    order = words.TransactionCreateRequest(rate=cheapest.object_id, metadata="01SDK", async_=False)
    bought = sdk.transactions.create(order)
    assert (bought.status.value, bought.metadata) == ("SUCCESS", "01SDK")
    assert sdk.rates.get(rate_id=cheapest.object_id).amount == cheapest.amount
    listed = sdk.transactions.list(operations.ListTransactionsRequest(object_status=bought.status))
    assert [transaction.object_id for transaction in listed.results] == [bought.object_id]
    steps = [{"status": "delivered", "at": "2026-03-02T09:30:00Z"}]
    walk = {"tracking_number": bought.tracking_number, "steps": steps}
    httpx.post(f"{sandbox.url}/shippo/_scans", json=walk).raise_for_status()
    followed = sdk.tracking_status.get(tracking_number=bought.tracking_number, carrier=cheapest.provider.lower())
    assert (followed.tracking_status.status.value, len(followed.tracking_history)) == ("DELIVERED", 1)
    assert sdk.refunds.create(bought.object_id, async_=False).status.value == "PENDING"
    assert sdk.transactions.get(transaction_id=bought.object_id).status.value == "REFUNDPENDING"
    assert [row["voided"] for row in sandbox.books("shippo").entries("labels")] == [True]
