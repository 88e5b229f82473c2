"""A schedule that merges with another ends exactly as it does when it is worked by itself."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from simulation.answers import Answer
from simulation.books import SoldLabel
from simulation.campaign import find
from simulation.ends import Ahead, End, Ends, Passed
from simulation.judged import Judged
from simulation.mutants import MUTANTS, applied
from simulation.random_schedules import random_schedule
from simulation.schedule import CRASH, Schedule
from simulation.single_faults import crashes, judge
from simulation.stories import begin
from simulation.world import World, open_world

EVERY = 6
COURSES = {
    "an event that comes at different moments": ("cancelled/lookup/cancel@5", "cancelled/lookup/cancel@21"),
    "an answer that comes late in the course": ("two parcels/unique", "two parcels/unique/buy=late commit"),
    "answers that only some are asked for": ("cancelled/free/void=5xx/cancel@13", "cancelled/free/cancel@13"),
    "goods that come while everything waits": ("backordered/unique/goods arrive@9",),
    "messages that cannot be taken back": ("messages/unique", "messages/unique/send=time-out after commit"),
}
STATES: dict[str, Callable[[World], object]] = {
    "the clock": lambda world: setattr(world.clock, "now_ms", world.clock.now_ms + 1),
    "the ids given": lambda world: world.new_id(),
    "the lives of workers": lambda world: setattr(world, "lives", world.lives + 1),
    "a label sold": lambda world: world.books.labels.append(SoldLabel("unique-9", "unique", "9")),
    "a message sent": lambda world: world.books.messages.append("9"),
    "a commit that is still to come": lambda world: world.later(1, "buy", dict),
    "an event that is still to come": lambda world: world.arrivals.update({30: "cancel"}),
    "what the channel has told": lambda world: world.delivered.add(("#9", 9)),
}


@pytest.fixture
def world() -> Iterator[World]:
    """A world that merges what it can."""
    with open_world() as opened:
        opened.ends = Ends()
        yield opened


def twice(world: World, ran: list[Judged]) -> Iterator[tuple[Judged, Judged]]:
    """Some of those that were merged and some of the others, each beside itself worked from beginning to end."""
    world.ends = None
    for merged in (True, False):
        some = [one for one in ran if one.merged is merged]
        assert len(some) >= EVERY
        for one in some[::EVERY]:
            yield one, judge(world, one.schedule)


@pytest.mark.parametrize("ways", COURSES.values(), ids=COURSES.keys())
def test_a_crash_that_is_copied_or_merged_ends_as_when_worked_alone(world: World, ways: tuple[str, ...]) -> None:
    for one, alone in twice(world, [one for way in ways for one in crashes(world, find(way))]):
        assert (one.rest, one.problems) == (alone.rest, alone.problems), one.schedule.name
        assert not alone.merged


def test_a_drawn_schedule_that_merges_ends_as_when_worked_alone(world: World) -> None:
    drawn = [replace(random_schedule(seed), workers=1) for seed in range(20)]
    drawn += [replace(one, stops={at + 9: ms for at, ms in one.stops.items()}) for one in drawn]
    for one, alone in twice(world, [judge(world, one) for one in drawn]):
        assert (one.rest, one.problems) == (alone.rest, alone.problems), one.schedule.name


def test_what_a_fault_spoils_is_found_in_merged_schedules_as_in_others(world: World) -> None:
    fault = next(one for one in MUTANTS if one.name == "a label that was found is not adopted")
    course = find("one line/lookup/buy=time-out after commit")
    begin(world, course)  # the opening is made by the sound product
    with applied(fault):
        pairs = list(twice(world, list(crashes(world, course))))
    assert [one.problems for one, _ in pairs] == [alone.problems for _, alone in pairs]
    assert any(one.problems for one, _ in pairs if one.merged)


@pytest.mark.parametrize("change", STATES.values(), ids=STATES.keys())
def test_states_that_differ_in_one_thing_are_two(world: World, change: Callable[[World], object]) -> None:
    judge(world, find("cancelled/unique/cancel@9"))
    before = world.state("here")
    assert world.state("here") == before
    change(world)
    assert world.state("here") != before


def test_databases_that_differ_in_one_field_are_two(world: World) -> None:
    judge(world, find("two parcels/unique"))
    raw, before, same = world.database.raw, world.database.content, []
    for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {trigger}")  # they forbid some of the changes
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("PRAGMA ignore_check_constraints = ON")
    for table, column in fields(raw):
        raw.execute("BEGIN")
        raw.execute(f'UPDATE "{table}" SET "{column}" = 7 WHERE rowid = (SELECT MAX(rowid) FROM "{table}")')
        same += [(table, column)] if world.database.content == before else []
        raw.execute("ROLLBACK")
    assert same == []


def fields(raw: sqlite3.Connection) -> list[tuple[str, str]]:
    """The columns of every table that has rows."""
    tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
    filled = [name for name in tables if raw.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]]
    assert len(filled) > 8
    return [(name, row[1]) for name in filled for row in raw.execute(f'PRAGMA table_info("{name}")').fetchall()]


USED = End("end", ("lost",), moments=12, asked=(("unique.buy", Answer.LOST), ("unique.find", Answer.OK)))
LOST = Schedule("lost", "one line", answers={"buy": (Answer.LOST,)})


@pytest.mark.parametrize(
    ("schedule", "answered", "stops", "known"),
    [
        (LOST, {}, {}, True),
        (replace(LOST, answers={"unique.buy": (Answer.LOST,), "void": (Answer.BROKEN,)}), {}, {}, True),
        (LOST, {}, {8: CRASH}, True),  # comes after the seven moments there were
        (LOST, {"unique.find": 3}, {}, True),
        (LOST, {}, {7: CRASH}, False),
        (LOST, {"unique.buy": 1}, {}, False),
        (replace(LOST, answers={"buy": (Answer.FELL,)}), {}, {}, False),
        (replace(LOST, answers={"buy": (Answer.LOST,), "find": (Answer.SLOW,)}), {}, {}, False),
    ],
)
def test_an_end_is_known_to_schedules_that_have_the_same_ahead_as_far_as_it_was_used(
    schedule: Schedule, answered: dict[str, int], stops: dict[int, int], known: bool
) -> None:
    ends = Ends()
    ends.keep([Passed("here", 5, 0, Ahead(LOST, {}, {}))], USED)
    assert (ends.find("here", Ahead(schedule, answered, stops)) is not None) is known
    assert ends.find("elsewhere", Ahead(schedule, answered, stops)) is None
