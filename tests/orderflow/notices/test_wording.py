"""How amounts, times, names and links are written."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notice_values import usd

from orderflow.notices import wording


def _at(month: int, day: int, year: int = 2024) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (_at(1, 18), _at(1, 20), "Jan 18–20"),
        (_at(1, 20), _at(1, 18), "Jan 18–20"),
        (_at(1, 18), _at(1, 18), "Jan 18"),
        (_at(1, 30), _at(2, 2), "Jan 30 – Feb 2"),
        (_at(12, 30), _at(1, 2, 2025), "Dec 30, 2024 – Jan 2, 2025"),
    ],
)
@pytest.mark.requirement("OUT-05")
def test_a_delivery_window_names_each_month_and_year_once(first, last, text):
    assert wording.window(first, last, "UTC") == text


def test_days_are_those_of_the_shops_time_zone():
    just_before_midnight_in_new_york = datetime(2024, 1, 19, 4, 30, tzinfo=UTC)
    assert wording.day(just_before_midnight_in_new_york, "America/New_York") == "Jan 18"


@pytest.mark.requirement("OF-119")
def test_a_moment_is_written_with_a_twelve_hour_clock():
    assert wording.moment(datetime(2024, 1, 16, 10, 15, tzinfo=UTC), "UTC") == "2024-01-16 10:15 AM"
    assert wording.moment(datetime(2024, 1, 16, 0, 5, tzinfo=UTC), "UTC") == "2024-01-16 12:05 AM"
    assert wording.moment(datetime(2024, 1, 16, 12, 5, tzinfo=UTC), "UTC") == "2024-01-16 12:05 PM"


@pytest.mark.requirement("OUT-15")
def test_a_countdown_ends_in_overdue():
    assert wording.countdown(timedelta(hours=1, minutes=45)) == "1h 45m"
    assert wording.countdown(timedelta(hours=3, minutes=5)) == "3h 05m"
    assert wording.countdown(timedelta(0)) == "overdue"
    assert wording.countdown(timedelta(minutes=-1)) == "overdue"


@pytest.mark.requirement("OUT-08")
def test_an_unknown_figure_is_not_made_up():
    assert (wording.percent(0.98), wording.out_of_ten(9.2)) == ("98 %", "9.2/10")
    assert (wording.percent(None), wording.out_of_ten(None)) == ("n/a", "n/a")
    assert wording.percent(0.29) == "29 %"


def test_an_amount_loses_only_empty_cents():
    assert wording.short_money(usd("12")) == "$12"
    assert wording.short_money(usd("12.50")) == "$12.50"


@pytest.mark.parametrize("number", ["1001", "#1001", "##1001", "10\n01\u202e".replace("\n", "")])
def test_an_order_has_one_sign_before_its_number(number):
    assert wording.order_name(number) == "#1001"


@given(st.text())
def test_one_line_is_always_one_line(text):
    told = wording.one_line(text)
    assert len(told.splitlines()) <= 1
    assert wording.one_line(told) == told


def test_control_characters_and_turns_of_direction_vanish():
    assert wording.one_line("a\x00b\x07c\u202ed\r\n e ") == "a b cd e"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil", "https://a\nb", "https://" + "a" * 2000]
)
def test_an_unsafe_link_is_no_link(url):
    assert wording.web_link(url) == ""
    assert wording.web_link("https://track.example.com/1?a=b") == "https://track.example.com/1?a=b"


def test_carriers_are_called_as_people_call_them():
    assert wording.service_name("fedex", "2-Day") == "FedEx 2-Day"
    assert wording.service_name("usps", "ground_advantage") == "USPS ground advantage"
    assert wording.service_name("Bike Bob", "") == "Bike Bob"
