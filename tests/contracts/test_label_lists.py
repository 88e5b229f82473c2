"""Carriers that list what their account sold, over real HTTP to their stand-ins: every page, without void labels."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from carrier_desk import CarrierDesk
from sandbox_server import RunningSandbox, running_sandbox

from connectors.protocols import LabelLister, SoldLabel
from connectors.registry import connectors_of

LISTERS = [code for code, carrier in connectors_of("carriers").items() if issubclass(carrier, LabelLister)]
TWO_DAYS = timedelta(hours=48)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def desk(sandbox: RunningSandbox, tmp_path: Path) -> CarrierDesk:
    return CarrierDesk(sandbox, tmp_path)


def listed(desk: CarrierDesk, code: str, since: datetime) -> list[SoldLabel]:
    async def ask(carrier: Any) -> list[SoldLabel]:
        return list(await carrier.labels_since(since))

    return desk.ask(code, ask)


def test_the_platforms_that_can_list_do() -> None:
    assert LISTERS == ["easypost", "shippo", "shipstation"]


@pytest.mark.parametrize("code", LISTERS)
def test_a_label_is_listed_under_its_reference_until_it_is_void(desk: CarrierDesk, code: str) -> None:
    before = datetime.now(UTC)
    label = desk.buy(code)
    mine = [one for one in listed(desk, code, before - TWO_DAYS) if one.tracking_number == label.tracking_number]
    (sold,) = mine
    (row,) = [one for one in desk.sandbox.books(code).entries("labels") if one["reference"] == sold.reference]
    assert (row["provider_reference"], label.provider_reference) == (sold.provider_reference,) * 2
    assert abs(sold.sold_at - before) < timedelta(minutes=1)
    desk.ask(code, lambda carrier: carrier.void(label.provider_reference))
    assert label.tracking_number not in {one.tracking_number for one in listed(desk, code, before - TWO_DAYS)}


@pytest.mark.parametrize("code", LISTERS)
def test_what_was_sold_before_the_time_is_left_out(desk: CarrierDesk, code: str) -> None:
    desk.buy(code)
    assert listed(desk, code, datetime.now(UTC) + timedelta(minutes=1)) == []


@pytest.mark.parametrize("code", LISTERS)
def test_every_page_is_read(desk: CarrierDesk, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = connectors_of("carriers")[code].__module__
    monkeypatch.setattr(f"{module}.PAGE_SIZE", 2)
    bought = {desk.buy(code).tracking_number for _ in range(5)}
    assert bought <= {one.tracking_number for one in listed(desk, code, datetime.now(UTC) - TWO_DAYS)}
