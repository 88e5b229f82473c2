"""Whatever is crashed, frozen, lost or said twice: every order ends once, or waits with a reason a person can read."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from simulation.answers import Answer
from simulation.audit import problems
from simulation.campaign import campaign, find
from simulation.random_schedules import random_schedule
from simulation.schedule import Schedule
from simulation.single_faults import judge
from simulation.world import World, open_world

# What CI and `make simulate` run; somebody who changes something else waits for a twentieth of it.
SCHEDULES = int(os.environ.get("ORDERFLOW_SIMULATED_SCHEDULES") or ("20000" if os.environ.get("CI") else "1000"))
SEED = 0

LATE = {"buy": (Answer.LATE,)}
FOUND = {
    "a carrier that cannot sell twice commits late, and the order was cancelled meanwhile": Schedule(
        "1", "cancelled", ("unique",), LATE, arrivals={21: "cancel"}
    ),
    "a carrier that cannot sell twice commits late, and another one is cheaper by then": Schedule(
        "2", "one line", ("lookup", "unique"), LATE | {"unique.rate": (Answer.OK, Answer.UNREACHABLE)}
    ),
    "one parcel is refused while nobody knows of the other": Schedule(
        "3", "two parcels", ("lookup",), {"buy": (Answer.REFUSED, Answer.LATE)}
    ),
    "a cancelled order waits for a label and asks no more often than it must": Schedule(
        "4", "parcels cancelled", ("lookup",), {"buy": (Answer.LATE, Answer.GARBLED)}, arrivals={11: "cancel"}
    ),
    "a void is answered by nothing": Schedule(
        "5", "cancelled", ("lookup",), {"buy": (Answer.LOST,), "void": (Answer.LIMITED, Answer.LOST)},
        arrivals={20: "cancel"},
    ),
    "a worker that lost its orders asks about their purchases": find("635"),
    "our own code fails on the answer of a sheet": Schedule("6", "messages", answers={"write": (Answer.BUG,)}),
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with open_world() as opened:
        yield opened


@pytest.mark.requirement("OF-57")
def test_no_schedule_loses_or_repeats_anything(capsys: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    report = campaign(SCHEDULES, seed=SEED, cores=os.cpu_count() or 1)
    told = (
        f"seed {SEED}: {report.stories.total()} schedules, {report.merged} of them merged, {len(report.failed)} failing"
    )
    with capsys.disabled():
        print(f"\n{told}, {time.monotonic() - started:.0f} s")
    assert [(one.schedule.name, one.problems) for one in report.failed] == []
    assert report.stories.total() == SCHEDULES


@pytest.mark.parametrize("schedule", FOUND.values(), ids=lambda schedule: schedule.name)
def test_what_a_schedule_found_once_stays_mended(world: World, schedule: Schedule) -> None:
    assert judge(world, schedule).problems == ()


def test_the_same_schedule_runs_the_same_way_twice(world: World) -> None:
    traces = []
    for _ in range(2):
        judge(world, random_schedule(53))
        traces.append([str(line) for line in world.trace])
    assert traces[0] == traces[1]
    assert len(traces[0]) > 50


def test_a_service_that_keeps_no_promise_is_noticed(world: World) -> None:
    judge(world, replace(find("one line/unique"), name="robbed"))
    world.books.labels.clear()
    assert any("no carrier sold" in problem for problem in problems(world))
