"""Save (T2): what came of each label, and where that leaves its order, in one commit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from connectors.database import backorders, budgets, decisions, holds, orders, outbox, shipments, steps, stock
from connectors.database.orders import OrderChange, StoredOrder
from connectors.database.shipments import ShipmentRow
from connectors.shop import Shop
from orderflow.holds import Hold, HoldReason
from orderflow.lifecycle import OrderStatus
from orderflow.rules.actions import Actions
from tasks.labelling.job import ForAPerson, Labelled, Later, Result, by_order
from tasks.labelling.keep import keep_file, ledger_entry
from tasks.telling.announce import after_holding, after_labelling

TRIES_BEFORE_A_PERSON = 8
LONGEST_WAIT_SECONDS = 300.0
ACTOR = "system:process-orders"


@dataclass(frozen=True)
class Desk:
    """Where things are written: an open transaction of one shop, on behalf of one worker."""

    conn: Connection
    shop: Shop
    owner: str


def save(desk: Desk, claimed: Sequence[StoredOrder], results: Sequence[Result]) -> Counter[str]:
    """Writes what came of every job and moves the orders on, each from where it stands now.

    Returns how many labels were bought and how many orders were postponed or held. Every write is fenced by lease,
    version or attempt: a worker that lost its orders meanwhile changes nothing of theirs.
    """
    for result in results:
        _save_step(desk, result)
    fresh = orders.load_orders(desk.conn, desk.shop.vault, [stored.id for stored in claimed], lock=True)
    rows = shipments.shipments_of(desk.conn, [stored.id for stored in fresh])
    grouped = by_order(results)
    return sum((_move_on(desk, one, rows[one.id], grouped.get(one.id, [])) for one in fresh), Counter[str]())


def _save_step(desk: Desk, result: Result) -> None:
    key, owner = result.job.step_key, desk.owner
    if isinstance(result, Labelled):
        _save_label(desk, result)
    elif result.step_state == "unknown":
        steps.unknown_step(desk.conn, key, attempt=result.attempt, owner=owner, error=_error(result))
        budgets.failed(desk.conn, result.provider)
    elif result.step_state == "failed":
        steps.fail_step(desk.conn, key, attempt=result.attempt, owner=owner, error=_error(result))


def _save_label(desk: Desk, result: Labelled) -> None:
    conn, label, row = desk.conn, result.label, result.job.shipment
    entry, reference = ledger_entry(label), label.provider_reference
    mine = steps.finish_step(
        conn, result.job.step_key, attempt=result.attempt, owner=desk.owner, provider_ref=reference, result=entry
    )
    if mine or result.is_known:
        path, digest = keep_file(desk.shop.folders.labels, label)
        if shipments.mark_labelled(conn, row.id, label, path=path, sha256=digest):
            stock.ship(conn, row.order_id, [(line.line_no, row.location, line.quantity) for line in row.lines])
        budgets.succeeded(conn, label.provider)


def _error(result: Later | ForAPerson) -> str:
    return result.error if isinstance(result, Later) else result.hold.detail


def _move_on(desk: Desk, stored: StoredOrder, rows: Sequence[ShipmentRow], results: Sequence[Result]) -> Counter[str]:
    holding = [result for result in results if isinstance(result, ForAPerson)]
    later = [result for result in results if isinstance(result, Later)]
    if holding:
        return _hold(desk, stored, holding[0].hold)
    if stored.cancel_requested:
        return _put_back(desk, stored, 0.0, "cancelled meanwhile", counts=False)
    if later:
        return _try_again(desk, stored, later)
    if any(row.state == "pending" for row in rows):
        return _put_back(desk, stored, 0.0, "changed meanwhile", counts=False)
    return _fulfil(desk, stored, [row for row in rows if row.state == "labelled"])


def _fulfil(desk: Desk, stored: StoredOrder, labelled: Sequence[ShipmentRow]) -> Counter[str]:
    conn = desk.conn
    waiting = any(row.state == "pending" for row in backorders.backorders_of(conn, stored.id))
    tracking = ", ".join(f"{row.carrier} {row.tracking_number}" for row in labelled)
    change = OrderChange(
        stored,
        to_status=OrderStatus.PARTIALLY_FULFILLED if waiting else OrderStatus.FULFILLED,
        step="none",
        kind="label_purchased",
        actor=ACTOR,
        note=f"{len(labelled)} label(s): {tracking}",
        data={"shipments": [row.id for row in labelled]},
    )
    if orders.record_batch(conn, [change], desk.owner).stale:
        return Counter(postponed=1)
    decision = decisions.latest_decision(conn, stored.id)
    actions = Actions.model_validate(decision.actions) if decision else Actions()
    outbox.enqueue(conn, after_labelling(desk.shop, stored, labelled, actions))
    return Counter(labelled=len(labelled))


def _hold(desk: Desk, stored: StoredOrder, hold: Hold) -> Counter[str]:
    change = OrderChange(stored, step="none", kind="hold_opened", actor=ACTOR, note=hold.detail)
    if orders.record_batch(desk.conn, [change], desk.owner).stale:
        return Counter(postponed=1)
    holds.open_hold(desk.conn, stored.id, hold)
    outbox.enqueue(desk.conn, after_holding(desk.shop, stored, hold))
    return Counter(held=1)


def _try_again(desk: Desk, stored: StoredOrder, later: Sequence[Later]) -> Counter[str]:
    """Waits for the slowest of the order's jobs. Real tries back off, and after eight of them a person looks."""
    slowest = max(later, key=lambda result: result.wait_seconds)
    counts = any(result.counts for result in later)
    undecided = any(result.step_state == "unknown" for result in later)
    if counts and not undecided and stored.attempts >= TRIES_BEFORE_A_PERSON:
        return _hold(desk, stored, _given_up(stored, slowest))
    back_off = min(2.0**stored.attempts, LONGEST_WAIT_SECONDS) if counts else 0.0
    return _put_back(desk, stored, max(slowest.wait_seconds, back_off), slowest.error, counts=counts)


def _put_back(desk: Desk, stored: StoredOrder, wait_seconds: float, error: str, *, counts: bool) -> Counter[str]:
    orders.postpone(desk.conn, stored, owner=desk.owner, wait_seconds=wait_seconds, error=error, count_attempt=counts)
    return Counter(postponed=1)


def _given_up(stored: StoredOrder, last: Later) -> Hold:
    return Hold(
        reason=HoldReason.APPROVAL,
        code="label_failed",
        field=f"shipments[{last.job.shipment.number}]",
        detail=f"No label after {stored.attempts} tries: {last.error}",
        remedy="Look at the carrier's status, then resume the order; or reroute it.",
    )
