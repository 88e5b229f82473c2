"""The stages of a shift work side by side, and each goes on while one of its rounds waits for a silent service."""

import asyncio
from collections.abc import Iterable

import pytest

from flows.hands import Hands

AT_ONCE = 0.01
LONG = 5.0


class Work:
    """Rounds that can be held up by the name of their hand; notes who began one."""

    def __init__(self, *held_up: str) -> None:
        self.held_up = {name: asyncio.Event() for name in held_up}
        self.begun: list[str] = []

    async def round(self, hand: str) -> None:
        self.begun.append(hand)
        if hand in self.held_up:
            await self.held_up[hand].wait()

    def hands(self, stages: Iterable[str], *, hands: int = 3, patience: float = AT_ONCE, apart: float = 0.0) -> Hands:
        return Hands("shift", dict.fromkeys(stages, self.round), hands=hands, patience=patience, apart=apart)


def test_rounds_of_a_stage_follow_each_other_with_one_hand_while_nothing_holds_them_up() -> None:
    async def shift() -> None:
        work = Work()
        hands = work.hands(["label"])
        for _ in range(3):
            hands.begin(["label"])
            await hands.wait(LONG)
        assert work.begun == ["shift/label-1"] * 3
        assert not hands.are_busy

    asyncio.run(shift())


def test_a_round_under_way_is_not_begun_twice_before_it_is_held_up() -> None:
    async def shift() -> None:
        work = Work("shift/label-1")
        hands = work.hands(["label"], patience=LONG)
        for _ in range(3):
            hands.begin(["label"])
            await hands.wait(AT_ONCE)
        assert work.begun == ["shift/label-1"]
        work.held_up["shift/label-1"].set()
        await hands.rest()

    asyncio.run(shift())


def test_rounds_of_a_stage_begin_apart_so_that_each_finds_more_to_do() -> None:
    async def shift() -> None:
        work = Work()
        hands = work.hands(["label"], apart=10 * AT_ONCE)
        began_at = asyncio.get_running_loop().time()
        while len(work.begun) < 3:
            hands.begin(["label"])
            await hands.wait(AT_ONCE)
        assert asyncio.get_running_loop().time() - began_at >= 20 * AT_ONCE

    asyncio.run(shift())


def test_a_stage_that_is_held_up_keeps_no_other_stage_waiting() -> None:
    async def shift() -> None:
        work = Work("shift/label-1")
        hands = work.hands(["label", "log"], patience=LONG)
        hands.begin(["label", "log"])
        await hands.wait(LONG)
        hands.begin(["label", "log"])
        await hands.wait(LONG)
        assert work.begun == ["shift/label-1", "shift/log-1", "shift/log-1"]
        work.held_up["shift/label-1"].set()
        await hands.rest()

    asyncio.run(shift())


def test_beside_a_round_that_is_held_up_another_hand_begins_the_next_under_its_own_name() -> None:
    async def shift() -> None:
        work = Work("shift/label-1")
        hands = work.hands(["label"])
        for _ in range(3):
            hands.begin(["label"])
            await hands.wait(2 * AT_ONCE)
        assert work.begun == ["shift/label-1", "shift/label-2", "shift/label-2"]
        work.held_up["shift/label-1"].set()
        await hands.rest()
        assert not hands.are_busy

    asyncio.run(shift())


def test_a_stage_with_every_hand_held_up_waits_for_one_of_them() -> None:
    async def shift() -> None:
        work = Work("shift/label-1", "shift/label-2")
        hands = work.hands(["label"], hands=2)
        for _ in range(3):
            hands.begin(["label"])
            await hands.wait(2 * AT_ONCE)
        assert work.begun == ["shift/label-1", "shift/label-2"]
        work.held_up["shift/label-2"].set()
        await hands.wait(LONG)
        hands.begin(["label"])
        await hands.wait(2 * AT_ONCE)
        assert work.begun == ["shift/label-1", "shift/label-2", "shift/label-2"]
        work.held_up["shift/label-1"].set()
        await hands.rest()

    asyncio.run(shift())


def test_a_round_that_fails_ends_the_shift_also_when_it_was_held_up() -> None:
    async def shift() -> None:
        held_up = asyncio.Event()

        async def fails_later(hand: str) -> None:
            await held_up.wait()
            raise OSError("the disk is full")

        hands = Hands("shift", {"label": fails_later}, patience=AT_ONCE)
        hands.begin(["label"])
        await hands.wait(2 * AT_ONCE)
        held_up.set()
        with pytest.raises(OSError, match="the disk is full"):
            await hands.rest()

    asyncio.run(shift())
