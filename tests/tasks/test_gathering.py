"""Answers are gathered in waves: whoever answers soon is not kept waiting by whoever says nothing."""

import asyncio
from collections.abc import Sequence

import pytest

from tasks.buying.gather import gather_soon, side_by_side


async def after(gates: Sequence[asyncio.Event], answer: str) -> str:
    """Answers when all these gates are open."""
    for gate in gates:
        await gate.wait()
    return answer


def test_calls_that_all_answer_soon_are_one_wave_in_the_order_of_the_calls() -> None:
    async def waves() -> list[list[str]]:
        second_first = asyncio.Event()

        async def second() -> str:
            second_first.set()
            return "b"

        calls = [after([second_first], "a"), second()]
        return [wave async for wave in gather_soon(calls, patience_seconds=60)]

    assert asyncio.run(waves()) == [["a", "b"]]


def test_a_call_that_says_nothing_comes_in_a_later_wave() -> None:
    async def waves() -> list[list[str]]:
        gate = asyncio.Event()
        seen: list[list[str]] = []
        async for wave in gather_soon([after([gate], "slow"), after([], "quick")], patience_seconds=0.05):
            seen.append(wave)
            gate.set()
        return seen

    assert asyncio.run(waves()) == [["quick"], ["slow"]]


def test_nobody_to_be_asked_is_no_wave() -> None:
    async def waves() -> list[list[str]]:
        return [wave async for wave in gather_soon(())]

    assert asyncio.run(waves()) == []


def test_the_calls_still_under_way_are_cancelled_when_one_of_them_raises() -> None:
    async def what_became_of_the_other() -> bool:
        other = asyncio.ensure_future(asyncio.Event().wait())

        async def raises() -> bool:
            raise LookupError("poison")

        async def waits() -> bool:
            return await other

        with pytest.raises(LookupError, match="poison"):
            async for _ in gather_soon([raises(), waits()], patience_seconds=0.05):
                pass
        await asyncio.sleep(0)
        return other.cancelled()

    assert asyncio.run(what_became_of_the_other())


def test_of_works_side_by_side_the_others_are_cancelled_when_one_raises() -> None:
    async def what_became_of_the_other() -> bool:
        other = asyncio.ensure_future(asyncio.Event().wait())

        async def raises() -> None:
            raise LookupError("poison")

        async def waits() -> None:
            await other

        with pytest.raises(LookupError, match="poison"):
            await side_by_side(raises(), waits())
        await asyncio.sleep(0)
        return other.cancelled()

    assert asyncio.run(what_became_of_the_other())
