"""The world of one schedule: a clock, a database, the services, and the processes that work in it."""

import asyncio
import heapq
import random
import sqlite3
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from simulation.answers import Answer
from simulation.books import Books
from simulation.clock import START_MS, VirtualClock
from simulation.database import WatchedDatabase, empty_copy
from simulation.ends import Ahead, End, Ends, Passed, digest
from simulation.process import Killed, Process
from simulation.queues import is_due, next_due_ms
from simulation.remains import Late, Left, Opening
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


class World:
    """What schedules happen in, one after the other. `open_world` makes one."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.database = WatchedDatabase(self.clock, self.moment)
        self.schedule = QUIET
        self.watch: Callable[[], None] | None = None
        self.ends: Ends | None = None
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
        self.asked: list[tuple[str, Answer]] = []
        self.late: list[Late] = []
        self.stops, self.arrivals = dict(schedule.stops), dict(schedule.arrivals)
        self.moments = 0
        self.lives = 0
        self.last_id = 0
        self.trace: list[Line] = []
        self.troubles: list[str] = []
        self.passed: list[Passed] = []
        self.known: End | None = None
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
            if self.troubles or self.known or not self._goes_on():
                return
            self._hire(self.clock.now_ms)

    def moment(self, what: str) -> None:
        """A process may be stopped here, another may go on, and something may happen meanwhile."""
        me = self._running
        if me is None:
            return
        if me.is_dead:
            raise Killed
        self.moments += 1
        self.note(what)
        if self.watch:
            self.watch()
        stop = self.stops.pop(self.moments, None)
        if stop == CRASH:
            self.note("CRASH")
            me.die()
        if what == "before a commit":  # nobody else can go on while a transaction is open: the pause comes after it
            if stop:
                self.stops[self.moments + 1] = stop
            return
        self._let_happen()
        if self.watch:
            self.database.copy()  # what a transaction that begins now would come back to
        if stop:
            pause_ms = max(0, min([stop, *(until_ms - self.clock.now_ms for until_ms in me.wakes_before_ms)]))
            self.note(f"PAUSE of {pause_ms / 1000:g} s")
            me.sleep(self.clock.now_ms + pause_ms)
        elif len(self._processes) > 1:
            me.sleep(self.clock.now_ms)

    @contextmanager
    def under_way(self, longest_pause_ms: int) -> Generator[None]:
        """While a call is under way its process is frozen for so long at most, whatever else it is doing then.

        What a process does that sleeps for longer inside the call itself, no ledger on its side can prevent.
        """
        limits = self._running.wakes_before_ms if self._running else []
        limits.append(until_ms := self.clock.now_ms + longest_pause_ms)
        try:
            yield
        finally:
            limits.remove(until_ms)

    def later(self, wait_ms: int, what: str, commit: Callable[[], Any]) -> None:
        """A service does what it was asked for, but not yet."""
        heapq.heappush(self.late, (self.clock.now_ms + wait_ms, int(self.new_id()), what, commit))

    async def wait(self, wait_ms: int) -> None:
        """Lets time pass for whoever waits."""
        await asyncio.sleep(wait_ms / 1000)

    def next_answer(self, verb: str) -> Answer:
        """How a service answers this request, by the schedule."""
        number = sum(asked == verb for asked, _ in self.asked)
        answer = self.schedule.answer(verb, number)
        self.asked.append((verb, answer))
        if answer is not Answer.OK:
            self.note(f"{verb} will be answered: {answer}")
        return answer

    def new_id(self) -> str:
        """The ids of a schedule count upwards: they sort by the time they were made, as real ones do."""
        self.last_id += 1
        return f"{self.last_id:026d}"

    def state(self, position: str, content: str = "") -> str:
        """Equal where a run at this position goes on in the same way, as far as its schedule has the same ahead."""
        late = sorted((at_ms, number, what) for at_ms, number, what, _ in self.late)
        arrivals = [(at - self.moments, event) for at, event in self.arrivals.items()]
        shop = (self.schedule.story, self.schedule.carriers, self.books, content or self.database.content)
        return digest(
            position, *shop, self.clock.now_ms, self.last_id, self.lives, late, arrivals, sorted(self.delivered)
        )

    def left_behind(self) -> Left:
        """What a crash of every process would leave right now: nothing of a transaction that is not committed."""
        copy = self.database.copy()
        return Left(
            self.state(f"{self.schedule.workers} to come", copy.content),
            copy.database,
            self.clock.now_ms,
            self.last_id,
            self.lives,
            self.moments,
            self.books.copy(),
            tuple(self.late),
            tuple(self.asked),
            dict(self.arrivals),
            frozenset(self.delivered),
        )

    def go_on(self, schedule: Schedule, left: Left) -> None:
        """Goes on from what was left behind, as soon as somebody has started another process.

        Where the end is known of a run that went on from the same, that end is taken.
        """
        self.schedule, self.stops = schedule, {}
        self.moments, self.asked = left.moments, list(left.asked)
        self.trace, self.troubles, self.passed, self.known = [], [], [], None
        if self._knows(left.state):
            return
        self.database.restore(left.database)
        self.clock.now_ms = left.now_ms + RESTART_MS
        self.last_id, self.lives = left.last_id, left.lives
        self.books, self.late = left.books.copy(), list(left.late)
        self.arrivals = dict(left.arrivals)
        self.delivered = set(left.delivered)
        self.run()

    def end(self, problems: Callable[["World"], list[str]]) -> End:
        """How the run ended, found by looking at it, or known of an equal one."""
        if self.known:
            used = (self.known.asked, self.known.moments)
            end = replace(self.known, asked=(*self.asked, *used[0]), moments=self.moments + used[1])
        else:
            end = End(self.state("at rest"), tuple(problems(self)), self.moments, asked=tuple(self.asked))
        if self.ends:
            self.ends.keep(self.passed, end)
        return end

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
                    if self._is_alone(me) and self._knows(self.state(f"{me.name} before {queue}")):
                        return
                    await self._do(stage, me)
            if not worked:
                due_ms = next_due_ms(self.database.raw, self.queues)
                if due_ms is None:
                    return
                await self.wait(max(1, due_ms - self.clock.now_ms))

    def _is_alone(self, me: Process) -> bool:
        return self.ends is not None and len(self._processes) == 1 and me.loop.is_idle

    def _knows(self, state: str) -> bool:
        """Whether the end of a run that comes by this state is known. Whoever is watched goes on all the same."""
        if self.ends is None:
            return False
        ahead = self._ahead(self.stops)
        if self.watch is None:
            self.known = self.ends.find(state, ahead)
        if self.known is None:
            self.passed.append(Passed(state, self.moments, len(self.asked), ahead))
        return self.known is not None

    def _ahead(self, stops: Mapping[int, int]) -> Ahead:
        to_come = {at - self.moments: stop for at, stop in stops.items() if at > self.moments}
        return Ahead(self.schedule, Counter(verb for verb, _ in self.asked), to_come)

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
