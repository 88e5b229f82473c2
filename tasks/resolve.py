"""Resolve: a person's decision about a held order, carried out and recorded under their name."""

from connectors.database import holds, orders, outbox, shipments
from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from orderflow.lifecycle import OrderStatus
from tasks.approving.answers import Answer, Resolution
from tasks.approving.decide_again import Case, corrected, decide_again
from tasks.approving.say_yes import asks_for_approval
from tasks.labelling.adopt import adopt_label, deny_label
from tasks.labelling.begun import has_label
from tasks.labelling.cancel import release_plan
from tasks.telling.announce import after_cancelling

__all__ = ["Answer", "NothingHeld", "Resolution", "resolve_order"]


class NothingHeld(ValueError):
    """The order is not held, so there is nothing to resolve."""


def resolve_order(shop: Shop, owner: str, stored: StoredOrder, resolution: Resolution) -> str:
    """Carries the answer out on an order the caller has claimed; returns what happened in words.

    An order with parcels planned goes on with their labels, or has them voided: it is planned anew only while it has
    no label. An approval is a decision anew too: stock and rates are looked at again, and what is different is told.
    Raises NothingHeld, or ValueError where the answer lacks what it needs, comes too late or is not this person's.
    """
    with shop.database.read() as conn:
        held = holds.hold_of(conn, stored.id)
        labelled = has_label(conn, stored.id)
        parcels = shipments.shipments_of(conn, [stored.id])[stored.id]
        asks = held is not None and not labelled and asks_for_approval(conn, held)
    if held is None:
        raise NothingHeld(f"{stored.order.number} is not held; `orderflow holds list` shows the orders that are")
    _check(shop, stored, resolution, labelled=labelled)
    is_planned = stored.status is OrderStatus.AWAITING_FULFILLMENT and any(row.state != "voided" for row in parcels)
    match resolution.answer:
        case Answer.REJECT if stored.status is OrderStatus.AWAITING_FULFILLMENT:
            return _void_and_cancel(shop, owner, stored, resolution)
        case Answer.REJECT:
            return _reject(shop, owner, stored, resolution)
        case Answer.ADOPT | Answer.NO_LABEL:
            return _label_again(shop, owner, stored, resolution)
        case Answer.APPROVE | Answer.RESUME if is_planned and not asks:
            return _label_again(shop, owner, stored, resolution)
        case Answer.CORRECT_ADDRESS if labelled:
            return _label_again(shop, owner, stored, resolution)
    return decide_again(shop, owner, stored, Case(held, asks), resolution)


def _check(shop: Shop, stored: StoredOrder, resolution: Resolution, *, labelled: bool) -> None:
    """Raises ValueError for an answer that lacks what it needs or comes too late."""
    match resolution.answer:
        case Answer.CORRECT_ADDRESS if resolution.address is None:
            raise ValueError("correct_address needs the address fields")
        case Answer.ADOPT if resolution.label is None:
            raise ValueError("adopt needs the tracking number, the carrier and the cost of the label that was found")
        case Answer.REROUTE if resolution.location not in shop.locations:
            raise ValueError(f"reroute needs a location; there are {', '.join(sorted(shop.locations))}")
        case Answer.REROUTE if labelled:
            raise ValueError(f"{stored.order.number} has a label, or one is being bought: resume it, or reject it")


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
        if resolution.answer is Answer.ADOPT and resolution.label:
            adopt_label(conn, owner, stored, resolution.label)
        if resolution.answer is Answer.NO_LABEL:
            deny_label(conn, owner, stored)
        holds.close_hold(conn, stored.id, resolution=resolution.answer, actor=resolution.actor)
        stored = corrected(conn, shop, owner, stored, resolution)
        kind = "resumed" if resolution.answer is Answer.RESUME else resolution.answer.value
        orders.record(conn, stored, owner=owner, step="label", kind=kind, actor=resolution.actor, note=resolution.note)
    return f"{stored.order.number} goes on with its label"
