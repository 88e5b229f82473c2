"""Save (T2): what came of each label, and where that leaves its order, in one commit."""

from collections import Counter
from collections.abc import Mapping, Sequence

from connectors.database import backorders, budgets, decisions, holds, orders, outbox, shipments, steps, stock
from connectors.database.orders import OrderChange, StoredOrder
from connectors.database.shipments import KeptLabel, ShipmentRow
from connectors.database.steps import StepResult
from orderflow.holds import Hold, HoldReason
from orderflow.lifecycle import OrderStatus
from tasks.fulfilling.job import AtPartner, JobResult
from tasks.fulfilling.keep import keep_news
from tasks.fulfilling.wait import LOOK_AGAIN_SECONDS, Waiting, wait_for_partners
from tasks.labelling.desk import Desk
from tasks.labelling.job import MAY_EXIST, ForAPerson, Labelled, Later, by_order
from tasks.labelling.keep import keep_file, ledger_entry
from tasks.telling.announce import after_holding, after_labelling

TRIES_BEFORE_A_PERSON = 8
LONGEST_WAIT_SECONDS = 300.0
ACTOR = "system:process-orders"


def save(desk: Desk, claimed: Sequence[StoredOrder], results: Sequence[JobResult]) -> Counter[str]:
    """Writes what came of every job and moves the orders on, each from where it stands now.

    Returns how many labels were bought and how many orders were postponed or held. Every write is fenced by lease,
    version or attempt: a worker that lost its orders meanwhile changes nothing of theirs.
    """
    news = keep_news(desk, [result for result in results if isinstance(result, AtPartner)])
    results = [one.labelled() if isinstance(one, AtPartner) and one.is_shipped else one for one in results]
    _save_labels(desk, [result for result in results if isinstance(result, Labelled)])
    for result in results:
        if isinstance(result, Later | ForAPerson):
            _save_step(desk, result)
    fresh = orders.load_orders(desk.conn, desk.shop.vault, [stored.id for stored in claimed], lock=True)
    rows = shipments.shipments_of(desk.conn, [stored.id for stored in fresh])
    grouped = by_order(results)
    done = [stored for stored in fresh if _is_done(stored, rows[stored.id], grouped.get(stored.id, []))]
    finished = {stored.id for stored in done}
    counts = _fulfil(desk, done, rows)
    left = [stored for stored in fresh if stored.id not in finished]
    return sum((_move_on(desk, one, rows[one.id], grouped.get(one.id, []), news) for one in left), counts)


def _save_labels(desk: Desk, labelled: Sequence[Labelled]) -> None:
    """The ledger, the parcels and the stock of bought labels; a label that is no longer this worker's is left alone."""
    if not labelled:
        return
    conn = desk.conn
    done = [
        StepResult(one.job.step_key, one.attempt, one.label.provider_reference, ledger_entry(one.label))
        for one in labelled
    ]
    lost = steps.finish_steps(conn, done, desk.owner)
    kept = [one for one in labelled if one.job.step_key not in lost or one.is_known]
    noted = shipments.mark_labelled(conn, [_kept(desk, one) for one in kept])
    parcels = [one.job.shipment for one in kept if one.job.shipment.id in noted]
    shipped = [(row, line) for row in parcels for line in row.lines]
    stock.ship_batch(
        conn, [stock.Shipped(row.order_id, line.line_no, row.location, line.quantity) for row, line in shipped]
    )
    budgets.succeeded(conn, {one.label.provider for one in labelled})


def _kept(desk: Desk, one: Labelled) -> KeptLabel:
    path, digest = keep_file(desk.shop.folders.labels, one.label)
    return KeptLabel(one.job.shipment.id, one.label, path, digest)


def _save_step(desk: Desk, result: Later | ForAPerson) -> None:
    key, owner = result.job.step_key, desk.owner
    if result.step_state == "unknown":
        steps.unknown_step(desk.conn, key, attempt=result.attempt, owner=owner, error=_error(result))
        budgets.failed(desk.conn, result.provider)
    elif result.step_state == "failed":
        steps.fail_step(desk.conn, key, attempt=result.attempt, owner=owner, error=_error(result))


def _is_done(stored: StoredOrder, rows: Sequence[ShipmentRow], results: Sequence[JobResult]) -> bool:
    """Whether every parcel of the order has its label and nothing else came of its jobs."""
    if stored.step != "label" or stored.cancel_requested or any(row.state == "pending" for row in rows):
        return False
    return all(isinstance(result, Labelled) and not _is_outdated(stored, result) for result in results)


def _is_outdated(stored: StoredOrder, result: JobResult) -> bool:
    """Whether the label was bought for another address than the order has now."""
    return isinstance(result, Labelled) and result.request_hash != result.job.hash_for(stored.order.destination)


def _error(result: Later | ForAPerson) -> str:
    return result.error if isinstance(result, Later) else result.hold.detail


def _move_on(
    desk: Desk,
    stored: StoredOrder,
    rows: Sequence[ShipmentRow],
    results: Sequence[JobResult],
    news: Sequence[AtPartner],
) -> Counter[str]:
    """Where an order goes that is not done: first of all nobody may be left in doubt whether a label exists."""
    later = [result for result in results if isinstance(result, Later)]
    if any(result.step_state == "unknown" for result in later):
        return _try_again(desk, stored, later)
    cases = _cases(stored, results)
    if cases:
        return _hold(desk, stored, *cases)
    if stored.cancel_requested:
        return _put_back(desk, stored, 0.0, "cancelled meanwhile", counts=False)
    at_partner = [result for result in results if isinstance(result, AtPartner)]
    if at_partner and not any(result.counts for result in later):
        left_now = frozenset(one.job.shipment.id for one in results if isinstance(one, Labelled))
        wait_seconds = min((result.wait_seconds for result in later), default=LOOK_AGAIN_SECONDS)
        return wait_for_partners(desk, stored, rows, Waiting(at_partner, news, left_now, wait_seconds))
    if later:
        return _try_again(desk, stored, later)
    return _put_back(desk, stored, 0.0, "changed meanwhile", counts=False)


def _cases(stored: StoredOrder, results: Sequence[JobResult]) -> list[Hold]:
    """What a person must see of the order before anything else is done."""
    cases = [result.hold for result in results if isinstance(result, ForAPerson)]
    if stored.cancel_requested:  # it is cancelled next, unless a label may exist that nobody can ask for
        return [case for case in cases if case.code == MAY_EXIST]
    outdated = [result for result in results if _is_outdated(stored, result)]
    return cases or [_bought_before(result.job.shipment) for result in outdated[:1]]


def _fulfil(desk: Desk, done: Sequence[StoredOrder], rows: Mapping[str, Sequence[ShipmentRow]]) -> Counter[str]:
    """Moves the orders on whose parcels all have their labels, and tells whom it concerns."""
    if not done:
        return Counter()
    conn, ids = desk.conn, [stored.id for stored in done]
    waiting = backorders.waiting_among(conn, ids)
    labelled = {key: [row for row in rows[key] if row.state == "labelled"] for key in ids}
    changes = [_fulfilled(stored, labelled[stored.id], waits=stored.id in waiting) for stored in done]
    stale = orders.record_batch(conn, changes, desk.owner).stale
    backorders.ship_allocated(conn, set(ids) - stale)
    actions = decisions.actions_of(conn, ids)
    told = [stored for stored in done if stored.id not in stale]
    outbox.enqueue(
        conn,
        [item for one in told for item in after_labelling(desk.shop, one, labelled[one.id], actions[one.id])],
    )
    return +Counter(labelled=sum(len(labelled[stored.id]) for stored in told), postponed=len(stale))


def _fulfilled(stored: StoredOrder, labelled: Sequence[ShipmentRow], *, waits: bool) -> OrderChange:
    tracking = ", ".join(f"{row.carrier} {row.tracking_number}" for row in labelled)
    return OrderChange(
        stored,
        to_status=OrderStatus.PARTIALLY_FULFILLED if waits else OrderStatus.FULFILLED,
        step="none",
        kind="label_purchased",
        actor=ACTOR,
        note=f"{len(labelled)} label(s): {tracking}",
        data={"shipments": [row.id for row in labelled]},
    )


def _hold(desk: Desk, stored: StoredOrder, *cases: Hold) -> Counter[str]:
    note = "; ".join(case.detail for case in cases)
    change = OrderChange(stored, step="none", kind="hold_opened", actor=ACTOR, note=note)
    if orders.record_batch(desk.conn, [change], desk.owner).stale:
        return Counter(postponed=1)
    for case in cases:
        holds.open_hold(desk.conn, stored.id, case)
        outbox.enqueue(desk.conn, after_holding(desk.shop, stored, case))
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


def _bought_before(row: ShipmentRow) -> Hold:
    return Hold(
        reason=HoldReason.APPROVAL,
        code="label_outdated",
        field="destination",
        detail=f"The label of shipment {row.number} was bought before the order's address was changed",
        remedy="Reject the order, which voids the label; or resume it, and the parcel goes where the label says.",
    )


def set_back(desk: Desk, stored: StoredOrder, reason: str) -> Counter[str]:
    """Puts an order back that our own code failed on; after eight tries a person looks."""
    if stored.attempts < TRIES_BEFORE_A_PERSON:
        return _put_back(desk, stored, 2.0**stored.attempts, reason, counts=True)
    hold = Hold(
        reason=HoldReason.APPROVAL,
        code="label_failed",
        field="shipments",
        detail=f"No label after {stored.attempts} tries: {reason}",
        remedy="This is a fault of the software: report it with the order's number, then resume the order.",
    )
    return _hold(desk, stored, hold)


def _given_up(stored: StoredOrder, last: Later) -> Hold:
    return Hold(
        reason=HoldReason.APPROVAL,
        code="label_failed",
        field=f"shipments[{last.job.shipment.number}]",
        detail=f"No label after {stored.attempts} tries: {last.error}",
        remedy="Look at the carrier's status, then resume the order; or reroute it.",
    )
