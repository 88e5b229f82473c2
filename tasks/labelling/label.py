"""Label: every planned shipment gets exactly one label, bought at the chosen rate.

1. Claim due orders. Those somebody cancelled are cancelled instead; what a partner refused is planned anew.
2. Shipments with a purchase left over from an earlier life are resolved first; the others are quoted and bought.
   Those of locations with a fulfilment partner are handed over to it, and from then on it is asked how far it is.
3. T2: labels, ledger, stock, order events and messages of the batch in one commit.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import fulfillment, orders, shipments, steps
from connectors.database.orders import StoredOrder
from connectors.database.steps import StepRow
from connectors.shop import Shop
from orderflow.effects import StepState
from tasks.fulfilling.handover import hand_over
from tasks.fulfilling.job import HandoverJob, JobResult, handover_jobs_of
from tasks.fulfilling.refusal import is_refused, send_elsewhere
from tasks.labelling.ask import resolve
from tasks.labelling.buy import buy
from tasks.labelling.cancel import cancel_orders
from tasks.labelling.desk import Desk
from tasks.labelling.job import LabelJob, Result, jobs_of
from tasks.labelling.quote import quote
from tasks.labelling.save import save, set_back

# Orders saved in one commit; see the same figure of ingest.
A_COMMIT = 20


@task(name="label", task_run_name="buy labels", cache_policy=NO_CACHE, retries=3)
async def label_orders(shop: Shop, owner: str, limit: int | None = None) -> dict[str, int]:
    """Labels up to `limit` due orders a carrier batch at a time, one batch by default.

    Says how many were labelled, postponed, held or cancelled.
    """
    size = shop.configuration.fulfillment.label_batch_size
    left, counts = limit or size, Counter[str]()
    while left > 0:
        wanted = min(size, left)
        claimed = orders.claim_orders(shop.database, shop.vault, "label", owner, limit=wanted)
        counts.update(await label_claimed(shop, owner, claimed))
        left = left - wanted if len(claimed) == wanted else 0
    return dict(counts)


async def label_claimed(shop: Shop, owner: str, claimed: Sequence[StoredOrder]) -> dict[str, int]:
    """Labels these orders, which the caller has claimed. Where that fails each is taken alone: one fails alone."""
    if not claimed:
        return {}
    try:
        return dict(await _label(shop, owner, claimed))
    except Exception:  # one order of the batch is poison; what was begun for the others is in the ledger
        counts = [await _label_alone(shop, owner, stored) for stored in claimed]
    return dict(sum(counts, Counter[str]()))


async def _label_alone(shop: Shop, owner: str, stored: StoredOrder) -> Counter[str]:
    try:
        return await _label(shop, owner, [stored])
    except Exception as error:  # it is this order's fault: the reason is kept where an operator looks
        return _set_back(shop, owner, stored, error)


def _set_back(shop: Shop, owner: str, stored: StoredOrder, error: Exception) -> Counter[str]:
    with shop.database.write() as conn:
        return set_back(Desk(conn, shop, owner), stored, f"{type(error).__name__}: {error}")


async def _label(shop: Shop, owner: str, claimed: Sequence[StoredOrder]) -> Counter[str]:
    with shop.database.read() as conn:
        rows = shipments.shipments_of(conn, [stored.id for stored in claimed])
        known = fulfillment.handovers_of(conn, [stored.id for stored in claimed])
        refused = [stored for stored in claimed if is_refused(stored, rows[stored.id], known)]
        claimed = [stored for stored in claimed if stored not in refused]
        theirs = handover_jobs_of(shop, claimed, rows, known)
        ours = jobs_of(shop, claimed, rows, except_for={job.shipment.id for job in theirs})
        ledger = steps.steps_by_key(conn, [job.step_key for job in (*ours, *theirs)])
    for stored in refused:
        send_elsewhere(shop, owner, stored)
    undecided = {job.stored.id for job in (*ours, *theirs) if is_open(ledger.get(job.step_key)) and not _is_known(job)}
    leaving = [stored for stored in claimed if stored.cancel_requested and stored.id not in undecided]
    cancelled = await cancel_orders(shop, owner, leaving)
    gone = {stored.id for stored in leaving}
    results: list[JobResult] = [
        *await labels_for(shop, owner, [job for job in ours if job.stored.id not in gone], ledger),
        *await hand_over(shop, owner, [job for job in theirs if job.stored.id not in gone], ledger),
    ]
    counts = _save_all(shop, owner, [stored for stored in claimed if stored.id not in gone], results)
    return counts + Counter(cancelled=cancelled, sent_elsewhere=len(refused))


def _is_known(job: LabelJob) -> bool:
    """Whether a partner has the shipment for certain, so that it can be called off."""
    return isinstance(job, HandoverJob) and job.known is not None


async def labels_for(shop: Shop, owner: str, jobs: Sequence[LabelJob], ledger: Mapping[str, StepRow]) -> list[Result]:
    """What came of every job; nothing of it is saved yet but the intents."""
    left = [(job, ledger[job.step_key]) for job in jobs if is_open(ledger.get(job.step_key))]
    fresh = [job for job in jobs if not is_open(ledger.get(job.step_key)) and not job.stored.cancel_requested]
    resolved = await resolve(shop, owner, left)
    offers, troubles = await quote(shop, owner, fresh)
    return resolved + troubles + await buy(shop, owner, offers)


def is_open(row: StepRow | None) -> bool:
    """Whether a purchase was begun and did not certainly fail."""
    return row is not None and row.state is not StepState.FAILED


def _save_all(shop: Shop, owner: str, claimed: Sequence[StoredOrder], results: Sequence[JobResult]) -> Counter[str]:
    """Saves the batch, a group to a commit; where a group fails each of its orders is saved alone.

    So only the one at fault has to wait. It keeps its step undecided in the ledger, and the next life asks the carrier.
    """
    groups = (claimed[start : start + A_COMMIT] for start in range(0, len(claimed), A_COMMIT))
    return sum((_save_group(shop, owner, group, results) for group in groups), Counter[str]())


def _save_group(shop: Shop, owner: str, group: Sequence[StoredOrder], results: Sequence[JobResult]) -> Counter[str]:
    ids = {stored.id for stored in group}
    mine = [result for result in results if result.job.stored.id in ids]
    try:
        with shop.database.write() as conn:
            return save(Desk(conn, shop, owner), group, mine)
    except Exception:  # one order of the group is poison
        return sum((_save_one(shop, owner, stored, mine) for stored in group), Counter[str]())


def _save_one(shop: Shop, owner: str, stored: StoredOrder, results: Sequence[JobResult]) -> Counter[str]:
    mine = [result for result in results if result.job.stored.id == stored.id]
    try:
        with shop.database.write() as conn:
            return save(Desk(conn, shop, owner), [stored], mine)
    except Exception as error:  # it is this order's fault: the reason is kept where an operator looks
        return _set_back(shop, owner, stored, error)
