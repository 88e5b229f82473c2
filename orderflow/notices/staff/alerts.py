"""Short alerts for our own people: a headline and the facts under it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from orderflow.lifecycle import OrderStatus
from orderflow.notices.notice import Fact, Letterhead, StaffNotice, customer_name
from orderflow.notices.parcels import ShippedParcel, delivery_window
from orderflow.notices.text_message import text_message
from orderflow.notices.wording import countdown, moment, one_line, order_name, stock_words, units
from orderflow.order import Order
from orderflow.thresholds import StockStatus


class AlertKind(StrEnum):
    """What an alert is about."""

    ORDER_STATUS = "order_status"
    INVENTORY = "inventory"
    BOTTLENECK = "bottleneck"
    DELIVERY_FAILURE = "delivery_failure"
    LABEL = "label"


class Alert(StaffNotice):
    """One alert. Only the urgent kinds, stock running out and failed deliveries, have a text message."""

    kind: AlertKind
    facts: tuple[Fact, ...]


def order_status_alert(
    order: Order, status: OrderStatus, parcels: Sequence[ShippedParcel], at: datetime, letterhead: Letterhead
) -> Alert:
    """How an order stands."""
    name = order_name(order.number)
    words = status.value.replace("_", " ")
    tracking = [_tracking(parcel, letterhead.timezone) for parcel in parcels]
    return Alert(
        kind=AlertKind.ORDER_STATUS,
        subject=f"Order {name}: {words}",
        headline=f"Order {name}: {words}",
        link=letterhead.order_link(order),
        facts=(
            Fact(label="Customer", text=customer_name(order) or "unknown"),
            Fact(label="Total", text=str(order.total)),
            *(Fact(label=f"Parcel {number}", text=text) for number, text in enumerate(tracking, 1)),
            Fact(label="As of", text=moment(at, letterhead.timezone)),
        ),
    )


def inventory_alert(
    product: str,
    sku: str,
    counts: Mapping[str, int],
    *,
    status: StockStatus,
    threshold: int,
    actions: Sequence[str] = (),
) -> Alert:
    """A product is short. `counts` are units by the location's name, `actions` what was started because of it."""
    total, name = sum(counts.values()), one_line(product)
    headline = f"{stock_words(status)}: {name}"
    short = f"Stock alert: {name} ({sku}), {units(total)} left, threshold {threshold}."
    return Alert(
        kind=AlertKind.INVENTORY,
        subject=headline,
        headline=headline,
        short_text=text_message(short, *actions),
        facts=(
            Fact(label="SKU", text=one_line(sku)),
            *(Fact(label=one_line(place), text=units(count)) for place, count in counts.items()),
            Fact(label="Total", text=units(total)),
            Fact(label="Threshold", text=units(threshold)),
            *(Fact(label="Started", text=one_line(action)) for action in actions),
        ),
    )


def bottleneck_alert(stage: str, waiting: int, oldest: timedelta, target: timedelta, link: str = "") -> Alert:
    """Orders pile up in front of a stage: the oldest waits longer than the shop wants."""
    headline = f"Bottleneck at {stage}: {units(waiting, 'order')} waiting"
    return Alert(
        kind=AlertKind.BOTTLENECK,
        subject=headline,
        headline=headline,
        link=link,
        facts=(
            Fact(label="Oldest waits for", text=countdown(oldest)),
            Fact(label="Target", text=countdown(target)),
        ),
    )


def delivery_failure_alert(
    order: Order, parcel: ShippedParcel, problem: str, at: datetime, letterhead: Letterhead
) -> Alert:
    """The carrier could not deliver a parcel: lost, damaged, refused or sent back."""
    name, what = order_name(order.number), one_line(problem)
    tracking = f"{parcel.title} {one_line(parcel.tracking_number)}"
    return Alert(
        kind=AlertKind.DELIVERY_FAILURE,
        subject=f"Delivery failed: order {name}",
        headline=f"Delivery failed: order {name}",
        link=letterhead.order_link(order),
        short_text=text_message(f"Delivery failed: order {name}, {tracking}: {what}"),
        facts=(
            Fact(label="Problem", text=what),
            Fact(label="Parcel", text=tracking),
            Fact(label="Reported", text=moment(at, letterhead.timezone)),
        ),
    )


def label_alert(order: Order, parcel: ShippedParcel, location: str, letterhead: Letterhead) -> Alert:
    """A label is ready to be printed where the parcel is packed; the file goes along as an attachment."""
    name = order_name(order.number)
    return Alert(
        kind=AlertKind.LABEL,
        subject=f"Label for order {name}",
        headline=f"Label for order {name}",
        link=letterhead.order_link(order),
        facts=(
            Fact(label="Pack at", text=location),
            Fact(label="Parcel", text=f"{parcel.title} {one_line(parcel.tracking_number)}"),
            *(Fact(label="Pack", text=f"{line.quantity}x {one_line(line.sku)}") for line in parcel.lines),
        ),
    )


def _tracking(parcel: ShippedParcel, timezone: str) -> str:
    arrives = delivery_window(parcel.promised_from, parcel.promised_to, timezone)
    told = f"{parcel.title} {one_line(parcel.tracking_number)}"
    return f"{told}, arrives {arrives}" if arrives else told
