"""Cancel: what was planned is given back, a label that was bought is voided, and partners are called off."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import Connection

from connectors.database import backorders, fulfillment, holds, orders, outbox, shipments, steps, stock
from connectors.database.fulfillment import HandoverRow
from connectors.database.orders import StoredOrder
from connectors.database.shipments import ShipmentRow
from connectors.database.steps import StepIntent
from connectors.errors import ConnectorError, OutcomeUnknown, TryAgain
from connectors.protocols import Carrier, Stage
from connectors.shop import Shop
from orderflow.holds import Hold, HoldReason
from orderflow.lifecycle import OrderStatus
from tasks.telling.announce import after_cancelling, after_holding

ACTOR = "system:process-orders"
TRIES_BEFORE_A_PERSON = 3


class Voided(StrEnum):
    """How calling a parcel back ended: nothing will leave, it cannot be stopped, or it has to be asked for again."""

    DONE = "done"
    REFUSED = "refused"
    LATER = "later"


async def cancel_orders(shop: Shop, owner: str, claimed: Sequence[StoredOrder]) -> int:
    """Cancels claimed orders that ask for it; returns how many are cancelled now.

    The caller has made sure that no purchase of theirs is undecided; one whose label cannot be voided is held.
    """
    cancelled = 0
    for stored in claimed:
        cancelled += await _cancel_one(shop, owner, stored)
    return cancelled


def release_plan(conn: Connection, order_id: str) -> None:
    """Gives the order's stock back and forgets its unlabelled shipments and open backorders."""
    stock.release(conn, order_id)
    shipments.plan_shipments(conn, order_id, ())
    for waiting in backorders.backorders_of(conn, order_id):
        backorders.settle_backorder(conn, waiting.id, "cancelled")


async def _cancel_one(shop: Shop, owner: str, stored: StoredOrder) -> int:
    with shop.database.read() as conn:
        rows = shipments.shipments_of(conn, [stored.id]).get(stored.id, [])
        handed = fulfillment.handovers_of(conn, [stored.id]).values()
    voided = [await call_off(shop, row) for row in handed if row.is_at_partner]
    voided += [await void_label(shop, owner, row) for row in rows if row.state == "labelled"]
    with shop.database.write() as conn:
        if Voided.LATER in voided and stored.attempts < TRIES_BEFORE_A_PERSON:
            wait_seconds, error = 2.0**stored.attempts, "a parcel is not called back yet"
            orders.postpone(conn, stored, owner=owner, wait_seconds=wait_seconds, error=error)
            return 0
        return _finish(conn, shop, owner, stored, voided=set(voided) <= {Voided.DONE})


async def call_off(shop: Shop, handed: HandoverRow) -> Voided:
    """Calls one shipment back from its partner, which may be repeated; refused where it is picked already."""
    try:
        is_off = await shop.partner(handed.partner).cancel(handed.provider_reference)
    except (TryAgain, OutcomeUnknown):
        return Voided.LATER
    except ConnectorError:
        return Voided.REFUSED
    if not is_off:
        return Voided.REFUSED
    with shop.database.write() as conn:
        fulfillment.note_stage(conn, handed.id, Stage.CANCELLED, "called off by us")
    return Voided.DONE


async def void_label(shop: Shop, owner: str, row: ShipmentRow) -> Voided:
    """Voids one bought label through the ledger and takes its units back into stock.

    Voiding twice changes nothing at any provider, so whatever is not answered for certain is simply asked for again.
    """
    key = f"{row.id}/void"
    intent = StepIntent(key, row.order_id, "void", row.provider, row.provider, row.provider_reference)
    with shop.database.write() as conn:
        begun = steps.begin_steps(conn, [intent], owner)[key].row
    if begun.state == "done":
        return Voided.DONE
    voided, error = await _void(shop, row)
    with shop.database.write() as conn:
        if voided is not Voided.DONE:
            steps.fail_step(conn, key, attempt=begun.attempt, owner=owner, error=error)
            return voided
        steps.finish_step(conn, key, attempt=begun.attempt, owner=owner, provider_ref="", result={})
        if shipments.mark_voided(conn, row.id):
            stock.unship(conn, row.order_id, [(line.line_no, row.location, line.quantity) for line in row.lines])
    return Voided.DONE


async def _void(shop: Shop, row: ShipmentRow) -> tuple[Voided, str]:
    seller = shop.tracker(row.provider)
    if not isinstance(seller, Carrier):
        return Voided.REFUSED, "a partner has sent the parcel"
    try:
        void = await seller.void(row.provider_reference)
    except (TryAgain, OutcomeUnknown) as error:
        return Voided.LATER, str(error)
    except ConnectorError as error:
        return Voided.REFUSED, str(error)
    return (Voided.DONE, "") if void else (Voided.REFUSED, "the provider refuses to void")


def _finish(conn: Connection, shop: Shop, owner: str, stored: StoredOrder, *, voided: bool) -> int:
    if not voided:
        hold = _cannot_void()
        orders.record(conn, stored, owner=owner, step="none", kind="hold_opened", actor=ACTOR, note=hold.detail)
        holds.open_hold(conn, stored.id, hold)
        outbox.enqueue(conn, after_holding(shop, stored, hold))
        return 0
    orders.record(
        conn,
        stored,
        owner=owner,
        to_status=OrderStatus.CANCELLED,
        step="none",
        kind="status",
        actor=ACTOR,
        note="cancelled",
    )
    release_plan(conn, stored.id)
    outbox.enqueue(conn, after_cancelling(shop, stored))
    return 1


def _cannot_void() -> Hold:
    return Hold(
        reason=HoldReason.APPROVAL,
        code="cancelled_after_label",
        field="shipments",
        detail="The order was cancelled, but its label could not be voided, or a partner has picked it already",
        remedy="Void the label at the provider or stop the parcel, then reject the order with resolve-hold.",
    )
