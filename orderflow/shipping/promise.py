"""When a parcel arrives, as a promise a customer can read.

1. Take the clock on the location's wall. Before the cut-off of a working day work starts today, else on the next
   working day. A location works on its pickup days that are not holidays.
2. Handling takes that many further working days; the van comes on the last of them.
3. The carrier needs its business days, Monday to Friday without the location's holidays.
4. The customer is promised that day from 9:00 to two days later at 20:00, by the clock where the parcel arrives.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from orderflow.address import Address
from orderflow.location import StockLocation
from orderflow.shipping.time_zones import zone_at

SPARE_DAYS = 2  # the width of the promised window, as on the sample routing card: Jan 18–20 for a two-day service
DELIVERY_STARTS = time(9, 0)
DELIVERY_ENDS = time(20, 0)
MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)
LONGEST_CLOSURE_DAYS = 366


class DeliveryWindow(NamedTuple):
    """The first and the last promised moment, in UTC."""

    starts: datetime
    ends: datetime


class NeverOpenError(ValueError):
    """A location has no working day within a year, so nothing can be promised from it."""


def dispatch_day(location: StockLocation, now: datetime) -> date:
    """The day, by the location's calendar, on which the carrier takes over what is ordered now."""
    hours = _Hours(location.timezone, location.cutoff, location.handling_days, location.pickup_days, location.holidays)
    return _taken_over(now, hours)


class _Hours(NamedTuple):
    """When a location packs and a carrier calls."""

    timezone: str
    cutoff: time
    handling_days: int
    weekdays: tuple[int, ...]
    holidays: tuple[str, ...]


# Locations of one shop keep few different hours, so one answer serves several of them.
@lru_cache(maxsize=1024)
def _taken_over(now: datetime, hours: _Hours) -> date:
    zone = ZoneInfo(hours.timezone)
    today = now.astimezone(zone).date()
    # Compared as moments: on the night the clocks go back the cut-off passes once, though its hour comes twice.
    late = now.astimezone(UTC) >= datetime.combine(today, hours.cutoff, zone).astimezone(UTC)
    start = _working_day_from(today + timedelta(days=1) if late else today, hours.weekdays, hours.holidays)
    return days_later(start, hours.handling_days, hours.weekdays, hours.holidays)


@lru_cache(maxsize=4096)
def arrival_day(dispatch: date, transit_days: int, holidays: tuple[str, ...] = ()) -> date:
    """The day the parcel arrives, `transit_days` business days after the carrier took it over."""
    return days_later(dispatch, transit_days, MONDAY_TO_FRIDAY, holidays)


def days_later(start: date, count: int, weekdays: tuple[int, ...], holidays: tuple[str, ...]) -> date:
    """The `count`-th day after `start` that falls on these ISO weekdays and on no holiday."""
    day = start
    for _ in range(count):
        day = _working_day_from(day + timedelta(days=1), weekdays, holidays)
    return day


def window_on(day: date, destination: Address) -> DeliveryWindow:
    """The promised window of a parcel that is reckoned to arrive on this day."""
    zone = ZoneInfo(zone_at(destination))
    starts = datetime.combine(day, DELIVERY_STARTS, zone)
    ends = datetime.combine(day + timedelta(days=SPARE_DAYS), DELIVERY_ENDS, zone)
    return DeliveryWindow(starts.astimezone(UTC), ends.astimezone(UTC))


def promised_window(location: StockLocation, destination: Address, transit_days: int, now: datetime) -> DeliveryWindow:
    """What may be promised for an order placed now, shipped from there by a service of these business days."""
    arrival = arrival_day(dispatch_day(location, now), transit_days, location.holidays)
    return window_on(arrival, destination)


def window_words(window: DeliveryWindow, destination: Address) -> str:
    """The window as customers read it, by their calendar: "Jan 18–20", "Jan 31 – Feb 2"."""
    zone = ZoneInfo(zone_at(destination))
    first, last = (moment.astimezone(zone).date() for moment in window)
    if first == last:
        return f"{first:%b} {first.day}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%b} {first.day}–{last.day}"
    return f"{first:%b} {first.day} – {last:%b} {last.day}"


def _working_day_from(day: date, weekdays: tuple[int, ...], holidays: tuple[str, ...]) -> date:
    """This day or the first after it that is worked; a holiday is "2026-12-25" or, every year, "12-25"."""
    for _ in range(LONGEST_CLOSURE_DAYS):
        if day.isoweekday() in weekdays and not _is_holiday(day, holidays):
            return day
        day += timedelta(days=1)
    raise NeverOpenError(f"no working day within a year of weekdays {weekdays}")


def _is_holiday(day: date, holidays: tuple[str, ...]) -> bool:
    if not holidays:
        return False
    written = day.isoformat()
    return written in holidays or written[5:] in holidays
