"""The world of one schedule: a clock, a database, the services, and the processes that work in it."""

import asyncio
import heapq
import random
import sqlite3
import warnings
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from simulation.answers import Answer
from simulation.books import Books
from simulation.clock import START_MS, VirtualClock
from simulation.database import WatchedDatabase, empty_copy
from simulation.process import Killed, Process
from simulation.queues import is_due, next_due_ms
from simulation.schedule import CRASH, Schedule
from simulation.shop import SimulatedShop

from connectors.database.statements import identifiers

RESTART_MS = 1_000
ENDLESS = 3_000
QUIET = Schedule("quiet", "none")

Stages = Iterable[tuple[str, Any]]


@dataclass(frozen=True)
class Line:
    """One line of a trace."""

    seconds: float
    moment: int
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.seconds:9.1f} s  #{self.moment:<4d} {self.who:<10} {self.what}"


@dataclass(frozen=True)
class Opening:
    """What a story begins with. `delivered` are the versions of orders (number, time) the channel has told of."""

    database: sqlite3.Connection
    books: Books
    delivered: frozenset[tuple[str, int]]


@dataclass(frozen=True)
class Left:
    """What outlives every process: the database, the services, and what is still to come from outside."""

    changes: int
    database: sqlite3.Connection
    now_ms: int
    last_id: int
    lives: int
    moments: int
    books: Books
    late: tuple[tuple[int, int, str, Callable[[], Any]], ...]
    answered: dict[str, int]
    arrivals: dict[int, str]
    delivered: frozenset[tuple[str, int]]

    @property
    def fingerprint(self) -> str:
        """Equal, among what one course left behind, where it would go on in the same way.

        The number of the moment counts only while events refer to it.
        """
        late = [(at_ms, what) for at_ms, _, what, _ in self.late]
        counted = self.moments if self.arrivals else 0
        facts = (self.changes, self.now_ms, self.last_id, counted, self.books, late, self.answered, self.arrivals)
        return repr(facts)


class World:
    """What schedules happen in, one after the other. `open_world` makes one."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.database = WatchedDatabase(self.clock, self.moment)
        self.schedule = QUIET
        self.watch: Callable[[str], None] | None = None
        self.openings: dict[tuple[str, tuple[str, ...]], Opening] = {}
        self._shops: dict[tuple[str, ...], SimulatedShop] = {}
        self.begin(QUIET, empty_copy(), (), {})

    def begin(
        self,
        schedule: Schedule,
        opening: sqlite3.Connection,
        stages: Stages,
        events: dict[str, Callable[["World"], None]],
    ) -> None:
        """Sets everything back to the beginning of a schedule."""
        self.database.restore(opening)
        self.clock.now_ms = START_MS
        self.schedule, self.stages, self.events = schedule, tuple(stages), events
        self.queues = tuple(queue for queue, _ in self.stages)
        self.books = Books()
        self.delivered: set[tuple[str, int]] = set()
        self.answered: dict[str, int] = {}
        self.late: list[tuple[int, int, str, Callable[[], Any]]] = []
        self.stops, self.arrivals = dict(schedule.stops), dict(schedule.arrivals)
        self.moments = 0
        self.lives = 0
        self.last_id = 0
        self.trace: list[Line] = []
        self.troubles: list[str] = []
        self._copied: tuple[int, sqlite3.Connection] | None = None
        self._turns = random.Random(schedule.turns)
        self._processes: list[Process] = []
        self._running: Process | None = None

    @property
    def shop(self) -> SimulatedShop:
        """The shop as one worker has it open."""
        carriers = self.schedule.carriers
        if carriers not in self._shops:
            self._shops[carriers] = SimulatedShop(self, carriers)
        return self._shops[carriers]

    def run(self) -> None:
        """Works until nothing is left to be done: late answers have come, every event has happened."""
        for _ in range(self.schedule.workers):
            self._hire(self.clock.now_ms)
        while True:
            self._work()
            if self.troubles or not self._goes_on():
                return
            self._hire(self.clock.now_ms)

    def moment(self, what: str, *, longest_pause_ms: int = 1_000_000) -> None:
        """A process may be stopped here, another may go on, and something may happen meanwhile."""
        me = self._running
        if me is None:
            return
        if me.is_dead:
            raise Killed
        self.moments += 1
        self.note(what)
        if self.watch:
            self.watch(what)
        stop = self.stops.pop(self.moments, None)
        if stop == CRASH:
            self.note("CRASH")
            me.die()
        if what == "before a commit":  # nobody else can go on while a transaction is open: the pause comes after it
            if stop:
                self.stops[self.moments + 1] = stop
            return
        self._let_happen()
        if stop:
            pause_ms = min(stop, longest_pause_ms)
            self.note(f"PAUSE of {pause_ms / 1000:g} s")
            me.sleep(self.clock.now_ms + pause_ms)
        elif len(self._processes) > 1:
            me.sleep(self.clock.now_ms)

    def later(self, wait_ms: int, what: str, commit: Callable[[], Any]) -> None:
        """A service does what it was asked for, but not yet."""
        heapq.heappush(self.late, (self.clock.now_ms + wait_ms, int(self.new_id()), what, commit))

    async def wait(self, wait_ms: int) -> None:
        """Lets time pass for whoever waits."""
        await asyncio.sleep(wait_ms / 1000)

    def next_answer(self, verb: str) -> Answer:
        """How a service answers this request, by the schedule."""
        script = self.schedule.answers.get(verb) or self.schedule.answers.get(verb.partition(".")[2]) or ()
        number = self.answered.get(verb, 0)
        self.answered[verb] = number + 1
        answer = script[number] if number < len(script) else Answer.OK
        if answer is not Answer.OK:
            self.note(f"{verb} will be answered: {answer}")
        return answer

    def new_id(self) -> str:
        """The ids of a schedule count upwards: they sort by the time they were made, as real ones do."""
        self.last_id += 1
        return f"{self.last_id:026d}"

    def left_behind(self) -> "Left":
        """What a crash of every process would leave right now."""
        changes = self.database.raw.total_changes
        if self._copied is None or self._copied[0] != changes:
            self._copied = (changes, self.database.copy())
        return Left(
            *self._copied,
            self.clock.now_ms,
            self.last_id,
            self.lives,
            self.moments,
            self.books.copy(),
            tuple(self.late),
            dict(self.answered),
            dict(self.arrivals),
            frozenset(self.delivered),
        )

    def go_on(self, schedule: Schedule, left: "Left") -> None:
        """Goes on from what was left behind, as soon as somebody has started another process."""
        self.database.restore(left.database)
        self.schedule, self.stops = schedule, {}
        self.clock.now_ms = left.now_ms + RESTART_MS
        self.last_id, self.lives, self.moments = left.last_id, left.lives, left.moments
        self.books, self.late = left.books.copy(), list(left.late)
        self.answered, self.arrivals = dict(left.answered), dict(left.arrivals)
        self.delivered = set(left.delivered)
        self.trace, self.troubles = [], []
        self.run()

    def note(self, what: str) -> None:
        """Writes a line of the trace."""
        who = self._running.name if self._running else "the world"
        self.trace.append(Line(self.clock.seconds, self.moments, who, what))

    def happen(self, event: str) -> None:
        """An event of the story, by nobody's work."""
        me, self._running = self._running, None
        self.note(f"EVENT {event}")
        self.events[event](self)
        self._running = me

    def _let_happen(self) -> None:
        for at in [at for at in self.arrivals if at <= self.moments]:
            self.happen(self.arrivals.pop(at))

    def _hire(self, at_ms: int) -> None:
        self.lives += 1
        process = Process(f"worker-{self.lives}", self.clock, self._program)
        process.wake_at_ms = at_ms
        self._processes.append(process)

    async def _program(self, me: Process) -> None:
        while True:
            worked = False
            for queue, stage in self.stages:
                if is_due(self.database.raw, queue, self.clock.now_ms):
                    worked = True
                    await self._do(stage, me)
            if not worked:
                due_ms = next_due_ms(self.database.raw, self.queues)
                if due_ms is None:
                    return
                await self.wait(max(1, due_ms - self.clock.now_ms))

    async def _do(self, stage: Any, me: Process) -> None:
        self.note(f"stage {stage.name}")
        try:
            await stage.fn(self.shop, me.name)
        except Exception as error:  # Prefect would try the stage again; a stage that is sound has no reason to
            self.troubles.append(f"stage {stage.name} failed: {type(error).__name__}: {error}")
            self.note(self.troubles[-1])

    def _work(self) -> None:
        while self._processes and not self.troubles:
            soonest = min(process.wake_at_ms for process in self._processes)
            if soonest > self.clock.now_ms:
                self._pass_time(soonest)
            ready = [process for process in self._processes if process.wake_at_ms <= self.clock.now_ms]
            self._resume(ready[0] if len(ready) == 1 else self._turns.choice(ready))
            if self.moments > ENDLESS:
                self.troubles.append(f"no rest after {ENDLESS} moments")
        self._processes.clear()

    def _resume(self, process: Process) -> None:
        self._running = process
        try:
            process.resume()
        finally:
            self._running = None
        if process.has_ended:
            self._processes.remove(process)
        if process.is_dead:
            self._hire(self.clock.now_ms + RESTART_MS)

    def _pass_time(self, until_ms: int) -> None:
        while self.late and self.late[0][0] <= until_ms:
            self.clock.now_ms, _, what, commit = heapq.heappop(self.late)
            commit()
            self.note(f"done late by {what}")
        self.clock.now_ms = until_ms

    def _goes_on(self) -> bool:
        if self.late:
            self._pass_time(max(at_ms for at_ms, *_ in self.late))
        if self.arrivals:
            self.happen(self.arrivals.pop(min(self.arrivals)))
        return next_due_ms(self.database.raw, self.queues) is not None


@contextmanager
def open_world() -> Generator[World]:
    """A world in which the ids we give are counted, so that a schedule always runs the same way."""
    made, world = identifiers.ULID, World()
    identifiers.ULID = world.new_id  # type: ignore[assignment,misc]
    try:
        with warnings.catch_warnings():
            # Whoever is killed in the middle of a call leaves coroutines behind that nobody awaits any more.
            warnings.filterwarnings("ignore", message="coroutine .* was never awaited", category=RuntimeWarning)
            yield world
    finally:
        identifiers.ULID = made  # type: ignore[misc]
        world.database.close()
