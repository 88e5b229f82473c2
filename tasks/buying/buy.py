"""Buying labels so that none is bought twice: intent first, one call, and an unknown outcome is asked about.

1. Take the calls' share of each provider's rate budget; what is over it waits.
2. T1: write every intent of the batch in one commit, unless the order was changed or cancelled meanwhile.
3. Call, each within a second of T1; a step left by an earlier life is asked about instead.
4. The caller writes what came of it (T2), fenced by attempt and owner, of those first that are answered soon.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from connectors.database import budgets, carriage, orders, steps
from connectors.database.steps import BegunStep
from connectors.shop import Shop
from tasks.buying.ask import GRACE_SECONDS, settle
from tasks.buying.call import call
from tasks.buying.choice import as_kept
from tasks.buying.gather import gather_soon
from tasks.labelling.job import Attempt, Later, Offer, Result, changed


async def buy(shop: Shop, owner: str, offers: Sequence[Offer]) -> AsyncIterator[list[Result]]:
    """Buys the offered labels; a result for every offer, in waves as providers answer."""
    if not offers:
        return
    granted, refused = _within_budget(shop, offers)
    if refused:
        yield refused
    written_at = asyncio.get_running_loop().time()
    begun = _write_intents(shop, owner, granted)
    calls = (_carry_out(shop, owner, offer, begun.get(offer.job.step_key), written_at=written_at) for offer in granted)
    async for called in gather_soon(calls):
        _heed(shop, called)
        yield called


def _heed(shop: Shop, results: Sequence[Result]) -> None:
    """An account whose service asked for rest grants no worker anything until then."""
    asked = [result for result in results if isinstance(result, Later) and result.is_told]
    waits = {one.provider: max(two.wait_seconds for two in asked if two.provider == one.provider) for one in asked}
    if waits:
        with shop.database.write() as conn:
            for provider, wait_seconds in waits.items():
                budgets.slow_down(conn, f"labels:{provider}", wait_seconds)


def _within_budget(shop: Shop, offers: Sequence[Offer]) -> tuple[list[Offer], list[Result]]:
    """Four fifths of the limit flow steadily and one fifth may burst, so no 60 s ever see more than the limit.

    A carrier that asks nobody outside has no limit.
    """
    granted: list[Offer] = []
    refused: list[Result] = []
    with shop.database.write() as conn:
        for provider, count in Counter(offer.rate.provider for offer in offers).items():
            if not shop.carrier(provider).capabilities.is_outside:
                granted += [offer for offer in offers if offer.rate.provider == provider]
                continue
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
        wanted = [offer for offer in offers if offer.job.stored.id in unchanged]
        selection = shop.configuration.fulfillment.carrier_selection
        carriage.note_choices(conn, [as_kept(offer, selection) for offer in wanted])
        return steps.begin_steps(conn, [offer.intent() for offer in wanted], owner, grace_seconds=GRACE_SECONDS)


async def _carry_out(shop: Shop, owner: str, offer: Offer, begun: BegunStep | None, *, written_at: float) -> Result:
    if begun is None:
        return changed(offer.job)
    if not begun.may_call:
        return await settle(shop, owner, offer.job, begun)
    attempt = Attempt(offer.job, begun.row.attempt, offer.rate.provider, offer.job.request_hash)
    return await call(shop, attempt, offer, written_at=written_at)
