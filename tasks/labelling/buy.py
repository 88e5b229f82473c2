"""Buying labels so that none is bought twice: intent first, one call, and an unknown outcome is asked about.

1. Take the calls' share of each provider's rate budget; what is over it waits.
2. T1: write every intent of the batch in one commit, unless the order was changed or cancelled meanwhile.
3. Call, each within a second of T1; a step left by an earlier life is asked about instead.
4. The caller writes what came of it (T2), fenced by attempt and owner.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence

from connectors.database import budgets, orders, steps
from connectors.database.steps import BegunStep, StepIntent, StepRow
from connectors.errors import ConnectorError, OutcomeUnknown, Refused, TryAgain
from connectors.protocols import Carrier, Label
from connectors.shop import Shop
from orderflow.effects import Effect, StepState, after_asking, after_intent, after_unknown
from orderflow.holds import Hold, HoldReason
from tasks.labelling.job import MAY_EXIST, Attempt, LabelJob, Labelled, Later, Offer, Result
from tasks.labelling.keep import label_of
from tasks.labelling.quote import hold_for

GRACE_SECONDS = 120
ASK_AGAIN_SECONDS = 5.0


async def buy(shop: Shop, owner: str, offers: Sequence[Offer]) -> list[Result]:
    """Buys the offered labels; a result for every offer, except for orders that changed meanwhile."""
    granted, results = _within_budget(shop, offers)
    written_at = asyncio.get_running_loop().time()
    begun = _write_intents(shop, owner, granted)
    calls = [
        _carry_out(shop, offer, begun[offer.job.step_key], written_at)
        for offer in granted
        if offer.job.step_key in begun
    ]
    return results + list(await asyncio.gather(*calls))


async def resolve(shop: Shop, owner: str, left: Sequence[tuple[LabelJob, StepRow]]) -> list[Result]:
    """What became of purchases that an earlier life left undecided, or done but not yet used. Takes them over."""
    intents = [
        StepIntent(row.key, row.order_id, row.kind, row.provider, row.account, row.request_hash) for _, row in left
    ]
    with shop.database.write() as conn:
        taken = steps.begin_steps(conn, intents, owner, grace_seconds=GRACE_SECONDS)
    return list(await asyncio.gather(*(_resolve_one(shop, job, taken[row.key]) for job, row in left)))


def _within_budget(shop: Shop, offers: Sequence[Offer]) -> tuple[list[Offer], list[Result]]:
    """Four fifths of the limit flow steadily and one fifth may burst, so no 60 s ever see more than the limit."""
    granted: list[Offer] = []
    refused: list[Result] = []
    with shop.database.write() as conn:
        for provider, count in Counter(offer.rate.provider for offer in offers).items():
            limit = shop.configuration.fulfillment.labels_per_minute(provider)
            burst = max(1, limit // 5)
            now = min(count, burst)
            wait_seconds = budgets.take(
                conn, f"labels:{provider}", per_minute=max(1, limit * 4 // 5), burst=burst, tokens=now
            )
            mine = [offer for offer in offers if offer.rate.provider == provider]
            taken = now if wait_seconds == 0 else 0
            granted += mine[:taken]
            refused += [Later(o.job, wait_seconds, f"{provider}'s rate budget", counts=False) for o in mine[taken:]]
    return granted, refused


def _write_intents(shop: Shop, owner: str, offers: Sequence[Offer]) -> dict[str, BegunStep]:
    with shop.database.write() as conn:
        unchanged = orders.unchanged(conn, {offer.job.stored.id: offer.job.stored.version for offer in offers}, owner)
        intents = [offer.intent() for offer in offers if offer.job.stored.id in unchanged]
        return steps.begin_steps(conn, intents, owner, grace_seconds=GRACE_SECONDS)


async def _carry_out(shop: Shop, offer: Offer, begun: BegunStep, written_at: float) -> Result:
    if not begun.may_call:
        return await _resolve_one(shop, offer.job, begun)
    attempt = Attempt(offer.job, begun.row.attempt, offer.rate.provider, offer.job.request_hash)
    waited_ms = int((asyncio.get_running_loop().time() - written_at) * 1000)
    if after_intent(may_call=True, started_at_ms=0, now_ms=waited_ms) is Effect.FAIL:
        return attempt.failed("this worker was paused before the call", counts=False)
    return await _outcome(attempt, shop.carrier(offer.rate.provider).buy(offer.job.request, offer.rate), offer.reason)


async def _outcome(attempt: Attempt, call: Awaitable[Label], reason: str) -> Result:
    try:
        return attempt.labelled(await call, reason)
    except TryAgain as error:
        return attempt.failed(str(error), wait_seconds=error.wait_seconds)
    except Refused as error:
        return attempt.refused(hold_for(error, attempt.job))
    except OutcomeUnknown as error:
        return attempt.unknown(str(error), wait_seconds=ASK_AGAIN_SECONDS)
    except Exception as error:  # a bug after sending may hide a purchase: treat it as unknown, never as not done
        return attempt.unknown(f"bug: {type(error).__name__}: {error}", wait_seconds=ASK_AGAIN_SECONDS)


async def _resolve_one(shop: Shop, job: LabelJob, begun: BegunStep) -> Result:
    row = begun.row
    attempt = Attempt(job, row.attempt, row.provider, row.request_hash)
    if row.state is StepState.DONE:
        return Labelled(job, label_of(row), row.attempt, row.request_hash, "bought in an earlier life", is_known=True)
    if begun.may_call:
        return attempt.failed("it has failed meanwhile: tried again", counts=False)
    if begun.request_changed:
        return Later(job, ASK_AGAIN_SECONDS, "another worker is buying it as the order was before", counts=False)
    carrier = shop.carrier(row.provider)
    match after_unknown(carrier.capabilities):
        case Effect.ASK:
            return await _ask(shop, attempt, row, carrier)
        case Effect.FAIL:
            return attempt.failed("not bought for certain: tried again")
    return attempt.handed_over(_may_exist(attempt, f"{row.provider} cannot be asked"))


async def _ask(shop: Shop, attempt: Attempt, row: StepRow, carrier: Carrier) -> Result:
    try:
        label = await carrier.find_by_reference(attempt.job.request.reference)
    except ConnectorError as error:
        return attempt.unknown(f"asked for the label: {error}", wait_seconds=ASK_AGAIN_SECONDS, counts=False)
    if label is not None:
        return attempt.labelled(label, "found after an unknown answer")
    with shop.database.read() as conn:
        now_ms = shop.database.now_ms(conn)
    effect = after_asking(carrier.capabilities, found=False, resolve_after_ms=row.resolve_after_ms, now_ms=now_ms)
    if effect is Effect.WAIT:
        wait_seconds = max(0.0, (row.resolve_after_ms - now_ms) / 1000)
        return attempt.unknown("waiting whether the label appears", wait_seconds=wait_seconds, counts=False)
    return attempt.failed("not bought for certain: tried again", counts=False)


def _may_exist(attempt: Attempt, why: str) -> Hold:
    job = attempt.job
    return Hold(
        reason=HoldReason.APPROVAL,
        code=MAY_EXIST,
        field=f"shipments[{job.shipment.number}]",
        detail=f"A label may exist: {why} ({attempt.provider}, reference {job.request.reference})",
        remedy="Look the reference up at the provider; adopt the label or void it, then resume the order.",
    )
