"""Gathering answers: whoever answers soon is not kept waiting by whoever says nothing."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from typing import Any, TypeVar

Answer = TypeVar("Answer")

# Nearly every call is over by then. One that is never answered is given up after twenty seconds.
PATIENCE_SECONDS = 2.0


async def gather_soon(
    calls: Iterable[Coroutine[Any, Any, Answer]], *, patience_seconds: float = PATIENCE_SECONDS
) -> AsyncIterator[list[Answer]]:
    """The answers of calls made at once, in waves: all in one where all come soon, else those there after the patience.

    A wave has its answers in the order of their calls. Raises what a call raises; what is then still under way, or when
    nobody asks for more, is cancelled.
    """
    order = {asyncio.ensure_future(call): number for number, call in enumerate(calls)}
    waiting = set(order)
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, timeout=patience_seconds)
            if done:
                yield [future.result() for future in sorted(done, key=order.__getitem__)]
    finally:
        for future in waiting:
            future.cancel()


async def side_by_side(*works: Coroutine[Any, Any, None]) -> None:
    """Returns when all of them are done. Raises what the first one raises; the others are cancelled."""
    begun = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*begun)
    finally:
        for work in begun:
            work.cancel()
