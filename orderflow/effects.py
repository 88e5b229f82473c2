"""What to do next about one step that spends money, told from its ledger row alone.

The row is written before the call. A step whose call was answered for certain is done or failed; any other is
unknown, and an unknown step is asked about before anything is repeated:

1. Done: use what it brought.
2. Ours and just begun: call. A worker that slept since must not call; nothing was sent, so the step has failed.
3. Unknown, and the carrier can be asked: ask. Found: adopt it. Not found: believe it only when the carrier's longest
   commit delay has passed; then the step has failed, and the next attempt may go to any carrier.
4. Not found, not yet to be believed, and the carrier refuses a second purchase under one reference: call the same
   carrier again, it cannot buy twice. Another carrier could, and for a cancelled order there is nothing to call for.
5. Unknown, nobody can be asked: call again where the carrier refuses a second purchase; count it as failed where an
   unused label costs nothing.
6. Otherwise a person decides: "label may exist".
"""

from enum import StrEnum
from typing import Protocol

# A worker must call within this time of writing its intent: longer, and it may have been paused and replaced.
CALL_WITHIN_MS = 1_000


class StepState(StrEnum):
    """Where a money step stands in the ledger."""

    STARTED = "started"
    UNKNOWN = "unknown"
    DONE = "done"
    FAILED = "failed"


class Effect(StrEnum):
    """The next thing to do about a step."""

    USE = "use"
    CALL = "call"
    ASK = "ask"
    WAIT = "wait"
    FAIL = "fail"
    HAND_OVER = "hand_over"


class CarrierHabits(Protocol):
    """The two capabilities of a carrier that the policy turns on, and what an unused label costs."""

    @property
    def unique_reference(self) -> bool:
        """Whether a second purchase under one reference is refused."""
        ...

    @property
    def find_by_reference(self) -> bool:
        """Whether the carrier can be asked for the label of a reference."""
        ...

    @property
    def orphan_is_billed(self) -> bool:
        """Whether a label nobody uses costs money."""
        ...


def after_intent(*, may_call: bool, started_at_ms: int, now_ms: int) -> Effect:
    """What to do right after the intent was written: call, or fail where this worker slept in between."""
    if not may_call:
        return Effect.ASK
    return Effect.CALL if now_ms < started_at_ms + CALL_WITHIN_MS else Effect.FAIL


def after_unknown(habits: CarrierHabits, *, wanted: bool = True) -> Effect:
    """What to do about a step of unknown outcome before anything else; `wanted` is whether a label is still needed."""
    if habits.find_by_reference:
        return Effect.ASK
    if habits.unique_reference and wanted:
        return Effect.CALL
    if not habits.orphan_is_billed:
        return Effect.FAIL
    return Effect.HAND_OVER


def after_asking(habits: CarrierHabits, *, resolve_after_ms: int, now_ms: int, wanted: bool = True) -> Effect:
    """What it means that the carrier knows of no label: count the step as not done, call again, or wait."""
    if now_ms >= resolve_after_ms:
        return Effect.FAIL
    return Effect.CALL if habits.unique_reference and wanted else Effect.WAIT
