"""Questions that are asked in the same breath become one."""

import asyncio

import pytest

from connectors.errors import TryAgain
from connectors.transport.together import Together


def squares(most=3):
    """A service that squares numbers, except for 0 which it does not know; and the questions it heard."""
    heard = []

    async def ask(numbers):
        heard.append(numbers)
        await asyncio.sleep(0)
        return {number: number**2 for number in numbers if number}

    return Together(ask, most=most), heard


def answers(together, *numbers):
    async def scenario():
        return await asyncio.gather(*map(together.get, numbers))

    return asyncio.run(scenario())


def test_everybody_who_asks_at_once_gets_an_answer_of_their_own_from_one_question():
    together, heard = squares()
    assert answers(together, 2, 0, 3) == [4, None, 9]
    assert heard == [(2, 0, 3)]


def test_what_several_ask_for_is_asked_for_once():
    together, heard = squares(most=2)
    assert answers(together, 2, 3, 2, 3) == [4, 9, 4, 9]
    assert heard == [(2, 3)]


def test_no_question_is_longer_than_it_may_be():
    together, heard = squares()
    assert answers(together, *range(1, 8)) == [number**2 for number in range(1, 8)]
    assert heard == [(1, 2, 3), (4, 5, 6), (7,)]


def test_nothing_is_remembered_for_the_next_question():
    together, heard = squares()
    assert [*answers(together, 2), *answers(together, 2)] == [4, 4]
    assert heard == [(2,), (2,)]


def test_who_asks_while_a_question_is_under_way_is_in_the_next_one():
    together, heard = squares()

    async def scenario():
        early = asyncio.create_task(together.get(2))
        while not heard:
            await asyncio.sleep(0)
        return await together.get(3), await early

    assert asyncio.run(scenario()) == (9, 4)
    assert heard == [(2,), (3,)]


def test_a_question_that_fails_fails_for_all_who_asked_it():
    async def ask(numbers):
        raise TryAgain("not now")

    async def scenario():
        together = Together(ask, most=3)
        return await asyncio.gather(together.get(1), together.get(2), return_exceptions=True)

    assert [type(each) for each in asyncio.run(scenario())] == [TryAgain, TryAgain]


def test_one_who_gives_up_takes_the_answer_from_nobody():
    together, _ = squares()

    async def scenario():
        hasty, patient = asyncio.create_task(together.get(2)), asyncio.create_task(together.get(3))
        await asyncio.sleep(0)
        hasty.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hasty
        return await patient

    assert asyncio.run(scenario()) == 9
