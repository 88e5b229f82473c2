"""One call that spends money, and what its answer means for the ledger."""

import asyncio

from connectors.errors import OutcomeUnknown, Refused, TryAgain
from connectors.shop import Shop
from orderflow.effects import Effect, after_intent
from tasks.buying.quote import hold_for
from tasks.labelling.job import Attempt, Offer, Result

ASK_AGAIN_SECONDS = 5.0


async def call(shop: Shop, attempt: Attempt, offer: Offer, *, written_at: float) -> Result:
    """Buys the offer unless this worker slept since its intent was written, at `written_at` by its loop's clock."""
    waited_ms = int((asyncio.get_running_loop().time() - written_at) * 1000)
    if after_intent(may_call=True, started_at_ms=0, now_ms=waited_ms) is Effect.FAIL:
        return attempt.failed("this worker was paused before the call", counts=False)
    try:
        label = await shop.carrier(offer.rate.provider).buy(offer.job.request, offer.rate)
    except TryAgain as error:
        return attempt.failed(str(error), wait_seconds=error.wait_seconds, is_told=error.is_told)
    except Refused as error:
        return attempt.refused(hold_for(error, attempt.job))
    except OutcomeUnknown as error:
        return attempt.unknown(str(error), wait_seconds=ASK_AGAIN_SECONDS)
    except Exception as error:  # a bug after sending may hide a purchase: treat it as unknown, never as not done
        return attempt.unknown(f"bug: {type(error).__name__}: {error}", wait_seconds=ASK_AGAIN_SECONDS)
    return attempt.labelled(label, offer.reason)
