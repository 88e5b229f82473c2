"""What other systems are told of an order, with as little personal data as possible."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime

from orderflow.lifecycle import OrderStatus
from orderflow.money import Money
from orderflow.notices.parcels import ShippedParcel
from orderflow.notices.wording import one_line, web_link
from orderflow.order import Order
from orderflow.value import Value


class EventType(StrEnum):
    """What happened. Support, returns and payments belong to others: they get an event, and act themselves."""

    ROUTED = "order.routed"
    STATUS_CHANGED = "order.status_changed"
    HELD = "order.held"
    BACKORDERED = "order.backordered"
    SHIPPED = "order.shipped"
    DELAYED = "order.delayed"
    DELIVERED = "order.delivered"
    FOLLOW_UP_DUE = "order.delivered.follow_up_due"
    REFUND_REQUESTED = "order.refund_requested"
    BOTTLENECK = "orders.bottleneck"


class ParcelEvent(Value):
    """One parcel as outsiders see it; where it left from is not said."""

    carrier: str
    tracking_number: str
    tracking_url: str
    promised_to: AwareDatetime | None


class OrderEvent(Value):
    """One event. There is no field for a person, an address, a stock level or a stock location."""

    type: EventType
    occurred_at: AwareDatetime
    order: str = ""
    source: str = ""
    status: str = ""
    total: Money | None = None
    refund: Money | None = None
    reason: str = ""
    tags: tuple[str, ...] = ()
    parcels: tuple[ParcelEvent, ...] = ()
    waiting: int | None = None


def order_event(
    kind: EventType,
    order: Order,
    occurred_at: datetime,
    *,
    status: OrderStatus | None = None,
    parcels: Sequence[ShippedParcel] = (),
    reason: str = "",
    tags: Sequence[str] = (),
    refund: Money | None = None,
) -> OrderEvent:
    """The event about one order. `reason` is a code of ours ("inventory"), `tags` those of rules; never free text."""
    return OrderEvent(
        type=kind,
        occurred_at=occurred_at,
        order=one_line(order.number),
        source=order.source,
        status=status.value if status else "",
        total=order.total,
        refund=refund,
        reason=reason,
        tags=tuple(tags),
        parcels=tuple(_parcel(parcel) for parcel in parcels),
    )


def bottleneck_event(stage: str, waiting: int, occurred_at: datetime) -> OrderEvent:
    """The event that orders pile up in front of a stage."""
    return OrderEvent(type=EventType.BOTTLENECK, occurred_at=occurred_at, reason=stage, waiting=waiting)


def _parcel(parcel: ShippedParcel) -> ParcelEvent:
    return ParcelEvent(
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        tracking_url=web_link(parcel.tracking_url),
        promised_to=parcel.promised_to,
    )
