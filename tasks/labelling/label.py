"""Label: every planned shipment gets exactly one label, bought at the chosen rate.

1. Claim due orders. Those somebody cancelled are cancelled instead.
2. Shipments with a purchase left over from an earlier life are resolved first; the others are quoted and bought.
3. T2: labels, ledger, stock, order events and messages of the batch in one commit.
"""

from collections import Counter
from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection

from connectors.database import backorders, budgets, decisions, holds, orders, outbox, shipments, steps, stock
from connectors.database.orders import OrderChange, StoredOrder
from connectors.database.shipments import ShipmentRow
from connectors.database.steps import StepRow
from connectors.shop import Shop
from orderflow.holds import Hold, HoldReason
from orderflow.lifecycle import OrderStatus
from orderflow.rules.actions import Actions
from tasks.labelling.buy import buy, resolve
from tasks.labelling.cancel import cancel_orders
from tasks.labelling.job import ForAPerson, LabelJob, Labelled, Later, Result, by_order, jobs_of
from tasks.labelling.keep import keep_file, ledger_entry
from tasks.labelling.quote import quote
from tasks.telling.announce import after_holding, after_labelling

TRIES_BEFORE_A_PERSON = 8


@task(name="label", task_run_name="buy labels", cache_policy=NO_CACHE, retries=3)
async def label_orders(shop: Shop, owner: str, limit: int | None = None) -> dict[str, int]:
    """Labels what is due, a carrier batch at a time; says how many were labelled, postponed, held or cancelled."""
    size = limit or shop.configuration.fulfillment.label_batch_size
    claimed = orders.claim_orders(shop.database, shop.vault, "label", owner, limit=size)
    return await label_claimed(shop, owner, claimed)


async def label_claimed(shop: Shop, owner: str, claimed: Sequence[StoredOrder]) -> dict[str, int]:
    """Labels these orders, which the caller has claimed."""
    with shop.database.read() as conn:
        rows = shipments.shipments_of(conn, [stored.id for stored in claimed])
        jobs = jobs_of(shop, claimed, rows)
        ledger = steps.steps_by_key(conn, [job.step_key for job in jobs])
    undecided = {job.stored.id for job in jobs if _is_open(ledger.get(job.step_key))}
    leaving = [stored for stored in claimed if stored.cancel_requested and stored.id not in undecided]
    cancelled = await cancel_orders(shop, owner, leaving)
    gone = {stored.id for stored in leaving}
    results = await _labels_for(shop, owner, [job for job in jobs if job.stored.id not in gone], ledger)
    with shop.database.write() as conn:
        counts = save(conn, shop, owner, [stored for stored in claimed if stored.id not in gone], results)
    return dict(counts + Counter(cancelled=cancelled))


async def _labels_for(shop: Shop, owner: str, jobs: Sequence[LabelJob], ledger: dict[str, StepRow]) -> list[Result]:
    left = [(job, ledger[job.step_key]) for job in jobs if _is_open(ledger.get(job.step_key))]
    fresh = [job for job in jobs if not _is_open(ledger.get(job.step_key)) and not job.stored.cancel_requested]
    resolved = await resolve(shop, owner, left)
    offers, troubles = await quote(shop, owner, fresh)
    return resolved + troubles + await buy(shop, owner, offers)


def _is_open(row: StepRow | None) -> bool:
    return row is not None and row.state != "failed"


def save(
    conn: Connection, shop: Shop, owner: str, claimed: Sequence[StoredOrder], results: Sequence[Result]
) -> Counter[str]:
    """Writes what came of every job and moves the orders on; an order that changed meanwhile is left as it is now."""
    for result in results:
        _write_step(conn, shop, owner, result)
    fresh = orders.load_orders(conn, shop.vault, [stored.id for stored in claimed])
    rows = shipments.shipments_of(conn, [stored.id for stored in fresh])
    grouped = by_order(results)
    counts: Counter[str] = Counter()
    for stored in fresh:
        counts += _move_on(conn, shop, owner, stored, rows.get(stored.id, []), grouped.get(stored.id, []))
    return counts


def _write_step(conn: Connection, shop: Shop, owner: str, result: Result) -> None:
    key = result.job.step_key
    if isinstance(result, Labelled):
        _keep_label(conn, shop, owner, result)
    elif result.step_state == "unknown":
        steps.unknown_step(conn, key, attempt=result.attempt, owner=owner, error=_error(result))
        budgets.failed(conn, result.provider)
    elif result.step_state == "failed":
        steps.fail_step(conn, key, attempt=result.attempt, owner=owner, error=_error(result))


def _keep_label(conn: Connection, shop: Shop, owner: str, result: Labelled) -> None:
    label, row = result.label, result.job.shipment
    entry = ledger_entry(label)
    key, reference = result.job.step_key, label.provider_reference
    mine = steps.finish_step(conn, key, attempt=result.attempt, owner=owner, provider_ref=reference, result=entry)
    if mine or result.is_known:
        path, digest = keep_file(shop.folders.labels, label)
        if shipments.mark_labelled(conn, row.id, label, path=path, sha256=digest):
            stock.ship(conn, row.order_id, [(line.line_no, row.location, line.quantity) for line in row.lines])
        budgets.succeeded(conn, label.provider)


def _error(result: Later | ForAPerson) -> str:
    return result.error if isinstance(result, Later) else result.hold.detail


def _move_on(
    conn: Connection,
    shop: Shop,
    owner: str,
    stored: StoredOrder,
    rows: Sequence[ShipmentRow],
    results: Sequence[Result],
) -> Counter[str]:
    holding = [result for result in results if isinstance(result, ForAPerson)]
    later = [result for result in results if isinstance(result, Later)]
    if holding:
        return _hold(conn, shop, owner, stored, holding[0].hold)
    if stored.cancel_requested:
        orders.postpone(conn, stored, owner=owner, wait_seconds=0, error="cancelled meanwhile", count_attempt=False)
        return Counter(postponed=1)
    if later:
        return _postpone(conn, shop, owner, stored, later)
    if any(row.state == "pending" for row in rows):
        orders.postpone(conn, stored, owner=owner, wait_seconds=0, error="changed meanwhile", count_attempt=False)
        return Counter(postponed=1)
    return _fulfil(conn, shop, owner, stored, rows)


def _fulfil(conn: Connection, shop: Shop, owner: str, stored: StoredOrder, rows: Sequence[ShipmentRow]) -> Counter[str]:
    waiting = [row for row in backorders.backorders_of(conn, stored.id) if row.state == "pending"]
    status = OrderStatus.PARTIALLY_FULFILLED if waiting else OrderStatus.FULFILLED
    labelled = [row for row in rows if row.state == "labelled"]
    tracking = ", ".join(f"{row.carrier} {row.tracking_number}" for row in labelled)
    change = OrderChange(
        stored,
        to_status=status,
        step="none",
        kind="label_purchased",
        actor="system:process-orders",
        note=f"{len(labelled)} label(s): {tracking}",
        data={"shipments": [row.id for row in labelled]},
    )
    if orders.record_batch(conn, [change], owner).stale:
        return Counter(postponed=1)
    decision = decisions.latest_decision(conn, stored.id)
    actions = Actions.model_validate(decision.actions) if decision else Actions()
    outbox.enqueue(conn, after_labelling(shop, stored, labelled, actions))
    return Counter(labelled=len(labelled))


def _hold(conn: Connection, shop: Shop, owner: str, stored: StoredOrder, hold: Hold) -> Counter[str]:
    change = OrderChange(
        stored, to_status=None, step="none", kind="hold_opened", actor="system:process-orders", note=hold.detail
    )
    if orders.record_batch(conn, [change], owner).stale:
        return Counter(postponed=1)
    holds.open_hold(conn, stored.id, hold)
    outbox.enqueue(conn, after_holding(shop, stored, hold))
    return Counter(held=1)


def _postpone(conn: Connection, shop: Shop, owner: str, stored: StoredOrder, later: Sequence[Later]) -> Counter[str]:
    worst = max(later, key=lambda result: result.wait_seconds)
    counts = any(result.counts for result in later)
    unknown = any(result.step_state == "unknown" for result in later)
    if counts and not unknown and stored.attempts >= TRIES_BEFORE_A_PERSON:
        hold = Hold(
            reason=HoldReason.APPROVAL,
            code="label_failed",
            field=f"shipments[{worst.job.shipment.number}]",
            detail=f"No label after {stored.attempts} tries: {worst.error}",
            remedy="Look at the carrier's status, then resume the order; or reroute it.",
        )
        return _hold(conn, shop, owner, stored, hold)
    wait_seconds = max(worst.wait_seconds, min(2.0**stored.attempts, 300)) if counts else worst.wait_seconds
    orders.postpone(conn, stored, owner=owner, wait_seconds=wait_seconds, error=worst.error, count_attempt=counts)
    return Counter(postponed=1)
