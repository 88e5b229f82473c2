"""How an outside service may answer one request, and what it has really done by then."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from connectors.errors import OutcomeUnknown, Refused, TryAgain

QUICK_MS = 200
SLOW_MS = 15_000
TIME_OUT_MS = 20_000
# A late commit comes long after the time-out, and before the longest delay a carrier is known for.
LATE_MS = 80_000
RETRY_AFTER_SECONDS = 30.0

Result = TypeVar("Result")


class Answer(StrEnum):
    """The ways a request ends. What is done at the service is said after the colon."""

    OK = "ok"  # : done, and we are told
    SLOW = "slow"  # : done after fifteen seconds
    REFUSED = "refused"  # a 4xx: not done, and never will be
    LIMITED = "429"  # : not done, come back later
    UNREACHABLE = "connection refused"  # : not done
    BROKEN = "5xx"  # : not done, but who knows
    FELL = "5xx after commit"  # : done, and then the answer broke
    LOST = "time-out after commit"  # : done, we are not told
    LATE = "late commit"  # : done a minute after we gave up
    GARBLED = "unreadable body"  # : done, and the answer cannot be understood
    BUG = "bug after commit"  # : done, and our own code fails on the answer


class Outside(Protocol):
    """What an answer needs of the world."""

    def moment(self, what: str) -> None: ...

    def under_way(self, longest_pause_ms: int) -> AbstractContextManager[None]: ...

    def later(self, wait_ms: int, what: str, commit: Callable[[], Any]) -> None: ...

    async def wait(self, wait_ms: int) -> None: ...


async def converse(
    world: Outside,
    what: str,
    answer: Answer,
    commit: Callable[[], Result],
    *,
    late: Callable[[], Any] | None = None,
    longest_pause_ms: int = 1_000_000,
) -> Result:
    """One request to a service that answers so.

    `commit` is what the service does, `late` what it does instead where it is late and others may have been quicker.
    """
    pause_ms = 5_000 if answer is Answer.LATE else longest_pause_ms
    with world.under_way(pause_ms):
        world.moment(f"before {what}")
        if answer is Answer.LATE:  # it left in time, whatever becomes of the process now
            world.later(LATE_MS, what, late or commit)
            await world.wait(TIME_OUT_MS)
            raise OutcomeUnknown(f"{what} timed out")
        await world.wait({Answer.SLOW: SLOW_MS, Answer.BROKEN: TIME_OUT_MS}.get(answer, QUICK_MS))
        _not_done(what, answer)
        result = commit()
    world.moment(f"done by {what}")
    if answer is Answer.LOST:
        await world.wait(TIME_OUT_MS)
        raise OutcomeUnknown(f"{what} timed out")
    if answer is Answer.FELL:
        raise OutcomeUnknown(f"{what}: internal server error")
    if answer is Answer.GARBLED:
        raise OutcomeUnknown(f"{what} was answered in no known form")
    if answer is Answer.BUG:
        raise ValueError(f"the answer to {what} has a field nobody thought of")
    return result


def _not_done(what: str, answer: Answer) -> None:
    if answer is Answer.REFUSED:
        raise Refused(f"{what} is refused")
    if answer is Answer.LIMITED:
        raise TryAgain(f"{what}: too many requests", wait_seconds=RETRY_AFTER_SECONDS)
    if answer is Answer.UNREACHABLE:
        raise TryAgain(f"{what}: connection refused")
    if answer is Answer.BROKEN:
        raise OutcomeUnknown(f"{what}: internal server error")
