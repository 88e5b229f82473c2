"""Cancel: what was planned is given back, and a label that was bought already is voided."""

from collections.abc import Sequence

from sqlalchemy import Connection

from connectors.database import backorders, holds, orders, outbox, shipments, steps, stock
from connectors.database.orders import StoredOrder
from connectors.database.shipments import ShipmentRow
from connectors.database.steps import StepIntent
from connectors.errors import ConnectorError
from connectors.shop import Shop
from orderflow.holds import Hold, HoldReason
from orderflow.lifecycle import OrderStatus
from tasks.telling.announce import after_cancelling, after_holding

ACTOR = "system:process-orders"


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
    voided = [await void_label(shop, owner, row) for row in rows if row.state == "labelled"]
    with shop.database.write() as conn:
        return _finish(conn, shop, owner, stored, voided=all(voided))


async def void_label(shop: Shop, owner: str, row: ShipmentRow) -> bool:
    """Voids one bought label through the ledger; False where the provider refuses or its answer is unknown."""
    key = f"{row.id}/void"
    intent = StepIntent(key, row.order_id, "void", row.provider, row.provider, row.provider_reference)
    with shop.database.write() as conn:
        begun = steps.begin_steps(conn, [intent], owner)[key]
    if begun.row.state == "done":
        return True
    try:
        # Voiding twice changes nothing at any provider, so an unknown outcome is simply asked for again.
        void = await shop.carrier(row.provider).void(row.provider_reference)
    except ConnectorError as error:
        with shop.database.write() as conn:
            steps.fail_step(conn, key, attempt=begun.row.attempt, owner=owner, error=str(error))
        return False
    with shop.database.write() as conn:
        if void:
            steps.finish_step(conn, key, attempt=begun.row.attempt, owner=owner, provider_ref="", result={})
            if shipments.mark_voided(conn, row.id):
                stock.unship(conn, row.order_id, [(line.line_no, row.location, line.quantity) for line in row.lines])
        else:
            steps.fail_step(conn, key, attempt=begun.row.attempt, owner=owner, error="the provider refuses to void")
    return void


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
        detail="The order was cancelled, but its label could not be voided",
        remedy="Void the label at the provider or stop the parcel, then reject the order with resolve-hold.",
    )
