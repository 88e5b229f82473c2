"""Label: every planned shipment gets exactly one label, bought at the chosen rate.

1. Claim due orders. Those somebody cancelled are cancelled instead; what a partner refused is planned anew.
2. Shipments with a purchase left over from an earlier life are resolved; the others are quoted and bought.
   Those of locations with a fulfilment partner are handed over to it, and from then on it is asked how far it is.
3. T2: labels, ledger, stock, order events and messages of the orders that are answered, many in one commit. A carrier
   that says nothing for two seconds holds up its own orders alone.
"""

from collections import Counter
from collections.abc import AsyncIterable, Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import orders
from connectors.database.orders import StoredOrder
from connectors.shop import Shop
from tasks.buying.ask import resolve
from tasks.buying.buy import buy
from tasks.buying.gather import side_by_side
from tasks.buying.quote import quote
from tasks.fulfilling.handover import hand_over
from tasks.fulfilling.job import JobResult
from tasks.fulfilling.refusal import send_elsewhere
from tasks.labelling.batch import Batch
from tasks.labelling.cancel import cancel_orders
from tasks.labelling.job import LabelJob, Offer
from tasks.labelling.work import work_of


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
    batch = Batch(shop, owner, claimed)
    try:
        await _label(batch)
    except Exception:  # one order of the batch is poison; what was begun for the others is in the ledger
        for stored in batch.unsaved:
            alone = Batch(shop, owner, [stored])
            await _label_alone(alone, stored)
            batch.counts += alone.counts
    return dict(batch.counts)


async def _label_alone(batch: Batch, stored: StoredOrder) -> None:
    try:
        await _label(batch)
    except Exception as error:
        batch.set_back(stored, error)


async def _label(batch: Batch) -> None:
    """Sends off what is not to be labelled here; each other order is saved when its last job is answered."""
    shop, owner = batch.shop, batch.owner
    work = work_of(shop, batch.unsaved)
    for stored in work.refused:
        send_elsewhere(shop, owner, stored)
    batch.leave(work.refused, Counter(sent_elsewhere=len(work.refused)))
    cancelled = await cancel_orders(shop, owner, work.leaving)
    batch.leave(work.leaving, Counter(cancelled=cancelled))
    ours, theirs, left = work.fresh, work.theirs, work.left
    batch.expect([*ours, *theirs, *(job for job, _ in left)])
    await side_by_side(
        _save_each(batch, resolve(shop, owner, left)),
        _buy_each(batch, ours),
        _save_each(batch, hand_over(shop, owner, theirs, work.ledger)),
    )
    batch.take([])


async def _save_each(batch: Batch, waves: AsyncIterable[Sequence[JobResult]]) -> None:
    async for results in waves:
        batch.take(results)


async def _buy_each(batch: Batch, jobs: Sequence[LabelJob]) -> None:
    async for quoted in quote(batch.shop, batch.owner, jobs):
        offers = [one for one in quoted if isinstance(one, Offer)]
        batch.take([one for one in quoted if not isinstance(one, Offer)])
        await _save_each(batch, buy(batch.shop, batch.owner, offers))
