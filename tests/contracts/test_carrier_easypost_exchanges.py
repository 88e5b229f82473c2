"""What we send to EasyPost beside what its official SDK sends, and the stand-in as that SDK sees it."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from carrier_exchanges import REQUEST, Exchange, Exchanges, carrier_through, exchanged
from carrier_variables import carrier_variables
from sandbox_server import RunningSandbox, running_sandbox
from shared_material import shared_path
from specification_table import hold_against

from connectors.errors import OutcomeUnknown, Refused
from connectors.protocols import Carrier
from connectors.registry import build


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    async def buy_and_void(carrier: Carrier) -> None:
        label = await carrier.buy(REQUEST, (await carrier.rate(REQUEST))[0])
        await carrier.find_by_reference(REQUEST.reference)
        await carrier.void(label.provider_reference)

    return exchanged("easypost", buy_and_void)


@pytest.fixture(scope="module")
def sdk() -> dict[str, dict[str, Any]]:
    """The SDK's requests by the last step of their paths, as they were recorded."""
    recordings = json.loads(shared_path("contracts/sdk-wire-recordings.json").read_bytes())
    return {item["path"].rsplit("/", 1)[1]: item for item in recordings if item["sdk"] == "easypost"}


def ours(exchanges: list[Exchange], step: str) -> httpx.Request:
    requests = (exchange.request for exchange in exchanges if exchange.request.method == "POST")
    return next(request for request in requests if request.url.path.endswith(step))


def names(document: Any) -> set[str]:
    return set(document) | {name for inner in document.values() if isinstance(inner, dict) for name in names(inner)}


@pytest.mark.requirement("OMS-12")
@pytest.mark.parametrize("step", ["shipments", "buy", "refund"])
def test_we_speak_to_easypost_as_its_own_sdk_does(exchanges: list[Exchange], sdk: dict, step: str) -> None:
    request, recorded = ours(exchanges, step), sdk[step]
    assert request.method == recorded["method"]
    assert request.headers["authorization"].startswith("Bearer EZTK")
    assert request.headers["content-type"] == recorded["headers"]["Content-Type"]
    missing = names(json.loads(recorded["body"])) - names(json.loads(request.content))
    hold_against("recordings of its SDK", "easypost", f"POST …/{step}", missing)


@pytest.mark.requirement("OMS-12")
def test_a_purchase_and_a_refund_say_nothing_the_sdk_does_not_say(exchanges: list[Exchange], sdk: dict) -> None:
    for step in ("buy", "refund"):
        assert names(json.loads(ours(exchanges, step).content)) == names(json.loads(sdk[step]["body"]))


def test_the_official_client_takes_the_events_of_the_stand_in_for_genuine() -> None:
    judge = pytest.importorskip("easypost.util", reason="the official EasyPost SDK is not installed")
    steps = [{"status": "delivered", "at": "2026-03-02T09:30:00Z"}]
    with running_sandbox() as own:
        walk = {"tracking_number": number_bought_at(own), "steps": steps, "secret": "sécret"}
        event = httpx.post(f"{own.url}/easypost/_scans", json=walk).json()
    headers = {"X-Hmac-Signature": event["headers"]["X-Hmac-Signature"]}
    taken = judge.validate_webhook(event["body"].encode(), headers, "sécret")
    assert taken["description"] == "tracker.updated"


def number_bought_at(sandbox: RunningSandbox) -> str:
    """The number of a label bought at the running stand-in."""

    async def buy() -> str:
        carrier = build("carriers", "easypost", carrier_variables(sandbox.url))
        return (await carrier.buy(REQUEST, (await carrier.rate(REQUEST))[0])).tracking_number

    return asyncio.run(buy())


def test_credentials_do_not_travel_with_the_link_to_a_label(exchanges: list[Exchange]) -> None:
    files = [exchange.request for exchange in exchanges if "/files/" in exchange.request.url.path]
    assert files
    assert all("authorization" not in request.headers for request in files)


def test_a_parcel_is_told_in_ounces_and_inches_rounded_up(exchanges: list[Exchange]) -> None:
    parcel = json.loads(ours(exchanges, "shipments").content)["shipment"]["parcel"]
    assert parcel == {"weight": 32.0, "length": 11.82, "width": 7.88, "height": 5.91}


def test_one_offer_bought_twice_is_one_label() -> None:
    async def buy_twice() -> None:
        offer = (await carrier.rate(REQUEST))[0]
        assert await carrier.buy(REQUEST, offer) == await carrier.buy(REQUEST, offer)

    transport = Exchanges()
    carrier = carrier_through("easypost", transport)
    asyncio.run(buy_twice())
    assert len(transport.app.state.books["easypost"].entries("labels")) == 1


def test_an_offer_whose_label_was_voided_is_not_sold_again() -> None:
    async def buy_void_and_buy(carrier: Carrier) -> None:
        offer = (await carrier.rate(REQUEST))[0]
        await carrier.void((await carrier.buy(REQUEST, offer)).provider_reference)
        with pytest.raises(Refused) as refusal:
            await carrier.buy(REQUEST, offer)
        assert refusal.value.code == "reference_used"

    exchanged("easypost", buy_void_and_buy)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("SHIPMENT.PURCHASE.IN_PROGRESS", OutcomeUnknown),
        ("SHIPMENT.POSTAGE.TIMED_OUT", OutcomeUnknown),
        ("SHIPMENT.POSTAGE.NO_RESPONSE", OutcomeUnknown),
        ("SHIPMENT.POSTAGE.FAILURE", Refused),
    ],
)
def test_a_refusal_that_decides_nothing_is_of_unknown_outcome(code: str, error: type[Exception]) -> None:
    refused = {"error": {"code": code, "message": "Not now.", "errors": ["Not now."]}}
    answer = httpx.MockTransport(lambda _: httpx.Response(422, json=refused))
    offer = asyncio.run(carrier_through("easypost", Exchanges()).rate(REQUEST))[0]
    with pytest.raises(error):
        asyncio.run(carrier_through("easypost", answer).buy(REQUEST, offer))


def test_a_label_older_than_the_newest_pages_is_not_called_missing() -> None:
    page = {"shipments": [{"id": "shp_1", "reference": "another"}], "has_more": True}
    endless = httpx.MockTransport(lambda _: httpx.Response(200, json=page))
    with pytest.raises(OutcomeUnknown, match="not among the newest"):
        asyncio.run(carrier_through("easypost", endless).find_by_reference(REQUEST.reference))


def test_a_busy_account_is_read_only_as_far_back_as_the_purchase_can_be() -> None:
    asked: list[str] = []

    def quiet_since(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["start_datetime"])
        return httpx.Response(200, json={"shipments": [], "has_more": False})

    since = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    carrier = carrier_through("easypost", httpx.MockTransport(quiet_since))
    assert asyncio.run(carrier.find_since(REQUEST.reference, since)) is None
    assert asked == ["2026-01-05T09:30:00Z"]


def test_a_label_on_an_older_page_is_found() -> None:
    async def many() -> None:
        first = await carrier.buy(REQUEST, (await carrier.rate(REQUEST))[0])
        for number in range(102):
            other = replace(REQUEST, reference=f"other-{number}")
            await carrier.buy(other, (await carrier.rate(other))[0])
        found = await carrier.find_by_reference(REQUEST.reference)
        assert found is not None
        assert found.tracking_number == first.tracking_number

    carrier = carrier_through("easypost", Exchanges())
    asyncio.run(many())


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.mark.requirement("OMS-12")
def test_the_official_sdk_can_talk_to_the_stand_in(sandbox: RunningSandbox) -> None:
    easypost = pytest.importorskip("easypost", reason="the official EasyPost SDK is not installed")
    client = easypost.EasyPostClient("EZTK_contract", api_base=f"{sandbox.url}/easypost/v2")
    place = {"name": "A", "street1": "1 Main", "city": "Austin", "state": "TX", "zip": "78701", "country": "US"}
    parcel = {"length": 5, "width": 5, "height": 5, "weight": 10}
    made = client.shipment.create(to_address=place, from_address=place, parcel=parcel, reference="01SDK")
    bought = client.shipment.buy(made.id, rate=made.lowest_rate())
    assert bought.postage_label.label_url.endswith(".png"), "as EasyPost does where no format is asked for"
    assert [item.id for item in client.shipment.all(purchased=True).shipments] == [bought.id]
    assert client.shipment.retrieve(bought.id).tracking_code == bought.tracking_code
    with pytest.raises(easypost.errors.InvalidRequestError) as refusal:
        client.shipment.buy(made.id, rate=made.lowest_rate())
    assert refusal.value.code == "SHIPMENT.POSTAGE.EXISTS"
    walk = {"tracking_number": bought.tracking_code, "steps": [{"status": "delivered", "at": "2026-03-02T09:30:00Z"}]}
    httpx.post(f"{sandbox.url}/easypost/_scans", json=walk).raise_for_status()
    (followed,) = client.tracker.all(tracking_code=bought.tracking_code).trackers
    assert (followed.status, followed.tracking_details[0].status) == ("delivered", "delivered")
    assert client.shipment.refund(bought.id).refund_status == "submitted"
    assert [row["voided"] for row in sandbox.books("easypost").entries("labels")] == [True]
