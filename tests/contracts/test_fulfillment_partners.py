"""What is promised of every fulfilment partner, checked on each one the registry knows, over HTTP to its stand-in."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from partner_desk import PartnerDesk, simulator_of
from sandbox_server import RunningSandbox, running_sandbox

from connectors.errors import NotConfigured, OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Stage, TrackedParcel
from connectors.registry import build, connectors_of
from deployments.demo.partner_variables import partner_variables
from orderflow.shipping.tracking import TrackingStatus

PROVES = {
    "flexport": pytest.mark.requirement("OF-13"),
    "shipbob": pytest.mark.requirement("OF-12"),
    "third_party": pytest.mark.requirement("OMS-11", "OF-60"),
    "warehouse": pytest.mark.requirement("OF-15", "OF-94", "FUL-08"),
}
# What is sent by mail is answered by people.
BY_MAIL = {"drop_ship"}
ALL = [*(code for code in connectors_of("fulfillment") if code not in BY_MAIL), "third_party:supplier"]
PARTNERS = [pytest.param(code, marks=PROVES[code.partition(":")[0]]) for code in ALL]
# Whiplash makes as many orders of one reference as it is asked for, so it is asked before anything is repeated.
MAKES_ONE = [partner for partner in PARTNERS if partner.values[0] != "third_party"]
TELLS_REFUSED_UNITS = ["warehouse", "third_party:supplier"]
TRACKS = ["flexport", "shipbob"]
# The vendor tells of no stage between the start and the parcel but these.
TELLS = {
    "flexport": {"confirmed": Stage.ACCEPTED, "packed": Stage.PACKED},
    "shipbob": {"confirmed": Stage.ACCEPTED, "packed": Stage.PACKED},
}
EVERY_STAGE = {"confirmed": Stage.ACCEPTED, "picked": Stage.PICKED, "packed": Stage.PACKED}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def desk(sandbox: RunningSandbox) -> Iterator[PartnerDesk]:
    yield PartnerDesk(sandbox)
    sandbox.app.state.faults.clear()


@pytest.mark.parametrize("code", PARTNERS)
def test_a_request_is_taken_with_every_line_and_the_building(desk: PartnerDesk, code: str) -> None:
    taken = desk.request(code)
    (job,) = desk.jobs(code)
    assert (taken.stage, taken.provider_reference) == (Stage.REQUESTED, str(job["id"]))
    assert job["lines"] == {"LAMP-LED": 2, "TENT-2P": 1}
    assert job["place"] in {"12", ""}
    assert "5 Elm St" in str(job) and "Austin" in str(job)


@pytest.mark.parametrize("code", MAKES_ONE)
def test_requesting_twice_makes_one_order(desk: PartnerDesk, code: str) -> None:
    assert desk.request(code).provider_reference == desk.request(code).provider_reference
    assert len(desk.jobs(code)) == 1


@pytest.mark.parametrize("code", PARTNERS)
def test_an_order_is_found_by_its_reference_and_by_no_other(desk: PartnerDesk, code: str) -> None:
    assert desk.find(code) is None
    taken = desk.request(code)
    assert desk.find(code) == taken


@pytest.mark.parametrize("mode", ["error_500_done", "cut_off", "nonsense"])
@pytest.mark.parametrize("code", PARTNERS)
def test_a_request_of_unknown_outcome_says_so_and_is_found(desk: PartnerDesk, code: str, mode: str) -> None:
    desk.sandbox.fail(simulator_of(code), "request", mode)
    with pytest.raises(OutcomeUnknown):
        desk.request(code)
    found = desk.find(code)
    assert found is not None and len(desk.jobs(code)) == 1


@pytest.mark.parametrize("code", PARTNERS)
def test_too_many_calls_wait_as_long_as_told(desk: PartnerDesk, code: str) -> None:
    desk.sandbox.fail(simulator_of(code), "request", "rate_limited", seconds=42)
    with pytest.raises(TryAgain) as told:
        desk.request(code)
    assert (told.value.wait_seconds, desk.jobs(code)) == (42, [])


@pytest.mark.parametrize("code", PARTNERS)
def test_an_address_nobody_delivers_to_is_refused_as_one(desk: PartnerDesk, code: str) -> None:
    with pytest.raises(Refused) as refused:
        desk.request(code, destination=desk.order().destination.model_copy(update={"line1": "UNDELIVERABLE 1"}))
    assert (refused.value.code, desk.jobs(code)) == ("address", [])


@pytest.mark.parametrize("code", PARTNERS)
def test_stages_are_told_up_to_the_parcel(desk: PartnerDesk, code: str) -> None:
    taken = desk.request(code)
    for state, stage in TELLS.get(code, EVERY_STAGE).items():
        desk.progress(code, state)
        assert desk.status(code, taken).stage is stage
    desk.progress(code, "shipped", carrier="ups")
    told = desk.status(code, taken)
    (job,) = desk.jobs(code)
    assert told.stage is Stage.SHIPPED and told.parcel is not None
    parcel = (told.parcel.carrier, told.parcel.tracking_number, told.parcel.tracking_url, told.parcel.service)
    assert parcel == ("ups", job["parcel"]["number"], job["parcel"]["url"], "ground")


@pytest.mark.parametrize("code", PARTNERS)
def test_a_rejection_is_an_end_with_nothing_sent(desk: PartnerDesk, code: str) -> None:
    taken = desk.request(code)
    desk.progress(code, "rejected", reason="no stock")
    told = desk.status(code, taken)
    assert told.stage in {Stage.REJECTED, Stage.CANCELLED}
    assert told.parcel is None


@pytest.mark.parametrize("code", TELLS_REFUSED_UNITS)
def test_units_that_will_not_be_sent_are_told(desk: PartnerDesk, code: str) -> None:
    taken = desk.request(code)
    desk.progress(code, "confirmed", refused={"LAMP-LED": 1}, reason="one is broken")
    told = desk.status(code, taken)
    assert (told.stage, told.refused, told.reason) == (Stage.ACCEPTED, (("LAMP-LED", 1),), "one is broken")


@pytest.mark.parametrize("code", PARTNERS)
def test_an_order_is_called_off_and_calling_it_off_again_changes_nothing(desk: PartnerDesk, code: str) -> None:
    taken = desk.request(code)
    assert desk.cancel(code, taken) and desk.cancel(code, taken)
    assert desk.status(code, taken).stage is Stage.CANCELLED


@pytest.mark.parametrize("code", PARTNERS)
def test_what_is_picked_cannot_be_called_off(desk: PartnerDesk, code: str) -> None:
    taken = desk.request(code)
    desk.progress(code, "picked")
    assert not desk.cancel(code, taken)
    assert [job["state"] for job in desk.jobs(code)] == ["picked"]


@pytest.mark.parametrize("code", PARTNERS)
def test_stock_is_told_by_building_over_several_pages(desk: PartnerDesk, code: str) -> None:
    levels = [{"place": "12", "sku": f"SKU-{number}", "on_hand": number} for number in range(1, 6)]
    httpx.post(f"{desk.sandbox.url}/{simulator_of(code)}/_stock", json={"levels": levels}).raise_for_status()
    told = desk.ask(code, lambda partner: partner.stock_levels())
    assert {level.sku: level.on_hand for level in told} == {f"SKU-{number}": number for number in range(1, 6)}
    assert {level.location for level in told} == {"network" if code == "flexport" else "12"}


@pytest.mark.parametrize("code", TRACKS)
def test_a_delivery_is_told(desk: PartnerDesk, code: str) -> None:
    taken = desk.request(code)
    desk.progress(code, "shipped")
    parcel = desk.status(code, taken).parcel
    assert parcel is not None
    asked = TrackedParcel(parcel.tracking_number, taken.provider_reference, parcel.carrier)
    assert desk.ask(code, lambda partner: partner.track(asked)) is None
    httpx.post(f"{desk.sandbox.url}/{code}/_delivered", json={"reference": desk.reference}).raise_for_status()
    assert desk.ask(code, lambda partner: partner.track(asked)).status is TrackingStatus.DELIVERED


@pytest.mark.parametrize("code", PARTNERS)
def test_a_missing_setting_is_named_and_a_wrong_token_is_refused(desk: PartnerDesk, code: str) -> None:
    variables = partner_variables(desk.sandbox.url)
    prefix = code.upper().replace(":", "_")
    secret = next(name for name in variables if name.startswith(prefix) and name.endswith("TOKEN"))
    with pytest.raises(NotConfigured) as missing:
        build("fulfillment", code, {name: text for name, text in variables.items() if name != secret})
    assert missing.value.variable == secret
    wrong: Any = build("fulfillment", code, variables | {secret: "x"})
    with pytest.raises(Refused):
        desk.ask(code, lambda _: wrong.status("1"))
