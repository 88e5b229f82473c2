"""What a customer is told when something has to be waited for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from orderflow.decision import PlannedLine
from orderflow.notices.items import planned_items, remaining_items
from orderflow.notices.notice import CustomerNotice, Letterhead, addressed
from orderflow.notices.wording import order_name, web_link, window
from orderflow.order import Order

# What a shop usually needs to have goods again where no purchase order names a day: two to three weeks.
USUAL_LEAD_DAYS = (14, 21)


class BackorderNotice(CustomerNotice):
    """The items that wait, until when, and the customer's choice to wait or to cancel them."""

    items: tuple[str, ...]
    shipping_now: tuple[str, ...]
    restock_date: str
    lead_time: str
    wait_link: str
    cancel_link: str


def backorder_notice(
    order: Order,
    lines: Sequence[PlannedLine],
    letterhead: Letterhead,
    *,
    restock: tuple[datetime, datetime],
    now: datetime,
    wait_link: str = "",
    cancel_link: str = "",
) -> BackorderNotice:
    """The notice for these backordered lines; see `restock_window` for the days."""
    name = order_name(order.number)
    return BackorderNotice(
        subject=f"Backordered: part of your order {name}" if remaining_items(order, lines) else f"Backordered: {name}",
        **addressed(order, letterhead),
        items=planned_items(order, lines),
        shipping_now=remaining_items(order, lines),
        restock_date=window(*restock, letterhead.timezone),
        lead_time=lead_time(*restock, now),
        wait_link=web_link(wait_link),
        cancel_link=web_link(cancel_link),
    )


def restock_window(
    now: datetime, delivery_due: datetime | None, usual_days: tuple[int, int] = USUAL_LEAD_DAYS
) -> tuple[datetime, datetime]:
    """When the goods should be back: the day the purchase order names, else the shop's usual span from now."""
    if delivery_due and delivery_due > now:
        return delivery_due, delivery_due
    earliest, latest = usual_days
    return now + timedelta(days=earliest), now + timedelta(days=latest)


def lead_time(earliest: datetime, latest: datetime, now: datetime) -> str:
    """The wait in words: "Ships in 2–3 weeks", in days where it is less than two weeks, rounded up."""
    first, last = (max(1, -((now - at) // timedelta(days=1))) for at in (earliest, latest))
    if last < 14:
        return f"Ships in {_span(first, last, 'day')}"
    return f"Ships in {_span(-(-first // 7), -(-last // 7), 'week')}"


def _span(first: int, last: int, noun: str) -> str:
    if first == last:
        return f"{first} {noun}{'' if first == 1 else 's'}"
    return f"{first}–{last} {noun}s"
