"""Reroute: a person chooses the location of an order, or a location refuses it; both hold for every later decision.

1. The ruling is kept. Where nothing is planned yet, that is all: the decision to come reads it.
2. An order that is planned and has no label gives its stock back and is decided anew at once. So does one that is held
   for approval or for missing stock; one that waits for anything else keeps its case.
3. An approval stays valid, and asks again where the new plan costs too much more.

An order with a label cannot be rerouted: a person rejects it first, which voids the label.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from connectors.database import holds, orders, rulings, shipments
from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from orderflow.holds import HoldReason
from orderflow.lifecycle import OrderStatus
from orderflow.rulings import Override, Rejection
from tasks.labelling.begun import has_label
from tasks.labelling.cancel import release_plan
from tasks.routing.route import Request, route_claimed

_BEFORE_A_DECISION = {OrderStatus.PENDING, OrderStatus.PAYMENT_PROCESSING, OrderStatus.PAID, OrderStatus.FRAUD_CHECK}
_DECIDED_ANEW = {HoldReason.APPROVAL, HoldReason.INVENTORY}


class CannotReroute(ValueError):
    """The order stands where its location can no longer change; the message says what to do instead."""


@dataclass(frozen=True)
class _Ruling:
    """How the timeline tells of a ruling, and on whose lease it is carried out."""

    owner: str
    kind: str
    actor: str
    note: str


def override_location(shop: Shop, owner: str, stored: StoredOrder, override: Override) -> str:
    """Has the order, which the caller has claimed, sent from where a person says; returns what happened in words."""
    _check(shop, stored, override.location)

    def rule(conn: Connection) -> bool:
        rulings.set_override(conn, stored.id, override)
        return True

    note = f"{override.location}: {override.reason}"
    return _ruled(shop, stored, rule, _Ruling(owner, "override", override.actor, note))


def reject_location(shop: Shop, owner: str, stored: StoredOrder, rejection: Rejection) -> str:
    """Has the order, which the caller has claimed, sent from anywhere but there; returns what happened in words.

    For the location's own word, by hand or through a fulfilment connector. Saying it again changes nothing.
    """
    _check(shop, stored, rejection.location)

    def rule(conn: Connection) -> bool:
        standing = rulings.rulings_of(conn, {stored.id: ""}).get(stored.id)
        if standing and standing.override and standing.override.location == rejection.location:
            rulings.forget_override(conn, stored.id)
        is_news = rulings.add_rejection(conn, stored.id, rejection)
        planned = shipments.shipments_of(conn, [stored.id])[stored.id]
        return is_news and any(row.location == rejection.location and row.state == "pending" for row in planned)

    note = f"{rejection.location}: {rejection.reason}"
    return _ruled(shop, stored, rule, _Ruling(owner, "location_rejected", rejection.actor, note))


def _check(shop: Shop, stored: StoredOrder, location: str) -> None:
    if location not in shop.locations:
        raise CannotReroute(f"there is no location {location!r}; there are {', '.join(sorted(shop.locations))}")
    with shop.database.read() as conn:
        if has_label(conn, stored.id):
            raise CannotReroute(
                f"{stored.order.number} has a label, or one is being bought: rejecting the order voids it"
            )
    if stored.status not in _BEFORE_A_DECISION | {OrderStatus.HOLD, OrderStatus.AWAITING_FULFILLMENT}:
        raise CannotReroute(f"{stored.order.number} is {stored.status}: nothing is left to be planned")


def _ruled(shop: Shop, stored: StoredOrder, rule: Callable[[Connection], bool], change: _Ruling) -> str:
    with shop.database.write() as conn:
        is_concerned = rule(conn)
        held = holds.hold_of(conn, stored.id)
        waits = held is not None and held.hold.reason not in _DECIDED_ANEW
        if not is_concerned or waits or stored.status in _BEFORE_A_DECISION:
            about = {"kind": change.kind, "actor": change.actor, "note": change.note}
            orders.record(conn, stored, owner=change.owner, next_at_ms=stored.next_at_ms, **about)
            return f"{stored.order.number}: noted for its next decision"
        back = _due_again(conn, stored, change)
    routed = route_claimed(shop, [back], Request(change.owner, change.actor))
    if not routed:
        return f"{stored.order.number} is decided again as soon as its stock is free"
    return f"{stored.order.number}: {routed[0].decision.reason}"


def _due_again(conn: Connection, stored: StoredOrder, change: _Ruling) -> StoredOrder:
    release_plan(conn, stored.id)
    holds.close_hold(conn, stored.id, resolution=change.kind, actor=change.actor)
    return orders.record(
        conn,
        stored,
        owner=change.owner,
        to_status=OrderStatus.PAID if stored.status is OrderStatus.HOLD else None,
        step="route",
        kind=change.kind,
        actor=change.actor,
        note=change.note,
        release=False,
    )
