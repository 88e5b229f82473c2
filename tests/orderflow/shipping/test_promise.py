"""When a parcel is promised to arrive, by the clocks and calendars of both places."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing_values import BOSTON, EAST, SAN_DIEGO, WEST

from orderflow.shipping.promise import (
    NeverOpenError,
    arrival_day,
    dispatch_day,
    promised_window,
    window_on,
    window_words,
)

TUESDAY = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


def at(day: date, hour: int, minute: int, zone: str) -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone)).astimezone(UTC)


def east(**changes):
    return EAST.model_copy(update=changes)


@pytest.mark.parametrize(
    ("hour", "minute", "leaves"), [(13, 59, 10), (14, 0, 11), (14, 1, 11), (0, 0, 10), (23, 59, 11)]
)
def test_what_comes_before_the_cut_off_leaves_today_and_what_comes_at_it_tomorrow(hour, minute, leaves):
    assert dispatch_day(EAST, at(date(2026, 3, 10), hour, minute, "America/New_York")) == date(2026, 3, leaves)


@pytest.mark.requirement("OF-36")
def test_the_cut_off_is_read_from_the_clock_of_the_location():
    at_19_utc = datetime(2026, 3, 10, 19, 0, tzinfo=UTC)  # 15:00 in New York, 12:00 in Los Angeles
    assert dispatch_day(EAST, at_19_utc) == date(2026, 3, 11)
    assert dispatch_day(WEST, at_19_utc) == date(2026, 3, 10)


def test_the_day_itself_is_that_of_the_location():
    just_past_midnight_utc = datetime(2026, 3, 11, 4, 30, tzinfo=UTC)  # 21:30 on the tenth in Los Angeles
    assert dispatch_day(east(timezone="America/Los_Angeles", cutoff=time(22)), just_past_midnight_utc).day == 10
    assert dispatch_day(east(timezone="Asia/Tokyo", cutoff=time(22)), just_past_midnight_utc).day == 11


def test_a_weekend_order_leaves_on_monday_unless_the_van_comes_on_saturday():
    saturday = at(date(2026, 3, 14), 9, 0, "America/New_York")
    assert dispatch_day(EAST, saturday) == date(2026, 3, 16)
    assert dispatch_day(east(pickup_days=(1, 2, 3, 4, 5, 6)), saturday) == date(2026, 3, 14)


def test_handling_days_are_working_days():
    friday = at(date(2026, 3, 13), 9, 0, "America/New_York")
    assert dispatch_day(east(handling_days=1), friday) == date(2026, 3, 16)
    assert dispatch_day(east(handling_days=3), friday) == date(2026, 3, 18)


def test_holidays_are_passed_over_once_or_every_year():
    christmas_eve = at(date(2026, 12, 24), 9, 0, "America/New_York")
    assert dispatch_day(east(holidays=("12-24", "2026-12-25")), christmas_eve) == date(2026, 12, 28)
    assert dispatch_day(east(holidays=("2025-12-24",)), christmas_eve) == date(2026, 12, 24)


def test_the_year_ends_and_the_promise_goes_on():
    new_years_eve = at(date(2026, 12, 31), 15, 0, "America/New_York")
    assert dispatch_day(east(holidays=("01-01",)), new_years_eve) == date(2027, 1, 4)
    assert arrival_day(date(2026, 12, 31), 2, ("01-01",)) == date(2027, 1, 5)


def test_a_leap_day_is_a_day_like_any_other():
    assert arrival_day(date(2028, 2, 28), 1) == date(2028, 2, 29)
    assert arrival_day(date(2028, 2, 28), 1, ("02-29",)) == date(2028, 3, 1)
    assert dispatch_day(east(), at(date(2028, 2, 29), 9, 0, "America/New_York")) == date(2028, 2, 29)


@pytest.mark.parametrize("night", [date(2026, 3, 8), date(2026, 11, 1)])
def test_on_the_nights_the_clocks_change_the_promise_keeps_its_hours(night):
    friday = at(night - timedelta(days=2), 9, 0, "America/New_York")
    window = promised_window(EAST, BOSTON, 1, friday)
    local = [moment.astimezone(ZoneInfo("America/New_York")) for moment in window]
    assert [(moment.hour, moment.day) for moment in local] == [(9, night.day + 1), (20, night.day + 3)]


@pytest.mark.parametrize(("night", "hour"), [(date(2026, 3, 8), 2), (date(2026, 11, 1), 1)])
def test_a_cut_off_in_the_hour_that_is_missing_or_comes_twice_divides_the_night_once(night, hour):
    owl = east(cutoff=time(hour, 30), pickup_days=(1, 2, 3, 4, 5, 6, 7))
    midnight = datetime.combine(night, time(0), ZoneInfo("America/New_York")).astimezone(UTC)
    leaves = [dispatch_day(owl, midnight + timedelta(minutes=minutes)) for minutes in range(0, 300, 5)]
    assert leaves == sorted(leaves)
    assert set(leaves) == {night, night + timedelta(days=1)}


def test_the_carrier_needs_business_days():
    friday = date(2026, 3, 13)
    assert arrival_day(friday, 0) == friday
    assert arrival_day(friday, 1) == date(2026, 3, 16)
    assert arrival_day(friday, 6) == date(2026, 3, 23)


@pytest.mark.requirement("OF-36")
def test_the_window_is_on_the_clock_of_the_destination():
    assert window_on(date(2026, 3, 12), BOSTON).starts == datetime(2026, 3, 12, 13, 0, tzinfo=UTC)
    assert window_on(date(2026, 3, 12), SAN_DIEGO).starts == datetime(2026, 3, 12, 16, 0, tzinfo=UTC)


def test_the_window_reads_as_on_the_sample_card():
    two_days = promised_window(EAST, BOSTON, 2, at(date(2024, 1, 16), 10, 0, "America/New_York"))
    assert window_words(two_days, BOSTON) == "Jan 18–20"
    assert window_words(window_on(date(2026, 1, 31), BOSTON), BOSTON) == "Jan 31 – Feb 2"


def test_a_place_that_never_opens_promises_nothing():
    with pytest.raises(NeverOpenError):
        dispatch_day(east(pickup_days=()), TUESDAY)


hours = st.integers(0, 6 * 365 * 24)
moments = hours.map(lambda after: datetime(2024, 1, 1, 0, 30, tzinfo=UTC) + timedelta(hours=after))


@given(moments, st.integers(0, 5), st.integers(0, 10))
def test_nothing_arrives_before_it_was_ordered_and_nobody_works_on_days_off(now, handling, transit):
    location = east(handling_days=handling)
    leaves = dispatch_day(location, now)
    arrives = arrival_day(leaves, transit)
    ordered = now.astimezone(ZoneInfo(EAST.timezone)).date()
    assert ordered <= leaves <= arrives
    assert leaves.isoweekday() in location.pickup_days
    assert arrives.isoweekday() <= 5
    window = promised_window(location, BOSTON, transit, now)
    assert now < window.ends
    assert window.starts < window.ends


@given(moments, moments)
def test_ordering_later_never_arrives_earlier(one, other):
    first, second = sorted((one, other))
    assert promised_window(EAST, BOSTON, 2, first) <= promised_window(EAST, BOSTON, 2, second)
