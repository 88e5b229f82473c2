"""Many schedules on every core: the single faults first, then those drawn by seed. The same seed runs the same ones."""

import gc
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import count, islice
from multiprocessing import get_context

from simulation.ends import Ends
from simulation.judged import Judged
from simulation.random_schedules import random_schedule
from simulation.schedule import Schedule
from simulation.single_faults import courses, crashed, crashes, judge, paused, pauses
from simulation.world import World, open_world

# What is left is drawn by seed. That and the pauses cost two to three times as much: two workers' runs seldom merge.
CRASHES, PAUSES = 0.92, 0.03
FIRST_PAUSED = 24


@dataclass
class Report:
    """How many schedules of each story were run, how many of all merged with one before, and those that failed."""

    stories: Counter[str] = field(default_factory=Counter)
    merged: int = 0
    failed: list[Judged] = field(default_factory=list)

    def add(self, judged: Judged) -> None:
        """Counts one more."""
        self.stories[judged.schedule.story] += 1
        self.merged += judged.merged
        if judged.problems:
            self.failed.append(judged)

    def join(self, other: "Report") -> None:
        """Counts what another core did."""
        self.stories.update(other.stories)
        self.merged += other.merged
        self.failed += other.failed


def campaign(schedules: int, *, seed: int, cores: int) -> Report:
    """Runs so many schedules."""
    report = Report()
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        for part in pool.map(share, range(cores), [cores] * cores, [schedules] * cores, [seed] * cores):
            report.join(part)
    return report


def share(core: int, cores: int, schedules: int, seed: int) -> Report:
    """One core's share of them."""
    report, quota = Report(), schedules // cores + (core < schedules % cores)
    with open_world() as world:
        world.ends = Ends()
        gc.disable()
        gc.freeze()
        for number, judged in enumerate(islice(_schedules(world, core, cores, quota, seed), quota)):
            report.add(judged)
            if number % 1_000 == 0:
                gc.collect()
    return report


def _schedules(world: World, core: int, cores: int, quota: int, seed: int) -> Iterator[Judged]:
    mine = _dealt(core, cores)
    random.Random(seed).shuffle(mine)
    yield from islice((judged for way in mine for judged in crashes(world, way)), round(CRASHES * quota))
    yield from islice((judged for way in mine for judged in pauses(world, way, FIRST_PAUSED)), round(PAUSES * quota))
    for number in count(1_000_000 * seed + core, cores):
        yield judge(world, random_schedule(number))


def _dealt(core: int, cores: int) -> list[Schedule]:
    """The courses this core sees to. Those of one story and its carriers stay together: they may merge."""
    kinds = list(dict.fromkeys((way.story, way.carriers) for way in courses()))
    mine = set(kinds[core::cores])
    return [way for way in courses() if (way.story, way.carriers) in mine]


def find(name: str) -> Schedule:
    """The schedule of this name: a seed, or a course with "#7" for a crash or "~7" for a pause at its moment 7."""
    if name.isdigit():
        return random_schedule(int(name))
    for mark, stopped in (("#", crashed), ("~", paused)):
        way, found, moment = name.rpartition(mark)
        if found and moment.isdigit():
            return stopped(find(way), int(moment))
    return next(way for way in courses() if way.name == name)
