"""A regional carrier is added by a JSON file: what the file may say, and how its faults are told."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from carrier_exchanges import REQUEST, Exchanges, carrier_through
from carrier_variables import REGIONAL_CARRIER

from connectors.carriers.regional.paths import pick
from connectors.carriers.regional.template import fill, fill_path, shipment_facts
from connectors.described.filling import placeholders
from connectors.errors import NotConfigured, OutcomeUnknown, Refused
from connectors.protocols import Capabilities
from orderflow.money import Money

PDF = "JVBERi0xLjQK"


def described(folder: Path, **changes: Any) -> str:
    """The shipped description with its sections replaced, as a file."""
    path = folder / "carrier.json"
    path.write_text(json.dumps(json.loads(REGIONAL_CARRIER.read_bytes()) | changes))
    return str(path)


def carrier_of(folder: Path, transport: httpx.AsyncBaseTransport | None = None, **changes: Any) -> Any:
    return carrier_through("regional", transport or Exchanges(), REGIONAL_CARRIER_FILE=described(folder, **changes))


@pytest.mark.requirement("OF-53")
def test_a_carrier_nobody_wrote_code_for_is_rated_bought_from_found_and_voided() -> None:
    transport = Exchanges()
    carrier = carrier_through("regional", transport)

    async def everything() -> None:
        offers = await carrier.rate(REQUEST)
        assert [(rate.carrier, rate.service) for rate in offers] == [
            ("westrunner", "night-van"),
            ("westrunner", "day-van"),
            ("westrunner", "courier"),
        ]
        label = await carrier.buy(REQUEST, offers[1])
        assert label.document.startswith(b"%PDF")
        assert (label.service, label.cost) == ("day-van", offers[1].cost)
        assert await carrier.find_by_reference(REQUEST.reference) == label
        assert await carrier.void(label.provider_reference)
        assert await carrier.find_by_reference(REQUEST.reference) is None

    asyncio.run(everything())
    booked = json.loads(next(e.request for e in transport.kept if e.request.url.path.endswith("/parcels")).content)
    assert booked["kilograms"] == 0.907
    assert booked["centimetres"] == [30.0, 20.0, 15.0]
    assert booked["recipient"]["more"] == "2nd floor"
    assert "telephone" not in booked["recipient"], "what is empty is left out"
    assert {e.request.headers["x-api-key"] for e in transport.kept} == {"TEST_sandbox"}


@pytest.mark.requirement("OF-53")
def test_what_a_carrier_promises_after_an_unknown_answer_is_in_its_file(tmp_path: Path) -> None:
    assert carrier_of(tmp_path).capabilities == Capabilities(
        unique_reference=False, find_by_reference=True, orphan_is_billed=True, max_commit_delay_seconds=60
    )
    mute = carrier_of(tmp_path, find=None, unused_label_is_billed=False, longest_commit_delay_seconds=0)
    assert mute.capabilities == Capabilities(False, False, orphan_is_billed=False, max_commit_delay_seconds=0)
    with pytest.raises(OutcomeUnknown, match="cannot be asked"):
        asyncio.run(mute.find_by_reference("01K0"))
    assert not asyncio.run(carrier_of(tmp_path, void=None).void("1")), "nothing described, nothing voided"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"currency": "dollars"}, "currency"),
        ({"rate": {"method": "POST"}}, "rate.path"),
        ({"colour": "brown"}, "colour"),
        ({"void": {"method": "DELETE", "path": "parcels/{parcel_id}"}}, "{parcel_id} is no placeholder"),
        ({"void": {"method": "SMASH", "path": "parcels/{id}"}}, "void.method"),
    ],
)
def test_a_fault_in_the_file_is_told_by_its_place(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(NotConfigured) as missing:
        carrier_of(tmp_path, **changes)
    assert missing.value.variable == "REGIONAL_CARRIER_FILE"
    assert told in str(missing.value)


def test_a_file_that_is_not_there_is_told_by_its_name() -> None:
    with pytest.raises(NotConfigured, match=r"nowhere\.json"):
        carrier_through("regional", Exchanges(), REGIONAL_CARRIER_FILE="nowhere.json")


@pytest.mark.parametrize(
    ("access", "header"),
    [
        ({}, ("authorization", "Bearer TEST_sandbox")),
        ({"header": "X-Key", "prefix": "key "}, ("x-key", "key TEST_sandbox")),
        ({"user": "shop"}, ("authorization", "Basic c2hvcDpURVNUX3NhbmRib3g=")),
    ],
)
def test_the_token_travels_as_the_file_says(tmp_path: Path, access: dict[str, str], header: tuple[str, str]) -> None:
    heard: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return httpx.Response(200, json={"quotes": []})

    assert asyncio.run(carrier_of(tmp_path, httpx.MockTransport(answer), access=access).rate(REQUEST)) == ()
    assert heard[0].headers[header[0]] == header[1]


def test_a_label_behind_a_link_is_fetched_from_the_named_hosts_only_and_without_the_token(tmp_path: Path) -> None:
    heard: list[httpx.Request] = []
    links: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        booked = {"parcel": {"id": "1", "code": "WR1", "link": links[-1]}}
        return httpx.Response(200, content=b"%PDF-1.4") if request.method == "GET" else httpx.Response(201, json=booked)

    buy = json.loads(REGIONAL_CARRIER.read_bytes())["buy"]
    buy["answer"] = {"id": "parcel.id", "tracking_number": "parcel.code", "document_url": "parcel.link"}
    offer = asyncio.run(carrier_through("regional", Exchanges()).rate(REQUEST))[0]
    for host, content in (("files.westrunner.example", b"%PDF-1.4"), ("evil.example", b"")):
        links.append(f"https://{host}/1.pdf")
        hosts = {"buy": buy, "label_hosts": ["files.westrunner.example"]}
        label = asyncio.run(carrier_of(tmp_path, httpx.MockTransport(answer), **hosts).buy(REQUEST, offer))
        assert (label.document, label.cost, label.service) == (content, offer.cost, offer.service)
    fetched = [request for request in heard if request.method == "GET"]
    assert [request.url.host for request in fetched] == ["files.westrunner.example"]
    assert "x-api-key" not in fetched[0].headers


def test_a_label_found_without_its_price_says_so(tmp_path: Path) -> None:
    find = json.loads(REGIONAL_CARRIER.read_bytes())["find"]
    find["answer"] = {"id": "id", "tracking_number": "code", "document": "label.pdf"}
    listed = {"parcels": [{"id": "1", "code": "WR1", "your_reference": "01K0", "label": {"pdf": PDF}}]}
    told = httpx.MockTransport(lambda _: httpx.Response(200, json=listed))
    label = asyncio.run(carrier_of(tmp_path, told, find=find).find_by_reference("01K0"))
    assert (label.cost_is_known, label.cost) == (False, Money.zero("USD"))
    assert asyncio.run(carrier_of(tmp_path, told, find=find).find_by_reference("another")) is None


@pytest.mark.parametrize("answer", [{"parcel": {"id": "1"}}, {"parcel": None}, [], "booked"])
def test_a_success_without_a_label_is_of_unknown_outcome(tmp_path: Path, answer: Any) -> None:
    offer = asyncio.run(carrier_through("regional", Exchanges()).rate(REQUEST))[0]
    told = httpx.MockTransport(lambda _: httpx.Response(201, json=answer))
    with pytest.raises(OutcomeUnknown):
        asyncio.run(carrier_of(tmp_path, told).buy(REQUEST, offer))


def test_a_look_up_answered_not_found_finds_nothing(tmp_path: Path) -> None:
    for status, error in ((404, None), (422, Refused)):
        told = httpx.MockTransport(lambda _, code=status: httpx.Response(code, text="no"))
        if error is None:
            assert asyncio.run(carrier_of(tmp_path, told).find_by_reference("01K0")) is None
            continue
        with pytest.raises(error):
            asyncio.run(carrier_of(tmp_path, told).find_by_reference("01K0"))


def test_facts_of_a_shipment_fill_templates_as_texts_and_numbers() -> None:
    facts = shipment_facts(REQUEST)
    assert fill("{parcel.weight_grams}", facts) == 907
    assert fill("{destination.city}, {destination.region}", facts) == "New York, NY"
    assert fill({"a": "{destination.phone}", "b": {"c": "{destination.company}"}, "d": 0, "e": False}, facts) == {
        "d": 0,
        "e": False,
    }
    assert fill_path("parcels/{reference}", {"reference": "a/../b?c"}) == "parcels/a%2F..%2Fb%3Fc"
    assert placeholders({"a": ["{x}", 1], "b": "{y.z} and {w}"}) == {"x", "y.z", "w"}


@pytest.mark.parametrize(
    ("path", "found"),
    [("a.0.b", 1), ("a.1.b", ""), ("a.x", ""), ("a.0.b.c", ""), ("n", ""), ("", ""), ("z", 0), ("missing.deep", "")],
)
def test_a_path_leads_to_its_fact_or_to_nothing(path: str, found: Any) -> None:
    assert pick({"a": [{"b": 1}], "n": None, "z": 0}, path) == found
