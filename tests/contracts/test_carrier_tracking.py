"""What is promised of carriers' tracking, checked on each one that has it, over real HTTP to its stand-in."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from carrier_desk import CARRIERS, CarrierDesk

from connectors.errors import SignatureRefused, TryAgain
from connectors.protocols import Label, TrackedParcel, TrackingSender
from connectors.registry import connectors_of
from orderflow.shipping.tracking import TrackingStatus, TrackingUpdate

TRACKING = [code for code in CARRIERS if code != "rate_card"]
SENDERS = [code for code, carrier in connectors_of("carriers").items() if issubclass(carrier, TrackingSender)]
# The secret of each sender's webhooks; ShipStation's is the key it publishes.
SECRETS = {"easypost": "sécret", "shippo": "shippo-token", "ups": "ups-token", "shipstation": ""}
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def step(status: str, hours: int = 0, **facts: Any) -> dict[str, Any]:
    return {"status": status, "at": (MONDAY + timedelta(hours=hours)).isoformat(), **facts}


def tracked(desk: CarrierDesk, code: str, label: Label) -> TrackingUpdate | None:
    parcel = TrackedParcel(label.tracking_number, label.provider_reference, label.carrier)
    return desk.ask(code, lambda carrier: carrier.track(parcel))


def walk(desk: CarrierDesk, code: str, label: Label, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    request = {"tracking_number": label.tracking_number, "steps": list(steps), **more}
    answer = httpx.post(f"{desk.sandbox.url}/{code}/_scans", json=request)
    assert answer.status_code == 200, answer.text
    return answer.json()


def posted(desk: CarrierDesk, code: str, label: Label, scan: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    """The delivery the carrier posts of this scan: headers in lower case, and the raw body."""
    delivery = walk(desk, code, label, scan, secret=SECRETS[code])
    return {name.lower(): text for name, text in delivery["headers"].items()}, delivery["body"].encode()


@pytest.mark.requirement("FUL-14")
@pytest.mark.parametrize("status", [status.value for status in TrackingStatus])
@pytest.mark.parametrize("code", TRACKING)
def test_every_stage_of_the_way_is_told_in_our_words(desk: CarrierDesk, code: str, status: str) -> None:
    label = desk.buy(code)
    walk(desk, code, label, step(status, city="Austin", text="As the carrier says"))
    update = tracked(desk, code, label)
    assert update is not None
    (scan,) = update.scans
    assert (update.status, scan.status, scan.at) == (status, status, MONDAY)
    assert update.tracking_number == label.tracking_number
    assert ("Austin" in scan.place, scan.text) == (True, "As the carrier says")


@pytest.mark.requirement("FUL-14")
@pytest.mark.parametrize("code", TRACKING)
def test_scans_come_oldest_first_and_are_the_same_scans_when_asked_again(desk: CarrierDesk, code: str) -> None:
    label = desk.buy(code)
    way = ("pre_transit", "in_transit", "out_for_delivery", "delivered")
    walk(desk, code, label, *(step(status, hours) for hours, status in enumerate(way)))
    first, second = tracked(desk, code, label), tracked(desk, code, label)
    assert first is not None and second is not None
    assert [scan.status for scan in first.scans][-3:] == list(way[1:])
    assert [scan.key for scan in first.scans] == [scan.key for scan in second.scans]
    assert first.delivered_at == MONDAY + timedelta(hours=3)


@pytest.mark.requirement("FUL-21")
@pytest.mark.parametrize("code", [code for code in TRACKING if code != "shippo"])
def test_who_took_the_parcel_is_told_with_its_delivery(desk: CarrierDesk, code: str) -> None:
    label = desk.buy(code)
    walk(desk, code, label, step("delivered", signed_by="J. Doe"))
    update = tracked(desk, code, label)
    assert update is not None
    assert update.signed_by == "J. Doe"


@pytest.mark.requirement("FUL-15")
@pytest.mark.parametrize("code", TRACKING)
def test_the_day_the_carrier_reckons_with_is_told(desk: CarrierDesk, code: str) -> None:
    label = desk.buy(code)
    walk(desk, code, label, step("in_transit"), expected_at="2026-03-06T00:00:00+00:00")
    update = tracked(desk, code, label)
    assert update is not None
    assert update.expected_at == datetime(2026, 3, 6, tzinfo=UTC)


@pytest.mark.parametrize("code", TRACKING)
def test_a_number_the_carrier_does_not_know_is_no_failure(desk: CarrierDesk, code: str) -> None:
    parcel = TrackedParcel("1Z00000000000000", "unknown-1", "usps")
    assert desk.ask(code, lambda carrier: carrier.track(parcel)) is None


@pytest.mark.requirement("LANE-17")
@pytest.mark.parametrize("code", TRACKING)
def test_a_carrier_that_asks_to_slow_down_is_heard_when_asked_where_parcels_are(desk: CarrierDesk, code: str) -> None:
    label = desk.buy(code)
    desk.sandbox.fail(code, "track", "rate_limited", count=3, seconds=9)
    with pytest.raises(TryAgain) as wait:
        tracked(desk, code, label)
    assert wait.value.wait_seconds == 9


@pytest.mark.requirement("FUL-14")
@pytest.mark.parametrize("code", SENDERS)
def test_a_posted_scan_is_the_one_a_question_would_bring(desk: CarrierDesk, code: str) -> None:
    label = desk.buy(code)
    headers, body = posted(desk, code, label, step("out_for_delivery", city="Austin"))
    desk.ask(code, lambda carrier: carrier.verify(headers, body, SECRETS[code]))
    carrier = desk.carrier(code)
    notice = carrier.notice(headers, body)
    assert notice is not None and notice.dedup_key
    (told,) = carrier.updates(json.loads(body))
    asked = tracked(desk, code, label)
    assert asked is not None
    assert told.tracking_number == label.tracking_number
    assert [scan.key for scan in told.scans] == [scan.key for scan in asked.scans]


@pytest.mark.parametrize("code", ["easypost", "shipstation"])
def test_a_delivery_with_one_flipped_bit_is_refused(desk: CarrierDesk, code: str) -> None:
    label = desk.buy(code)
    headers, body = posted(desk, code, label, step("delivered"))
    flipped = bytes([body[0] ^ 1]) + body[1:]
    signed = next(name for name in headers if "signature" in name)
    forged = headers | {signed: headers[signed][:-6] + "AAAA=="}
    for wrong_headers, wrong_body in ((headers, flipped), (forged, body), ({}, body)):
        with pytest.raises(SignatureRefused):
            desk.ask(code, lambda carrier, h=wrong_headers, b=wrong_body: carrier.verify(h, b, ""))


@pytest.mark.parametrize("code", ["shippo", "ups"])
def test_a_delivery_to_an_address_without_the_secret_is_refused(desk: CarrierDesk, code: str) -> None:
    for token in ("", "wrong", SECRETS[code][:-1]):
        with pytest.raises(SignatureRefused):
            desk.ask(code, lambda carrier, t=token: carrier.verify({}, b"{}", t))


def test_a_delivery_of_shipstation_that_is_replayed_an_hour_later_is_refused(desk: CarrierDesk) -> None:
    label = desk.buy("shipstation")
    headers, body = posted(desk, "shipstation", label, step("delivered"))
    old = headers | {"x-shipengine-timestamp": (datetime.now(UTC) - timedelta(hours=1)).isoformat()}
    with pytest.raises(SignatureRefused, match="too old"):
        desk.ask("shipstation", lambda carrier: carrier.verify(old, body, ""))


@pytest.mark.parametrize("code", SENDERS)
def test_a_sender_whose_secret_is_not_set_verifies_nothing(desk: CarrierDesk, code: str) -> None:
    with pytest.raises(SignatureRefused):
        desk.ask(code, lambda carrier: carrier.verify({}, b"{}", ""), webhooks=False)
