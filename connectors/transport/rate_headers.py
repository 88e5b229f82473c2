"""How long a service wants to be left alone, by whichever header it says so.

  Retry-After                  seconds, or a date (RFC 9110, 10.2.3): Slack, Shopify, ShipStation, Flexport, most others
  x-retry-after                seconds: ShipBob
  X-Rate-Limit-Time-Reset-Ms   milliseconds: BigCommerce
  X-Rate-Limit-Reset           seconds: ShipStation's first API
  X-RateLimit-Reset            seconds since 1970: SendGrid
  RateLimit-Reset              seconds: the draft of the IETF

Shopify's GraphQL has no header: its budget of points stands in the body, and the connector reads it there.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# A number this large is a moment, a smaller one a length of time.
EARLIEST_MOMENT = 1_000_000_000
# What a service says in a moment of confusion must not stop us for days.
LONGEST_WAIT_SECONDS = 3600.0


def told_wait_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """The wait the service asks for, at most an hour; None where no header names one that can be read."""
    for header, read in _READ:
        if header in headers and (seconds := read(headers[header].strip(), now)) is not None:
            return min(max(0.0, seconds), LONGEST_WAIT_SECONDS)
    return None


def _seconds(text: str, now: datetime) -> float | None:
    number = _number(text)
    if number is None or number < EARLIEST_MOMENT:
        return number
    return number - now.timestamp()


def _milliseconds(text: str, now: datetime) -> float | None:
    number = _number(text)
    return None if number is None else number / 1000


def _seconds_or_date(text: str, now: datetime) -> float | None:
    number = _number(text)
    if number is not None:
        return number
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - now).total_seconds()


def _number(text: str) -> float | None:
    """A plain decimal; what else float() would take ("nan", "1e999") is no wait."""
    return float(text) if text.replace(".", "", 1).isdecimal() and text.isascii() else None


_READ: tuple[tuple[str, Callable[[str, datetime], float | None]], ...] = (
    ("retry-after", _seconds_or_date),
    ("x-retry-after", _seconds),
    ("x-rate-limit-time-reset-ms", _milliseconds),
    ("x-rate-limit-reset", _seconds),
    ("x-ratelimit-reset", _seconds),
    ("ratelimit-reset", _seconds),
)
