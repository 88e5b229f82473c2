"""Intake: the orders of a batch are stored and walked to where they belong, a few statements for all of them.

1. Orders nobody knew are inserted; of the others only a newer version replaces the old one.
2. Each is asked what follows (orderflow/intake.py): statuses to walk through, a case to open or close, a cancellation.
3. All orders take their first step together, then their second.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from sqlalchemy import Connection

from connectors.database import holds, orders, outbox
from connectors.database.orders import NewerVersion, OrderChange, StoredOrder
from connectors.shop import Shop
from orderflow.holds import Hold, HoldReason
from orderflow.intake import Intake, is_edited, take_in
from orderflow.lifecycle import OrderStatus
from orderflow.order import Order
from tasks.labelling.begun import has_label
from tasks.labelling.cancel import release_plan
from tasks.telling.announce import after_cancelling, after_holding


def keep_orders(conn: Connection, shop: Shop, found: Sequence[Order]) -> Counter[str]:
    """Stores these versions of orders and what follows from them; counts received, updated and stale ones."""
    return sum((_keep_wave(conn, shop, wave) for wave in waves(found)), Counter[str]())


def waves(found: Iterable[Order]) -> list[list[Order]]:
    """The orders so that no wave has two versions of one; versions stay in the order they came."""
    built: list[list[Order]] = []
    seen: Counter[tuple[str, str]] = Counter()
    for order in found:
        key = (order.source, order.external_id)
        if seen[key] == len(built):
            built.append([])
        built[seen[key]].append(order)
        seen[key] += 1
    return built


def _keep_wave(conn: Connection, shop: Shop, wave: Sequence[Order]) -> Counter[str]:
    new: dict[tuple[str, str], StoredOrder] = {}
    for source, many in groupby(sorted(wave, key=_source), key=_source):
        new |= orders.insert_orders(conn, shop.vault, list(many), actor=f"channel:{source}")
    known = [order for order in wave if (order.source, order.external_id) not in new]
    updated = orders.update_orders(conn, shop.vault, known)
    _follow(conn, shop, list(new.values()), updated)
    return Counter(received=len(new), updated=len(updated), stale=len(known) - len(updated))


def _source(order: Order) -> str:
    return order.source


def _follow(conn: Connection, shop: Shop, new: Sequence[StoredOrder], updated: Sequence[NewerVersion]) -> None:
    taken = [(stored, take_in(stored.status, stored.order)) for stored in new]
    cases = holds.open_cases_of(conn, [one.stored.id for one in updated]) if updated else {}
    reasons = {order_id: open_cases[-1].reason for order_id, open_cases in cases.items() if open_cases}
    for stored, before in ((one.stored, one.before) for one in updated):
        edited = is_edited(stored.order, before)
        taken.append((stored, take_in(stored.status, stored.order, reasons.get(stored.id), edited=edited)))
    for stored, intake in taken:
        _open_or_close(conn, shop, stored, intake, reasons.get(stored.id))
    now = _walk(conn, taken)
    for stored, intake in taken:
        _end(conn, shop, now[stored.id], intake)


def _open_or_close(
    conn: Connection, shop: Shop, stored: StoredOrder, intake: Intake, reason: HoldReason | None
) -> None:
    """Ends the case that is open for a reason, or opens one, as follows from the version."""
    if reason and (intake.mended or (intake.cancel and not stored.cancel_requested)):
        holds.close_hold(conn, stored.id, resolution="changed in the channel", actor=_actor(stored))
    if intake.hold and not intake.route and not reason:
        _open(conn, shop, stored, intake.hold)


def _walk(conn: Connection, taken: Sequence[tuple[StoredOrder, Intake]]) -> dict[str, StoredOrder]:
    now = {stored.id: stored for stored, _ in taken}
    for position in range(max((len(intake.statuses) for _, intake in taken), default=0)):
        steps = [_step(now[one.id], intake, position) for one, intake in taken if position < len(intake.statuses)]
        now.update(_recorded(conn, steps))
    return now


def _end(conn: Connection, shop: Shop, stored: StoredOrder, intake: Intake) -> None:
    """What remains to be done for an order that stands where it should: plans given up, cancellations, new plans."""
    if intake.give_up:
        release_plan(conn, stored.id)
    if intake.cancel and stored.status is OrderStatus.CANCELLED:
        outbox.enqueue(conn, after_cancelling(shop, stored))
    elif intake.cancel and not stored.cancel_requested:
        _record(conn, stored, "cancel_requested", "label", cancel=True)
    elif intake.hold and not intake.route and stored.step != "none":
        _record(conn, stored, "hold_opened", "none")
    elif intake.route and not intake.statuses:
        _decide_anew(conn, shop, stored, intake.hold)


def _decide_anew(conn: Connection, shop: Shop, stored: StoredOrder, hold: Hold | None) -> None:
    """Has the order decided anew; one with a label goes on with its plan, or is held where the plan is wrong now."""
    if not has_label(conn, stored.id):
        release_plan(conn, stored.id)
        _record(conn, stored, "mended", "route")
    elif hold is None:
        _record(conn, stored, "mended", "label")
    else:
        _record(conn, stored, "hold_opened", "none")
        _open(conn, shop, stored, hold)


def _open(conn: Connection, shop: Shop, stored: StoredOrder, hold: Hold) -> None:
    holds.open_hold(conn, stored.id, hold)
    outbox.enqueue(conn, after_holding(shop, stored, hold))


def _record(conn: Connection, stored: StoredOrder, kind: str, step: str, *, cancel: bool = False) -> None:
    change = OrderChange(stored, step=step, kind=kind, actor=_actor(stored), cancel_requested=cancel or None)
    _recorded(conn, [change])


def _step(stored: StoredOrder, intake: Intake, position: int) -> OrderChange:
    is_last = position == len(intake.statuses) - 1
    return OrderChange(
        stored,
        to_status=intake.statuses[position],
        step="route" if is_last and intake.route else "none",
        kind="status",
        actor=_actor(stored),
        cancel_requested=intake.cancel or None,
    )


def _recorded(conn: Connection, changes: Sequence[OrderChange]) -> dict[str, StoredOrder]:
    done = orders.record_batch(conn, changes, None)
    if done.stale:
        raise orders.StaleOrder(f"{len(done.stale)} order(s) changed while they were taken in")
    return dict(done.orders)


def _actor(stored: StoredOrder) -> str:
    return f"channel:{stored.order.source}"
