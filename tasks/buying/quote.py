"""Rates for the shipments of a batch: every enabled label provider is asked at once, one offer is chosen."""

import asyncio
from collections.abc import AsyncIterator, Container, Sequence

from connectors.database import budgets, decisions
from connectors.errors import ConnectorError, Refused, TryAgain
from connectors.shop import Shop
from orderflow.holds import Hold, HoldReason
from orderflow.rules.actions import Actions
from orderflow.shipping.rate import Rate
from orderflow.shipping.rate_choice import Selection
from tasks.buying.choice import choose, selection_of
from tasks.buying.gather import gather_soon
from tasks.labelling.job import ForAPerson, LabelJob, Later, Offer, Result

NO_PROVIDER_WAIT_SECONDS = 15.0


async def quote(
    shop: Shop, owner: str, jobs: Sequence[LabelJob], *, among: Sequence[str] = ()
) -> AsyncIterator[list[Offer | Result]]:
    """An offer for each job, or what stands in its way, in waves as providers answer.

    `among` are the providers to be asked, where not all that are enabled.
    """
    if not jobs:
        return
    with shop.database.read() as conn:
        actions = decisions.actions_of(conn, {job.stored.id for job in jobs})
        selection = selection_of(shop, conn)
        failing = budgets.failing(conn)
    providers = _open_providers(shop, owner, failing, among)
    asked = (_quote_one(shop, job, actions[job.stored.id], providers, selection) for job in jobs)
    async for wave in gather_soon(asked):
        yield wave


def _open_providers(shop: Shop, owner: str, failing: Container[str], among: Container[str]) -> list[str]:
    """The enabled providers that may be called; one that keeps failing is tried by one worker at a time."""
    wanted = [code for code in shop.configuration.fulfillment.label_providers if not among or code in among]
    if not any(code in failing for code in wanted):
        return wanted
    with shop.database.write() as conn:
        return [code for code in wanted if code not in failing or budgets.allowed(conn, code, owner=owner)]


async def _quote_one(
    shop: Shop, job: LabelJob, actions: Actions, providers: Sequence[str], selection: Selection
) -> Offer | Result:
    wanted = actions.label_provider
    if wanted and wanted not in shop.configuration.fulfillment.label_providers:
        return ForAPerson(job, hold_for(_switched_off(wanted), job))
    asked = [code for code in providers if wanted in {None, code}]
    if not asked:
        return Later(job, NO_PROVIDER_WAIT_SECONDS, "every label provider is failing; tried again soon", counts=False)
    answers = await asyncio.gather(*(_rates(shop, code, job) for code in asked))
    rates = [rate for answer in answers if not isinstance(answer, ConnectorError) for rate in answer]
    if not rates:
        return _no_rates(job, [answer for answer in answers if isinstance(answer, ConnectorError)])
    choice = choose(job, rates, actions, selection)
    if choice.rate is None:
        return ForAPerson(job, hold_for(Refused(choice.reason, code="no_rate"), job))
    return Offer(job, choice.rate, choice)


def _switched_off(provider: str) -> Refused:
    return Refused(
        f"a rule asks for labels of {provider}, which is not enabled",
        field="fulfillment.label_providers",
        code="provider_not_enabled",
    )


async def _rates(shop: Shop, code: str, job: LabelJob) -> tuple[Rate, ...] | ConnectorError:
    try:
        return await shop.carrier(code).rate(job.request)
    except ConnectorError as error:
        return error


def _no_rates(job: LabelJob, errors: Sequence[ConnectorError]) -> Result:
    refusals = [error for error in errors if isinstance(error, Refused)]
    if refusals or not errors:
        error = refusals[0] if refusals else Refused("no carrier takes this parcel there", code="no_rate")
        return ForAPerson(job, hold_for(error, job))
    waits = [error.wait_seconds for error in errors if isinstance(error, TryAgain)]
    return Later(job, min(waits, default=10.0), f"no rates: {errors[0]}")


def hold_for(error: Refused, job: LabelJob) -> Hold:
    """The case a person gets when a provider refuses for good."""
    if error.code == "address":
        return Hold(
            reason=HoldReason.ADDRESS,
            code="address_refused",
            field=error.field or "destination",
            detail=f"The carrier refuses the address: {error}",
            remedy="Correct the address with resolve-hold, or in the sales channel.",
        )
    if error.code == "customs_missing":
        return Hold(
            reason=HoldReason.APPROVAL,
            code="customs_missing",
            field=error.field,
            detail=f"No label for shipment {job.shipment.number} from {job.shipment.location}: {error}",
            remedy="Add it to the products of the configuration, deploy that, then resume the order.",
        )
    return Hold(
        reason=HoldReason.APPROVAL,
        code=f"label_{error.code}",
        field=error.field or f"shipments[{job.shipment.number}]",
        detail=f"No label for shipment {job.shipment.number} from {job.shipment.location}: {error}",
        remedy="Mend the cause, then resume the order; or reroute it.",
    )
