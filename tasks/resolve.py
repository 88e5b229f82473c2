"""Resolve: a person's decision about a held order, carried out and recorded under their name."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from connectors.database import holds, orders, outbox, shipments, stock
from connectors.database.holds import HoldRow
from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from orderflow.address import Address
from orderflow.decision import Decision
from orderflow.holds import HoldReason
from orderflow.lifecycle import OrderStatus
from orderflow.routing import Override
from tasks.labelling.begun import has_label
from tasks.labelling.cancel import release_plan
from tasks.routing.deciding import decide_all
from tasks.routing.route import Request, route_claimed
from tasks.telling.announce import after_cancelling


class Answer(StrEnum):
    """What a person can say of a held order."""

    APPROVE = "approve"
    REJECT = "reject"
    REROUTE = "reroute"
    CORRECT_ADDRESS = "correct_address"
    RESUME = "resume"


@dataclass(frozen=True)
class Resolution:
    """A person's answer, with what some answers need: the location of a reroute, the address of a correction."""

    answer: Answer
    actor: str
    note: str = ""
    location: str = ""
    address: Address | None = None


class NothingHeld(ValueError):
    """The order is not held, so there is nothing to resolve."""


def resolve_order(shop: Shop, owner: str, stored: StoredOrder, resolution: Resolution) -> str:
    """Carries the answer out on an order the caller has claimed; returns what happened in words.

    An order with parcels planned goes on with their labels, or has them voided: it is planned anew only while it has
    no label. Raises NothingHeld, or ValueError where the answer lacks what it needs or comes too late.
    """
    with shop.database.read() as conn:
        held = holds.hold_of(conn, stored.id)
        labelled = has_label(conn, stored.id)
        parcels = shipments.shipments_of(conn, [stored.id])[stored.id]
    if held is None:
        raise NothingHeld(f"{stored.order.number} is not held; `orderflow holds list` shows the orders that are")
    is_planned = stored.status is OrderStatus.AWAITING_FULFILLMENT and any(row.state != "voided" for row in parcels)
    match resolution.answer:
        case Answer.REJECT if stored.status is OrderStatus.AWAITING_FULFILLMENT:
            return _void_and_cancel(shop, owner, stored, resolution)
        case Answer.REJECT:
            return _reject(shop, owner, stored, resolution)
        case Answer.CORRECT_ADDRESS if resolution.address is None:
            raise ValueError("correct_address needs the address fields")
        case Answer.REROUTE if resolution.location not in shop.locations:
            raise ValueError(f"reroute needs a location; there are {', '.join(sorted(shop.locations))}")
        case Answer.REROUTE if labelled:
            raise ValueError(f"{stored.order.number} has a label, or one is being bought: resume it, or reject it")
        case Answer.APPROVE | Answer.RESUME if is_planned:
            return _label_again(shop, owner, stored, resolution)
        case Answer.CORRECT_ADDRESS if labelled:
            return _label_again(shop, owner, stored, resolution)
    return _decide_again(shop, owner, stored, held, resolution)


def _void_and_cancel(shop: Shop, owner: str, stored: StoredOrder, resolution: Resolution) -> str:
    with shop.database.write() as conn:
        holds.close_hold(conn, stored.id, resolution="rejected", actor=resolution.actor)
        change = {"step": "label", "kind": "rejected", "cancel_requested": True}
        orders.record(conn, stored, owner=owner, actor=resolution.actor, note=resolution.note, **change)
    return f"{stored.order.number} is cancelled as soon as its labels, if it has any, are void"


def _reject(shop: Shop, owner: str, stored: StoredOrder, resolution: Resolution) -> str:
    with shop.database.write() as conn:
        orders.record(
            conn,
            stored,
            owner=owner,
            to_status=OrderStatus.CANCELLED,
            step="none",
            kind="rejected",
            actor=resolution.actor,
            note=resolution.note,
        )
        holds.close_hold(conn, stored.id, resolution="rejected", actor=resolution.actor)
        release_plan(conn, stored.id)
        outbox.enqueue(conn, after_cancelling(shop, stored))
    return f"{stored.order.number} is cancelled and its stock released"


def _label_again(shop: Shop, owner: str, stored: StoredOrder, resolution: Resolution) -> str:
    with shop.database.write() as conn:
        holds.close_hold(conn, stored.id, resolution=resolution.answer, actor=resolution.actor)
        stored = _corrected(conn, shop, owner, stored, resolution)
        orders.record(
            conn, stored, owner=owner, step="label", kind="resumed", actor=resolution.actor, note=resolution.note
        )
    return f"{stored.order.number} goes on with its label"


def _decide_again(shop: Shop, owner: str, stored: StoredOrder, held: HoldRow, resolution: Resolution) -> str:
    back = _back_to_paid(shop, owner, stored, resolution)
    override = None
    if resolution.answer is Answer.REROUTE:
        override = Override(location=resolution.location, reason=resolution.note, actor=resolution.actor)
    approved = resolution.answer in {Answer.APPROVE, Answer.REROUTE} and held.hold.reason in {
        HoldReason.APPROVAL,
        HoldReason.FRAUD,
    }
    routed = route_claimed(shop, [back], Request(owner, resolution.actor, approved, override))
    if not routed:
        return f"{stored.order.number} is decided again as soon as its stock is free"
    return f"{stored.order.number}: {routed[0].decision.reason}"


def _back_to_paid(shop: Shop, owner: str, stored: StoredOrder, resolution: Resolution) -> StoredOrder:
    """The order as it was before its decision: its stock is free again and whatever was planned is forgotten."""
    with shop.database.write() as conn:
        holds.close_hold(conn, stored.id, resolution=resolution.answer, actor=resolution.actor)
        release_plan(conn, stored.id)
        stored = _corrected(conn, shop, owner, stored, resolution)
        if stored.status is OrderStatus.AWAITING_FULFILLMENT:
            return stored
        return orders.record(
            conn,
            stored,
            owner=owner,
            to_status=OrderStatus.PAID,
            step="route",
            kind=resolution.answer,
            actor=resolution.actor,
            note=resolution.note,
            release=False,
        )


def _corrected(conn: Connection, shop: Shop, owner: str, stored: StoredOrder, resolution: Resolution) -> StoredOrder:
    if resolution.address is None:
        return stored
    return orders.correct_address(conn, shop.vault, stored, resolution.address, owner=owner, actor=resolution.actor)


def preview(shop: Shop, stored: StoredOrder) -> tuple[Decision, list[str]]:
    """The decision as it would be now, and what taking it would change; writes nothing."""
    decision = decide_all(shop, [stored])[0].decision
    with shop.database.read() as conn:
        rows = shipments.shipments_of(conn, [stored.id]).get(stored.id, [])
        held = stock.reservations_of(conn, stored.id)
    changes = [f"release {r.quantity} × {r.sku} at {r.location}" for r in held if r.state == "held"]
    changes += [f"void label {row.tracking_number} of {row.carrier}" for row in rows if row.tracking_number]
    for shipment in decision.plan.shipments:
        units = ", ".join(f"{line.quantity} × {line.sku}" for line in shipment.lines)
        changes.append(f"reserve {units} at {shipment.location} and buy a label (about {shipment.estimated_cost})")
    return decision, changes
