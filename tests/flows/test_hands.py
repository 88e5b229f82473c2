"""A shift goes on while one of its rounds waits for a service that says nothing."""

import asyncio

import pytest

from flows.hands import Hands

AT_ONCE = 0.01


class Work:
    """Rounds that can be held up by name of their hand; notes who began one."""

    def __init__(self, *held_up, finds=True):
        self.held_up = {name: asyncio.Event() for name in held_up}
        self.begun = []
        self._finds = finds

    async def round(self, owner):
        self.begun.append(owner)
        if owner in self.held_up:
            await self.held_up[owner].wait()
        return self._finds


def test_rounds_follow_each_other_with_one_hand_while_nothing_holds_them_up():
    async def shift():
        work = Work()
        hands = Hands("shift", work.round)
        assert [await hands.work() for _ in range(3)] == [True, True, True]
        assert work.begun == ["shift/1"] * 3
        assert not hands.are_busy

    asyncio.run(shift())


def test_beside_a_round_that_is_held_up_another_hand_begins_the_next_under_its_own_name():
    async def shift():
        work = Work("shift/1")
        hands = Hands("shift", work.round, patience=AT_ONCE)
        assert await hands.work()
        assert await hands.work()
        assert work.begun == ["shift/1", "shift/2"]
        work.held_up["shift/1"].set()
        await hands.rest()
        assert not hands.are_busy

    asyncio.run(shift())


def test_a_shift_with_every_hand_held_up_waits_for_one_of_them():
    async def shift():
        work = Work("shift/1", "shift/2")
        hands = Hands("shift", work.round, hands=2, patience=AT_ONCE)
        await hands.work()
        await hands.work()
        third = asyncio.create_task(hands.work())
        await asyncio.sleep(AT_ONCE)
        assert work.begun == ["shift/1", "shift/2"]
        work.held_up["shift/2"].set()
        await third
        assert work.begun == ["shift/1", "shift/2", "shift/2"]
        work.held_up["shift/1"].set()
        await hands.rest()

    asyncio.run(shift())


def test_a_round_that_finds_nothing_says_so_and_one_held_up_counts_as_work():
    async def shift():
        assert not await Hands("shift", Work(finds=False).round).work()
        held_up = Work("shift/1", finds=False)
        hands = Hands("shift", held_up.round, patience=AT_ONCE)
        assert await hands.work()
        assert hands.are_busy
        held_up.held_up["shift/1"].set()
        await hands.rest()

    asyncio.run(shift())


def test_a_round_that_fails_ends_the_shift_also_when_it_was_held_up():
    async def shift():
        held_up = asyncio.Event()

        async def fails_later(owner):
            await held_up.wait()
            raise OSError("the disk is full")

        hands = Hands("shift", fails_later, patience=AT_ONCE)
        await hands.work()
        held_up.set()
        with pytest.raises(OSError, match="the disk is full"):
            await hands.rest()

    asyncio.run(shift())
