"""The hands of a shift: every stage has its own, so a service that says nothing holds up a round of its stage alone."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping

# A round takes a second or so. One that takes longer waits for a service, twenty seconds where that says nothing.
HELD_UP_AFTER_SECONDS = 1.5
# A round leases fifty rows or more, which nobody else works on until its lease ends. Where one call in two hundred is
# never answered every second round is held up: with three hands the labels did not keep up with the orders.
HANDS_OF_A_STAGE = 6
# Rounds of a stage begin so far apart: what comes meanwhile is done in one go, and a round costs 30 ms however small.
APART_SECONDS = 0.5

Round = Callable[[str], Awaitable[object]]


class Hands:
    """Does rounds, each under the name of its hand: two of one name could both send what one of them has leased.

    `rounds` is what a hand does, by the name of the stage, and is told the name of its hand.
    """

    def __init__(
        self,
        owner: str,
        rounds: Mapping[str, Round],
        *,
        hands: int = HANDS_OF_A_STAGE,
        patience: float = HELD_UP_AFTER_SECONDS,
        apart: float = APART_SECONDS,
    ) -> None:
        self._rounds = rounds
        self._patience_seconds, self._apart_seconds = patience, apart
        self._free = {stage: [f"{owner}/{stage}-{number}" for number in range(hands, 0, -1)] for stage in rounds}
        self._busy: dict[asyncio.Future[object], tuple[str, str]] = {}
        self._newest: dict[str, tuple[asyncio.Future[object], float]] = {}

    @property
    def are_busy(self) -> bool:
        """Whether a round is under way."""
        return bool(self._busy)

    def begin(self, stages: Iterable[str]) -> None:
        """Begins a round of each of these stages, where a hand is free and the newest round is over or held up."""
        now = asyncio.get_running_loop().time()
        for stage in stages:
            if self._free[stage] and now >= self._next_at(stage):
                hand = self._free[stage].pop()
                begun = asyncio.ensure_future(self._rounds[stage](hand))
                self._busy[begun], self._newest[stage] = (stage, hand), (begun, now)

    async def wait(self, seconds: float) -> None:
        """Returns when a round has ended or may begin, and after so long at the latest. Raises what a round raised."""
        if not self._busy:
            await asyncio.sleep(seconds)
            return
        await asyncio.wait(
            self._busy, timeout=min(seconds, self._apart_seconds or seconds), return_when=asyncio.FIRST_COMPLETED
        )
        self._put_down()

    async def rest(self) -> None:
        """Returns when no round is under way any more. Raises what one raised."""
        while self._busy:
            await asyncio.wait(self._busy)
            self._put_down()

    def _next_at(self, stage: str) -> float:
        """When the next round of the stage may begin."""
        if stage not in self._newest:
            return 0.0
        newest, began_at = self._newest[stage]
        return began_at + (self._apart_seconds if newest.done() else self._patience_seconds)

    def _put_down(self) -> None:
        for done in [future for future in self._busy if future.done()]:
            stage, hand = self._busy.pop(done)
            self._free[stage].append(hand)
            done.result()
