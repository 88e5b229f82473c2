"""Save: the decisions of a batch, their stock, shipments, cases, events and messages in one commit."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from connectors.database import backorders, decisions, holds, orders, outbox, shipments, stock
from connectors.shop import Shop
from orderflow.decision import Decision, Outcome
from orderflow.holds import HoldReason
from orderflow.lifecycle import OrderStatus
from orderflow.rules.actions import Actions
from tasks.routing.deciding import Routed, planned
from tasks.routing.trying import note_tried
from tasks.telling.announce import after_routing


def commit(conn: Connection, shop: Shop, routed: Sequence[Routed], *, owner: str | None, actor: str) -> set[str]:
    """Writes the decisions of a batch with everything that follows; returns the orders whose stock was gone."""
    refused = stock.reserve(conn, [request for item in routed for request in requests_of(item)])
    kept = [item for item in routed if item.stored.id not in refused]
    inputs = {item.stored.id: item.inputs for item in kept}
    decisions.save_decisions(conn, [(item.stored.id, item.decision) for item in kept], inputs)
    note_tried(conn, [(item.stored.id, item.decision, item.inputs) for item in kept])
    _plan(conn, kept)
    stale = orders.record_batch(conn, [_change(shop, item, actor) for item in kept], owner).stale
    if stale:
        raise orders.StaleOrder(f"{len(stale)} order(s) changed while they were decided")
    outbox.enqueue(conn, [message for item in kept for message in after_routing(shop, item.stored, item.decision)])
    return refused


def requests_of(item: Routed) -> list[stock.ReservationRequest]:
    """What the decision needs, one request per line and location: several parcels of one line are summed."""
    wanted: Counter[tuple[int, str, str, str]] = Counter()
    for shipment in planned(item.decision):
        for line in shipment.lines:
            wanted[line.line_no, line.sku, line.variant, shipment.location] += line.quantity
    return [stock.ReservationRequest(item.stored.id, *key, units) for key, units in wanted.items()]


def _plan(conn: Connection, kept: Sequence[Routed]) -> None:
    plans = {item.stored.id: item.decision.plan for item in kept}
    services = {item.stored.id: services_of(item.decision) for item in kept}
    shipping = {item.stored.id: planned(item.decision) for item in kept if planned(item.decision)}
    shipments.plan_shipments_batch(conn, shipping, services)
    waiting = {order_id: plan.backordered for order_id, plan in plans.items() if plan.backordered}
    backorders.open_backorders_batch(conn, waiting)
    holds.open_hold_batch(conn, [(item.stored.id, item.decision.hold) for item in kept if item.decision.hold])


def services_of(decision: Decision) -> tuple[str, ...]:
    """What the rules want to have done to every parcel."""
    actions = Actions.model_validate(decision.actions)
    wanted = {"gift_wrap": actions.gift_wrap, "gift_receipt": actions.gift_receipt}
    return (*actions.services, *(service for service, asked in wanted.items() if asked))


def _change(shop: Shop, item: Routed, actor: str) -> orders.OrderChange:
    decision = item.decision
    status, step = _next(item, labels=shop.configuration.fulfillment.auto_generate_labels)
    return orders.OrderChange(
        item.stored,
        to_status=status,
        step=step,
        kind="decision",
        actor=actor,
        note=decision.reason,
        data={
            "outcome": decision.outcome,
            "locations": [s.location for s in decision.plan.shipments],
            **({"tags": decision.actions["tags"]} if "tags" in decision.actions else {}),
        },
    )


def _next(item: Routed, *, labels: bool) -> tuple[OrderStatus, str]:
    decision = item.decision
    if decision.hold and item.stored.status is OrderStatus.AWAITING_FULFILLMENT:
        return OrderStatus.AWAITING_FULFILLMENT, "none"  # there is no way back to hold: the case alone stops it
    if decision.hold:
        fraud = decision.hold.reason is HoldReason.FRAUD
        return (OrderStatus.FRAUD_CHECK if fraud else OrderStatus.HOLD), "none"
    ships = decision.outcome is Outcome.SHIP and labels
    return OrderStatus.AWAITING_FULFILLMENT, "label" if ships else "none"
