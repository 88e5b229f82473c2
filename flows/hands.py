"""The hands of a shift: rounds follow each other, and beside one that a silent service holds up the next one begins."""

import asyncio
from collections.abc import Awaitable, Callable

# A round takes a second or two. One that takes longer waits for a service, twenty seconds where that says nothing.
HELD_UP_AFTER_SECONDS = 3.0
# A round leases some hundred rows, which nobody else works on until its lease ends.
HANDS = 6

Round = Callable[[str], Awaitable[bool]]


class Hands:
    """Does rounds, each under the name of its hand: two of one name could both send what one of them has leased."""

    def __init__(self, owner: str, work: Round, *, hands: int = HANDS, patience: float = HELD_UP_AFTER_SECONDS) -> None:
        self._work = work
        self._patience_seconds = patience
        self._free = [f"{owner}/{number}" for number in range(hands, 0, -1)]
        self._busy: dict[asyncio.Future[bool], str] = {}

    @property
    def are_busy(self) -> bool:
        """Whether a round is held up."""
        return bool(self._busy)

    async def work(self) -> bool:
        """Begins a round, and returns at its end or when it takes long; False where it found nothing to do.

        With every hand held up it waits for one of them. Raises what a round raised.
        """
        if not self._free:
            await asyncio.wait(self._busy, return_when=asyncio.FIRST_COMPLETED)
        self._put_down()
        hand = self._free.pop()
        newest = asyncio.ensure_future(self._work(hand))
        self._busy[newest] = hand
        await asyncio.wait([newest], timeout=self._patience_seconds)
        self._put_down()
        return not newest.done() or newest.result()

    async def rest(self) -> None:
        """Returns when no round is under way any more. Raises what one raised."""
        while self._busy:
            await asyncio.wait(self._busy)
            self._put_down()

    def _put_down(self) -> None:
        for done in [future for future in self._busy if future.done()]:
            self._free.append(self._busy.pop(done))
            done.result()
