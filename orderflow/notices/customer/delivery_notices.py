"""What a customer is told of each parcel: shipped, late, delivered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from orderflow.decision import PlannedLine
from orderflow.notices.items import planned_items, remaining_items
from orderflow.notices.notice import CustomerNotice, Letterhead, addressed
from orderflow.notices.parcels import ShippedParcel, delivery_window
from orderflow.notices.text_message import text_message
from orderflow.notices.wording import day, one_line, order_name, web_link
from orderflow.order import Order


class ParcelNotice(CustomerNotice):
    """A message about one parcel; `parcel` is "parcel 1 of 2", "" where there is only one."""

    items: tuple[str, ...]
    parcel: str
    carrier: str
    tracking_number: str
    tracking_link: str


class ShippedNotice(ParcelNotice):
    """One parcel has left. `remaining` are the items that will follow; `arrives` is "" while nobody knows."""

    arrives: str
    remaining: tuple[str, ...]


class DelayNotice(ParcelNotice):
    """One parcel is late; either day is "" while nobody knows it."""

    promised: str
    arrives: str


class DeliveredNotice(ParcelNotice):
    """One parcel has arrived."""

    delivered_on: str


def shipped_notice(
    order: Order, parcel: ShippedParcel, letterhead: Letterhead, shipped_before: Sequence[PlannedLine] = ()
) -> ShippedNotice:
    """The notice of this parcel; `shipped_before` are the units earlier parcels took."""
    arrives = delivery_window(parcel.promised_from, parcel.promised_to, letterhead.timezone)
    name = order_name(order.number)
    by = f"{parcel.title} {one_line(parcel.tracking_number)}"
    return ShippedNotice(
        subject=f"Your order {name} has shipped{_part(parcel)}",
        short_text=text_message(
            f"{letterhead.shop}: order {name} shipped by {by}.",
            f"Arrives {arrives}." if arrives else "",
            web_link(parcel.tracking_url),
        ),
        **_about(order, parcel, letterhead),
        arrives=arrives,
        remaining=remaining_items(order, (*shipped_before, *parcel.lines)),
    )


def delay_notice(
    order: Order, parcel: ShippedParcel, letterhead: Letterhead, expected_at: datetime | None = None
) -> DelayNotice:
    """The notice that the parcel misses its promise; `expected_at` is the carrier's new day, where it gave one."""
    name, link = order_name(order.number), web_link(parcel.tracking_url)
    arrives = day(expected_at, letterhead.timezone) if expected_at else ""
    news = f"is now expected {arrives}." if arrives else "is late. We are looking into it."
    return DelayNotice(
        subject=f"Your order {name} is delayed{_part(parcel)}",
        short_text=text_message(f"{letterhead.shop}: order {name} {news}", link),
        **_about(order, parcel, letterhead),
        promised=delivery_window(parcel.promised_from, parcel.promised_to, letterhead.timezone),
        arrives=arrives,
    )


def delivered_notice(
    order: Order, parcel: ShippedParcel, letterhead: Letterhead, delivered_at: datetime
) -> DeliveredNotice:
    """The notice that the parcel has arrived."""
    name, on = order_name(order.number), day(delivered_at, letterhead.timezone)
    return DeliveredNotice(
        subject=f"Your order {name} was delivered{_part(parcel)}",
        short_text=text_message(f"{letterhead.shop}: order {name} was delivered on {on}."),
        **_about(order, parcel, letterhead),
        delivered_on=on,
    )


def _about(order: Order, parcel: ShippedParcel, letterhead: Letterhead) -> dict[str, Any]:
    several = parcel.parcel_count > 1
    return {
        **addressed(order, letterhead),
        "items": planned_items(order, parcel.lines),
        "parcel": f"parcel {parcel.number} of {parcel.parcel_count}" if several else "",
        "carrier": parcel.title,
        "tracking_number": one_line(parcel.tracking_number),
        "tracking_link": web_link(parcel.tracking_url),
    }


def _part(parcel: ShippedParcel) -> str:
    return f" (parcel {parcel.number} of {parcel.parcel_count})" if parcel.parcel_count > 1 else ""
