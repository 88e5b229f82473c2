"""Where a parcel is, when to look again, and whether it is late."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.shipping.tracking import (
    FINAL,
    LONGEST_WAIT,
    Scan,
    TrackingStatus,
    is_late,
    update_of,
    wait_until_next_look,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
STATUSES = st.sampled_from(TrackingStatus)


@given(STATUSES, st.integers(0, 100))
def test_a_parcel_that_does_not_move_is_asked_about_less_and_less_but_daily(status: TrackingStatus, looks: int) -> None:
    wait, longer = wait_until_next_look(status, looks), wait_until_next_look(status, looks + 1)
    assert timedelta(minutes=30) <= wait <= longer <= LONGEST_WAIT


def test_a_parcel_on_the_van_is_asked_about_every_half_hour() -> None:
    assert wait_until_next_look(TrackingStatus.OUT_FOR_DELIVERY, 0) == timedelta(minutes=30)


@given(st.permutations(range(5)))
def test_scans_in_any_order_and_told_twice_are_one_way(order: list[int]) -> None:
    scans = [Scan(status=TrackingStatus.IN_TRANSIT, at=NOON + timedelta(hours=n), code=str(n)) for n in range(5)]
    told = update_of("1Z", [scans[n] for n in order] + scans[:2])
    assert list(told.scans) == scans


def test_one_scan_told_by_two_ways_has_one_key_however_the_place_is_spelled() -> None:
    asked = Scan(status=TrackingStatus.DELIVERED, at=NOON, place="Charlotte, NC", text="DELIVERED", code="FS")
    posted = asked.model_copy(update={"place": "CHARLOTTE, NC", "text": "Delivered"})
    assert asked.key == posted.key
    assert asked.key != asked.model_copy(update={"at": NOON + timedelta(seconds=1)}).key


@pytest.mark.requirement("FUL-15")
def test_a_parcel_is_late_after_its_promise_or_by_the_carriers_forecast_and_not_once_it_arrived() -> None:
    way, hour = TrackingStatus.IN_TRANSIT, timedelta(hours=1)
    assert not is_late(way, NOON, None, NOON)
    assert is_late(way, NOON, None, NOON + hour)
    assert is_late(way, NOON, NOON + hour, NOON - hour)
    assert not is_late(way, NOON, NOON - hour, NOON - hour)
    assert not is_late(way, None, NOON, NOON + hour)
    assert not any(is_late(status, NOON, NOON + hour, NOON + hour) for status in FINAL)


def test_the_last_delivery_counts_where_a_carrier_takes_one_back() -> None:
    scans = [Scan(status=TrackingStatus.DELIVERED, at=NOON + timedelta(hours=n), code=str(n)) for n in (0, 5)]
    assert update_of("1Z", scans).delivered_at == NOON + timedelta(hours=5)
