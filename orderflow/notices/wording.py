"""How amounts, times, names and links are written in every message."""

import unicodedata
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from orderflow.money import Money
from orderflow.thresholds import StockStatus

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CARRIERS = {"fedex": "FedEx", "usps": "USPS", "ups": "UPS", "dhl": "DHL", "dhl_express": "DHL Express"}
_LONGEST_LINK = 2000
_STOCK_MARKS = {StockStatus.GOOD: "✓", StockStatus.LOW: "⚠️", StockStatus.CRITICAL: "🔴"}


def one_line(text: str) -> str:
    """The text on one line without control or direction-changing characters, so no name can forge a line of ours."""
    if text.isprintable():  # which nearly every text is, and one with such characters is not
        return " ".join(text.split())
    visible = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join("".join(c for c in visible if unicodedata.category(c) != "Cf").split())


def order_name(number: str) -> str:
    """The order as people write it: "#ORD-2024-087654", whether or not the channel already puts the sign."""
    return "#" + one_line(number).lstrip("#")


def web_link(url: str) -> str:
    """The address if it is one a browser may open safely and every mail program keeps whole, else ""."""
    safe = url.lower().startswith(("https://", "http://")) and one_line(url) == url and len(url) <= _LONGEST_LINK
    return url if safe else ""


def day(at: datetime, timezone: str) -> str:
    """The day in that zone: "Jan 18"."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{_MONTHS[local.month - 1]} {local.day}"


def window(first: datetime, last: datetime, timezone: str) -> str:
    """A span of days: "Jan 18–20", "Jan 30 – Feb 2", with the years where they differ."""
    start, end = (at.astimezone(ZoneInfo(timezone)) for at in sorted((first, last)))
    if start.date() == end.date():
        return day(start, timezone)
    if start.year != end.year:
        return f"{day(start, timezone)}, {start.year} – {day(end, timezone)}, {end.year}"
    if start.month != end.month:
        return f"{day(start, timezone)} – {day(end, timezone)}"
    return f"{day(start, timezone)}–{end.day}"


def moment(at: datetime, timezone: str) -> str:
    """A point in time: "2024-01-16 10:15 AM"."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{local:%Y-%m-%d %I:%M} {'AM' if local.hour < 12 else 'PM'}"


def countdown(left: timedelta) -> str:
    """Time left: "1h 45m"; "overdue" once there is none."""
    minutes = int(left.total_seconds() // 60)
    return f"{minutes // 60}h {minutes % 60:02d}m" if minutes > 0 else "overdue"


def percent(share: float | None) -> str:
    """A share from 0 to 1: "98 %"; "n/a" where it is not known."""
    return "n/a" if share is None else f"{Decimal(str(share)) * 100:.0f} %"


def out_of_ten(score: float | None) -> str:
    """A score: "9.2/10"; "n/a" where it is not known."""
    return "n/a" if score is None else f"{score:.1f}/10"


def short_money(money: Money) -> str:
    """The amount without empty cents: "$12", "$12.50"."""
    return str(money).removesuffix(".00")


def units(count: int, noun: str = "unit") -> str:
    """ "1 unit", "47 units"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def service_name(carrier: str, service: str) -> str:
    """A carrier and its service as people call them: "FedEx 2-Day"."""
    name = _CARRIERS.get(carrier.lower(), carrier)
    return one_line(f"{name} {service.replace('_', ' ')}")


def stock_words(status: StockStatus) -> str:
    """How well something is stocked: "✓ Good", "⚠️ Low", "🔴 Critical"."""
    return f"{_STOCK_MARKS[status]} {status}"
