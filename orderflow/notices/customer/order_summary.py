"""What a customer is told when an order is on its way through."""

from orderflow.decision import Decision, PlannedShipment
from orderflow.notices.items import ordered_items, planned_items
from orderflow.notices.notice import CustomerNotice, Letterhead, addressed
from orderflow.notices.parcels import delivery_window
from orderflow.notices.wording import order_name
from orderflow.order import Order
from orderflow.value import Value


class PromisedParcel(Value):
    """What one parcel will hold and when it should arrive; `promise` is "2-day delivery", "" where nobody knows."""

    items: tuple[str, ...]
    promise: str
    arrives: str


class OrderSummary(CustomerNotice):
    """The order as we understood it, and the parcels it will come in."""

    items: tuple[str, ...]
    total: str
    parcels: tuple[PromisedParcel, ...]
    waiting: tuple[str, ...]


def order_summary(order: Order, decision: Decision, letterhead: Letterhead) -> OrderSummary:
    """The summary after routing: several parcels are announced before the first one leaves."""
    name = order_name(order.number)
    return OrderSummary(
        subject=f"Your order {name}",
        **addressed(order, letterhead),
        items=ordered_items(order),
        total=str(order.total),
        parcels=tuple(_promised(order, decision, s, letterhead.timezone) for s in decision.plan.shipments),
        waiting=planned_items(order, decision.plan.backordered),
    )


def _promised(order: Order, decision: Decision, shipment: PlannedShipment, timezone: str) -> PromisedParcel:
    return PromisedParcel(
        items=planned_items(order, shipment.lines),
        promise=_promise(decision, shipment),
        arrives=delivery_window(shipment.promised_from, shipment.promised_to, timezone),
    )


def _promise(decision: Decision, shipment: PlannedShipment) -> str:
    """The days a rule promised, else the days the plan reckons with."""
    days = decision.actions.get("delivery_days") or shipment.estimated_days
    return f"{days}-day delivery" if days else ""
