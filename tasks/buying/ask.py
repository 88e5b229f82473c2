"""What became of purchases whose outcome nobody knows: the carrier is asked, and only then anything is repeated."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

from connectors.database import carriage, orders, steps
from connectors.database.session import moment
from connectors.database.steps import BegunStep, StepIntent, StepRow
from connectors.errors import ConnectorError
from connectors.protocols import Carrier, Label
from connectors.shop import Shop
from orderflow.effects import Effect, StepState, after_asking, after_unknown
from orderflow.holds import Hold, HoldReason
from tasks.buying.call import ASK_AGAIN_SECONDS, call
from tasks.buying.gather import gather_soon
from tasks.buying.quote import quote
from tasks.labelling.job import MAY_EXIST, Attempt, ForAPerson, LabelJob, Labelled, Later, Offer, Result, changed
from tasks.labelling.keep import label_of

GRACE_SECONDS = 120
# A carrier's clock may be slow; and so long before its intent an earlier try may have been counted as failed too soon.
CLOCKS_DIFFER_BY = timedelta(minutes=3)


async def resolve(shop: Shop, owner: str, left: Sequence[tuple[LabelJob, StepRow]]) -> AsyncIterator[list[Result]]:
    """What became of purchases that an earlier life left undecided, or done but not yet used. Takes them over.

    A result for each, in waves as providers answer.
    """
    if not left:
        return
    with shop.database.write() as conn:
        versions = {job.stored.id: job.stored.version for job, _ in left}
        mine = orders.unchanged(conn, versions, owner, cancelled_too=True)
        intents = [_intent(row) for job, row in left if job.stored.id in mine]
        taken = steps.begin_steps(conn, intents, owner, grace_seconds=GRACE_SECONDS)
    async for settled in gather_soon(_settle_if(shop, owner, job, taken.get(row.key)) for job, row in left):
        yield settled


async def _settle_if(shop: Shop, owner: str, job: LabelJob, taken: BegunStep | None) -> Result:
    return await settle(shop, owner, job, taken) if taken else changed(job)


def _intent(row: StepRow) -> StepIntent:
    return StepIntent(row.key, row.order_id, row.kind, row.provider, row.account, row.request_hash)


async def settle(shop: Shop, owner: str, job: LabelJob, begun: BegunStep) -> Result:
    """What became of one purchase that `owner` has taken over."""
    row = begun.row
    attempt = Attempt(job, row.attempt, row.provider, row.request_hash)
    if row.state is StepState.DONE:
        return Labelled(job, label_of(row), row.attempt, row.request_hash, "bought in an earlier life", is_known=True)
    if begun.may_call:
        return attempt.failed("it has failed meanwhile: tried again", counts=False)
    if begun.request_changed:
        return Later(job, ASK_AGAIN_SECONDS, "another worker is buying it as the order was before", counts=False)
    return await _after_unknown(shop, owner, attempt, row)


async def _after_unknown(shop: Shop, owner: str, attempt: Attempt, row: StepRow) -> Result:
    carrier = shop.carrier(row.provider)
    match after_unknown(carrier.capabilities, wanted=_is_wanted(attempt)):
        case Effect.ASK:
            return await _ask(shop, owner, attempt, row, carrier)
        case Effect.CALL:
            return await _call_again(shop, owner, attempt)
        case Effect.FAIL:
            return attempt.failed("not bought for certain: tried again")
    return attempt.handed_over(_may_exist(attempt, f"{row.provider} cannot be asked"))


async def _ask(shop: Shop, owner: str, attempt: Attempt, row: StepRow, carrier: Carrier) -> Result:
    try:
        label = await carrier.find_since(attempt.job.request.reference, moment(row.started_at_ms) - CLOCKS_DIFFER_BY)
    except ConnectorError as error:
        return attempt.unknown(f"asked for the label: {error}", wait_seconds=ASK_AGAIN_SECONDS, counts=False)
    if label is not None:
        return attempt.labelled(_priced(shop, attempt, label), "found after an unknown answer")
    with shop.database.read() as conn:
        now_ms = shop.database.now_ms(conn)
    times = {"resolve_after_ms": row.resolve_after_ms, "now_ms": now_ms}
    match after_asking(carrier.capabilities, wanted=_is_wanted(attempt), **times):
        case Effect.FAIL:
            return attempt.failed("not bought for certain: tried again", counts=False)
        case Effect.CALL:
            return await _call_again(shop, owner, attempt)
    wait_seconds = max(0.0, (row.resolve_after_ms - now_ms) / 1000)
    return attempt.unknown("waiting whether the label appears", wait_seconds=wait_seconds, counts=False)


def _priced(shop: Shop, attempt: Attempt, label: Label) -> Label:
    """The label at the price it was chosen for, where its seller shows it again without one."""
    if label.cost_is_known:
        return label
    with shop.database.read() as conn:
        chosen = carriage.choices_of(conn, [attempt.job.stored.id]).get(attempt.job.shipment.id)
    return replace(label, cost=chosen.cost) if chosen else label


def _is_wanted(attempt: Attempt) -> bool:
    """Whether the order still needs the very label that may have been bought."""
    return not attempt.job.stored.cancel_requested and attempt.request_hash == attempt.job.request_hash


async def _call_again(shop: Shop, owner: str, attempt: Attempt) -> Result:
    """Calls a carrier that cannot sell twice under one reference once more.

    Whatever it answers but a label, nobody knows yet what became of the first call: the step stays unknown.
    """
    [offer] = [one async for wave in quote(shop, owner, [attempt.job], among=[attempt.provider]) for one in wave]
    if not isinstance(offer, Offer):
        return _still_unknown(attempt, offer)
    written_at = asyncio.get_running_loop().time()
    number = _write_intent(shop, owner, attempt)
    if number is None:
        return _still_unknown(attempt, None)
    again = replace(attempt, number=number)
    result = await call(shop, again, offer, written_at=written_at)
    return result if isinstance(result, Labelled) else _still_unknown(again, result)


def _write_intent(shop: Shop, owner: str, attempt: Attempt) -> int | None:
    stored, key = attempt.job.stored, attempt.job.step_key
    with shop.database.write() as conn:
        if not orders.unchanged(conn, {stored.id: stored.version}, owner):
            return None
        return steps.call_again(conn, key, attempt=attempt.number, owner=owner, grace_seconds=GRACE_SECONDS)


def _still_unknown(attempt: Attempt, result: Result | None) -> Later:
    match result:
        case Later():
            wait_seconds = max(ASK_AGAIN_SECONDS, result.wait_seconds)
            return attempt.unknown(f"called again: {result.error}", wait_seconds=wait_seconds)
        case ForAPerson():
            return attempt.unknown(f"called again: {result.hold.detail}", wait_seconds=ASK_AGAIN_SECONDS)
    return attempt.unknown("it changed while it was asked about", wait_seconds=ASK_AGAIN_SECONDS, counts=False)


def _may_exist(attempt: Attempt, why: str) -> Hold:
    job = attempt.job
    return Hold(
        reason=HoldReason.APPROVAL,
        code=MAY_EXIST,
        field=f"shipments[{job.shipment.number}]",
        detail=f"A label may exist: {why} ({attempt.provider}, reference {job.request.reference})",
        remedy="Look the reference up at the provider; adopt the label or void it, then resume the order.",
    )
