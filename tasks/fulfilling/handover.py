"""Handing shipments over so that none is sent twice: intent first, one call, and an unknown outcome is asked about.

1. A shipment the partner has already: ask how far it is.
2. One of unknown outcome: ask for its reference. Found, it is adopted; not found is believed only when the partner's
   longest commit delay has passed. What follows otherwise is what orderflow.effects says of labels, too.
3. Any other: write the intent, then call.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from connectors.database import budgets, orders, steps
from connectors.database.steps import BegunStep, StepRow
from connectors.errors import ConnectorError, OutcomeUnknown, Refused, TryAgain
from connectors.protocols import PartnerOrder, Stage
from connectors.protocols.mailed_partner import MailedPartner
from connectors.shop import Shop
from orderflow.effects import Effect, StepState, after_asking, after_intent, after_unknown
from orderflow.holds import Hold, HoldReason
from tasks.buying.ask import GRACE_SECONDS
from tasks.buying.call import ASK_AGAIN_SECONDS
from tasks.buying.gather import gather_soon
from tasks.fulfilling.job import AtPartner, HandoverJob
from tasks.labelling.begun import is_open
from tasks.labelling.job import MAY_EXIST, Attempt, ForAPerson, Later, changed

Handed = AtPartner | Later | ForAPerson
CANNOT_ASK_SECONDS = 60.0
BUDGET_SECONDS = 15.0


async def hand_over(
    shop: Shop, owner: str, jobs: Sequence[HandoverJob], ledger: Mapping[str, StepRow]
) -> AsyncIterator[Sequence[Handed]]:
    """What came of every job, in waves as partners answer; nothing of it is saved yet but the intents.

    Calls count against each account's budget of a minute. For an order to be cancelled nothing new is handed over;
    what is undecided is still asked about.
    """
    known = [job for job in jobs if job.known is not None]
    begun_before = [job for job in jobs if job.known is None and is_open(ledger.get(job.step_key))]
    new = [job for job in jobs if job.known is None and not is_open(ledger.get(job.step_key))]
    granted, later = _within_budget(shop, [*new, *known])
    if later:
        yield later
    written_at = asyncio.get_running_loop().time()
    fresh = [*begun_before, *(job for job in granted if job.known is None)]
    begun = _write_intents(shop, owner, fresh)
    asked = [_look(shop, job) for job in granted if job.known is not None]
    told = [_carry_out(shop, owner, job, begun.get(job.step_key), written_at) for job in fresh]
    async for handed in gather_soon([*asked, *told]):
        yield handed


def _write_intents(shop: Shop, owner: str, jobs: Sequence[HandoverJob]) -> dict[str, BegunStep]:
    if not jobs:
        return {}
    with shop.database.write() as conn:
        versions = {job.stored.id: job.stored.version for job in jobs}
        mine = orders.unchanged(conn, versions, owner, cancelled_too=True)
        intents = [job.intent() for job in jobs if job.stored.id in mine]
        return steps.begin_steps(conn, intents, owner, grace_seconds=GRACE_SECONDS)


async def _carry_out(shop: Shop, owner: str, job: HandoverJob, begun: BegunStep | None, written_at: float) -> Handed:
    if begun is None:
        return changed(job)
    carry_out = _request(shop, job, begun.row, written_at) if begun.may_call else _settle(shop, owner, job, begun.row)
    return await carry_out


def _within_budget(shop: Shop, jobs: Sequence[HandoverJob]) -> tuple[list[HandoverJob], list[Later]]:
    """The jobs each partner's account takes calls for now, new ones first, and the others put off."""
    granted: list[HandoverJob] = []
    later: list[Later] = []
    with shop.database.write() as conn:
        for code, count in Counter(job.partner.code for job in jobs).items():
            mine = [job for job in jobs if job.partner.code == code]
            if not shop.partner(code).capabilities.is_outside:
                granted += mine
                continue
            limit = shop.configuration.fulfillment.labels_per_minute(code)
            burst = max(1, limit // 5)
            now = min(count, burst)
            wait_seconds = budgets.take(
                conn, f"partner:{code}", per_minute=max(1, limit * 4 // 5), burst=burst, tokens=now
            )
            taken = now if wait_seconds == 0 else 0
            granted += mine[:taken]
            wait_seconds = wait_seconds or BUDGET_SECONDS
            later += [Later(job, wait_seconds, f"{code}'s rate budget", counts=False) for job in mine[taken:]]
    return granted, later


async def _look(shop: Shop, job: HandoverJob) -> Handed:
    assert job.known is not None  # noqa: S101 - the caller took only those
    partner = shop.partner(job.partner.code)
    if isinstance(partner, MailedPartner) or job.known.stage is Stage.REJECTED:
        return AtPartner(job, PartnerOrder(job.known.provider_reference, job.known.stage, reason=job.known.reason))
    try:
        told = await partner.status(job.known.provider_reference)
    except ConnectorError as error:
        wait_seconds = error.wait_seconds if isinstance(error, TryAgain) else CANNOT_ASK_SECONDS
        return Later(job, wait_seconds, f"{job.partner.code} cannot be asked: {error}", counts=False)
    return AtPartner(job, told)


async def _request(shop: Shop, job: HandoverJob, row: StepRow, written_at: float) -> Handed:
    attempt = Attempt(job, row.attempt, job.partner.code, job.request_hash)
    waited_ms = int((asyncio.get_running_loop().time() - written_at) * 1000)
    if after_intent(may_call=True, started_at_ms=0, now_ms=waited_ms) is Effect.FAIL:
        return attempt.failed("this worker was paused before the call", counts=False)
    try:
        told = await shop.partner(job.partner.code).request(job.order)
    except TryAgain as error:
        return attempt.failed(str(error), wait_seconds=error.wait_seconds)
    except Refused as error:
        return attempt.refused(refused_hold(error, job))
    except OutcomeUnknown as error:
        return attempt.unknown(str(error), wait_seconds=ASK_AGAIN_SECONDS)
    except Exception as error:  # a bug after sending may hide a request that was taken: unknown, never not done
        return attempt.unknown(f"bug: {type(error).__name__}: {error}", wait_seconds=ASK_AGAIN_SECONDS)
    return AtPartner(job, told, row.attempt)


async def _settle(shop: Shop, owner: str, job: HandoverJob, row: StepRow) -> Handed:
    """What became of a request that an earlier life left undecided; it was taken over by its intent."""
    attempt = Attempt(job, row.attempt, row.provider, row.request_hash)
    partner = shop.partner(row.provider)
    if row.state is StepState.DONE:
        return AtPartner(job, await partner.status(row.provider_ref), row.attempt)
    match after_unknown(partner.capabilities, wanted=not job.stored.cancel_requested):
        case Effect.CALL:
            return await _again(shop, owner, job, row)
        case Effect.HAND_OVER:
            return attempt.handed_over(_may_have_it(job))
    try:
        told = await partner.find_by_reference(job.order.reference)
    except ConnectorError as error:
        return attempt.unknown(f"asked for the order: {error}", wait_seconds=ASK_AGAIN_SECONDS, counts=False)
    if told is not None:
        return AtPartner(job, told, row.attempt)
    return await _not_found(shop, owner, attempt, row)


async def _not_found(shop: Shop, owner: str, attempt: Attempt, row: StepRow) -> Handed:
    job = attempt.job
    assert isinstance(job, HandoverJob)  # noqa: S101 - of this stage every job is one
    with shop.database.read() as conn:
        now_ms = shop.database.now_ms(conn)
    capabilities = shop.partner(row.provider).capabilities
    times = {"resolve_after_ms": row.resolve_after_ms, "now_ms": now_ms}
    match after_asking(capabilities, wanted=not job.stored.cancel_requested, **times):
        case Effect.FAIL:
            return attempt.failed("not taken for certain: handed over again", counts=False)
        case Effect.CALL:
            return await _again(shop, owner, job, row)
    wait_seconds = max(0.0, (row.resolve_after_ms - now_ms) / 1000)
    return attempt.unknown("waiting whether the order appears", wait_seconds=wait_seconds, counts=False)


async def _again(shop: Shop, owner: str, job: HandoverJob, row: StepRow) -> Handed:
    """Requests once more from a partner that makes one order of one reference, however often it is asked."""
    written_at = asyncio.get_running_loop().time()
    with shop.database.write() as conn:
        number = steps.call_again(conn, row.key, attempt=row.attempt, owner=owner, grace_seconds=GRACE_SECONDS)
    attempt = Attempt(job, row.attempt, row.provider, row.request_hash)
    if number is None:
        return attempt.unknown("another worker has it now", wait_seconds=ASK_AGAIN_SECONDS, counts=False)
    result = await _request(shop, job, replace(row, attempt=number), written_at)
    if isinstance(result, AtPartner):
        return result
    again = replace(attempt, number=number)
    return again.unknown("requested again, and nobody knows yet", wait_seconds=ASK_AGAIN_SECONDS)


def refused_hold(error: Refused, job: HandoverJob) -> Hold:
    """The case a person gets where a partner will not take a shipment at all."""
    is_address = error.code == "address"
    return Hold(
        reason=HoldReason.ADDRESS if is_address else HoldReason.APPROVAL,
        code="address_refused" if is_address else f"handover_{error.code}",
        field=error.field or f"shipments[{job.shipment.number}]",
        detail=f"{job.partner.code} does not take shipment {job.shipment.number} of {job.shipment.location}: {error}",
        remedy="Mend the cause, then resume the order; or have another location send it with `orders reject`.",
    )


def _may_have_it(job: HandoverJob) -> Hold:
    return Hold(
        reason=HoldReason.APPROVAL,
        code=MAY_EXIST,
        field=f"shipments[{job.shipment.number}]",
        detail=f"{job.partner.code} may have shipment {job.shipment.number} and cannot be asked: {job.order.reference}",
        remedy="Ask the partner for the reference; reject the order there where it has it, then resume the order.",
    )
