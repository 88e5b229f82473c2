"""Cancelling units a customer no longer waits for; what is on its way to be sent stays.

1. Only units that wait for stock can be cancelled this way: what is reserved may be picked already.
2. The channel is asked to take them out of the order and to give the money back; it does both itself.
3. An order of which nothing else is left to be sent is fulfilled, or cancelled where nothing was sent at all.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from connectors.database import audit, backorders, orders, outbox, shipments
from connectors.database.backorders import BackorderRow
from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from orderflow.backorders.cancellation import PartialCancellation, cancelled
from orderflow.lifecycle import OrderStatus
from tasks.refilling.asking import cancellation_items
from tasks.telling.announce import after_cancelling

KIND = "lines_cancelled"


class NothingToCancel(ValueError):
    """The named units do not wait for stock: they were picked, sent or cancelled."""


@dataclass(frozen=True)
class Wish:
    """Whose wish it is and why; all that waits, or only these lines of it."""

    actor: str
    reason: str
    line_nos: Collection[int] = ()


def cancel_waiting(shop: Shop, owner: str, stored: StoredOrder, wish: Wish) -> PartialCancellation:
    """Cancels what the order, which the caller has claimed, waits for. Raises NothingToCancel, StaleOrder."""
    with shop.database.write() as conn:
        waiting = _waiting(conn, stored, wish)
        units = Counter[int]()
        for row in waiting:
            units[row.line_no] += row.quantity
            backorders.settle_backorder(conn, row.id, "cancelled")
        done = cancelled(stored.order, units, _before(conn, stored))
        _record(conn, shop, owner, stored, wish, done)
    return done


def _waiting(conn: Connection, stored: StoredOrder, wish: Wish) -> Sequence[BackorderRow]:
    waiting = [row for row in backorders.backorders_of(conn, stored.id) if row.state == "pending"]
    named = [row for row in waiting if not wish.line_nos or row.line_no in wish.line_nos]
    others = set(wish.line_nos) - {row.line_no for row in named}
    if others or not named:
        what = f"line {min(others)} of {stored.order.number}" if others else f"nothing of {stored.order.number}"
        raise NothingToCancel(f"{what} waits for stock: what is picked or sent cannot be cancelled")
    return named


def _before(conn: Connection, stored: StoredOrder) -> Counter[int]:
    """What was cancelled of the order as the channel last described it."""
    before = Counter[int]()
    for event in audit.timeline(conn, stored.id):
        if event.kind == KIND and event.data.get("as_of") == stored.order.updated_at.isoformat():
            before.update({int(line_no): units for line_no, units in event.data["units"].items()})
    return before


def _record(  # noqa: PLR0917 - who, what and why
    conn: Connection, shop: Shop, owner: str, stored: StoredOrder, wish: Wish, done: PartialCancellation
) -> None:
    status = _status_after(conn, stored)
    changed = orders.record(
        conn,
        stored,
        owner=owner,
        to_status=status,
        next_at_ms=stored.next_at_ms,
        kind=KIND,
        actor=wish.actor,
        note=f"{sum(done.units.values())} unit(s) that waited for stock: {wish.reason}; to give back {done.refund}, "
        f"the order comes to {done.new_total}",
        data={
            "units": done.units,
            "refund_minor": done.refund.minor,
            "new_total_minor": done.new_total.minor,
            "as_of": stored.order.updated_at.isoformat(),
        },
    )
    outbox.enqueue(conn, cancellation_items(changed, done, wish.reason))
    if status is OrderStatus.CANCELLED:
        outbox.enqueue(conn, after_cancelling(shop, changed))


def _status_after(conn: Connection, stored: StoredOrder) -> OrderStatus | None:
    parcels = shipments.shipments_of(conn, [stored.id])[stored.id]
    if any(row.state == "pending" for row in parcels) or backorders.waiting_among(conn, [stored.id]):
        return None
    if stored.status is OrderStatus.PARTIALLY_FULFILLED:
        return OrderStatus.FULFILLED
    sent = any(row.state in {"labelled", "delivered"} for row in parcels)
    return OrderStatus.CANCELLED if stored.status is OrderStatus.AWAITING_FULFILLMENT and not sent else None
