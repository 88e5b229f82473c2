"""Things asked for in the same breath are asked for in one question, where a service can be asked for many at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Together(Generic[Key, Value]):
    """Gathers what is asked for until the event loop is through with all who ask, then asks once.

    `ask` is given `most` keys at most, each once, and says what there is of them. What it raises, everybody hears who
    asked with it.
    """

    def __init__(self, ask: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Value]]], *, most: int) -> None:
        self._ask = ask
        self._most = most
        self._keys: list[Key] = []
        self._answer: asyncio.Task[Mapping[Key, Value]] | None = None

    async def get(self, key: Key) -> Value | None:
        """What there is of the key; None where there is nothing."""
        if self._answer is None or (len(self._keys) == self._most and key not in self._keys):
            self._keys = []
            self._answer = asyncio.create_task(self._asked(self._keys))
        if key not in self._keys:
            self._keys.append(key)
        # One who asked may be gone before the answer comes; the others still want it.
        return (await asyncio.shield(self._answer)).get(key)

    async def _asked(self, keys: list[Key]) -> Mapping[Key, Value]:
        if self._keys is keys:
            self._answer = None
        return await self._ask(tuple(keys))
