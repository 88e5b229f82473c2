"""What the team is told when an order has been routed."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from orderflow.decision import Decision, Outcome, PlannedLine, PlannedShipment
from orderflow.inventory import StockView
from orderflow.notices.items import ordered_items, product_name
from orderflow.notices.notice import Letterhead, StaffNotice, customer_name
from orderflow.notices.parcels import delivery_window
from orderflow.notices.wording import one_line, order_name, out_of_ten, percent, service_name, units
from orderflow.order import Order
from orderflow.value import Value

_HEADLINES = {
    Outcome.SHIP: "Order Routed Successfully",
    Outcome.BACKORDER: "Order Backordered",
    Outcome.HOLD: "Order Held",
}


class EffectState(StrEnum):
    """What came of something that was to be done."""

    DONE = "done"
    PENDING = "waiting"
    FAILED = "failed"


_MARKS = {EffectState.DONE: "✓", EffectState.PENDING: "…", EffectState.FAILED: "✗"}


class LabelEffect(Value):
    """One label that was to be bought, and whether its print job was accepted (None: nothing to print).

    `price` is what it costs beside what the market asks, empty where that is not known.
    """

    carrier: str
    service: str
    state: EffectState
    printing: EffectState | None = None
    price: str = ""


class RoutingEffects(Value):
    """What really happened after the decision, as the records say; nothing here is assumed.

    `reserved` are the reservations in the books, `alerts` the channels told so far.
    """

    labels: tuple[LabelEffect, ...] = ()
    reserved: tuple[PlannedLine, ...] = ()
    customer_mail: EffectState | None = None
    alerts: tuple[tuple[str, EffectState], ...] = ()


class RoutingCard(StaffNotice):
    """The routing decision, ready to be shown. Each of `actions` begins with ✓ (succeeded), … (waiting) or ✗.

    `status` is how the order stands by now, empty while the decision itself is the news.
    """

    order: str
    customer: str
    total: str
    items: tuple[str, ...]
    location: str
    reason: str
    stock_check: tuple[str, ...]
    delivery_window: str
    label_state: str
    actions: tuple[str, ...]
    confidence: str
    route_score: str
    status: str = ""


def routing_card(
    order: Order, decision: Decision, effects: RoutingEffects, titles: Mapping[str, str], letterhead: Letterhead
) -> RoutingCard:
    """The card of one decision; `titles` are the locations' names by code."""
    headline = _HEADLINES[decision.outcome]
    shipments = decision.plan.shipments
    return RoutingCard(
        subject=f"{headline}: {order_name(order.number)}",
        headline=headline,
        link=letterhead.order_link(order),
        order=order_name(order.number),
        customer=_customer_and_tier(order),
        total=str(order.total),
        items=ordered_items(order),
        location=" + ".join(titles.get(s.location, s.location) for s in shipments) or "none",
        reason=one_line(decision.reason),
        stock_check=stock_check(order, decision),
        delivery_window=_window(shipments, letterhead.timezone),
        label_state=label_state(effects.labels),
        actions=tuple(_actions(effects)),
        confidence=percent(decision.confidence),
        route_score=out_of_ten(decision.route_score),
    )


def stock_check(order: Order, decision: Decision) -> tuple[str, ...]:
    """What the chosen locations had of each thing when the decision was made: "47 units available".

    The product is named only where there is more than one to tell apart.
    """
    stock, names = StockView(decision.stock), {line.line_no: product_name(line) for line in order.lines}
    found = [
        (names.get(line.line_no, line.sku), stock.available(shipment.location, line.sku, line.variant))
        for shipment in decision.plan.shipments
        for line in shipment.lines
    ]
    if len(found) == 1:
        return (f"{units(found[0][1])} available",)
    return tuple(f"{name}: {units(count)} available" for name, count in found)


def label_state(labels: tuple[LabelEffect, ...]) -> str:
    """Where the labels of all parcels together stand, told by the one that is furthest behind."""
    states = {label.state for label in labels}
    if not labels:
        return "Not generated yet"
    if EffectState.FAILED in states:
        return "Failed"
    if EffectState.PENDING in states:
        return "Being generated"
    queued = all(label.printing is EffectState.DONE for label in labels)
    return "Generated & queued to printer" if queued else "Generated"


def _customer_and_tier(order: Order) -> str:
    return f"{customer_name(order) or 'unknown'} ({one_line(order.customer.tier)})"


def _window(shipments: tuple[PlannedShipment, ...], timezone: str) -> str:
    starts = [s.promised_from for s in shipments if s.promised_from]
    ends = [s.promised_to for s in shipments if s.promised_to]
    return delivery_window(min(starts, default=None), max(ends, default=None), timezone) or "n/a"


def _actions(effects: RoutingEffects) -> Iterable[str]:
    for label in effects.labels:
        what = ", ".join(filter(None, [service_name(label.carrier, label.service), label.price]))
        yield _action(label.state, "Label generated", "Label", f": {what}")
    for line in effects.reserved:
        yield _action(EffectState.DONE, "Inventory reserved", "", f": {line.quantity}x {line.sku}")
    if effects.customer_mail:
        yield _action(effects.customer_mail, "Customer e-mailed", "Customer e-mail")
    for channel, state in effects.alerts:
        yield _action(state, f"{channel} alerted", f"{channel} alert")


def _action(state: EffectState, done: str, subject: str, detail: str = "") -> str:
    told = done if state is EffectState.DONE else f"{subject} {state}"
    return f"{_MARKS[state]} {told}{detail}"
