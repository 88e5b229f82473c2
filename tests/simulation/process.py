"""A worker as an operating system would run it: apart from the others, frozen or killed at any moment.

Each process is a greenlet with an event loop of its own, so plain code between two awaits can be stopped too. Whoever
decides which process goes on is the simulation; a process that is not resumed does not notice.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from greenlet import greenlet
from simulation.clock import VirtualClock


class Killed(SystemExit):
    """The process ends here, as by SIGKILL: nothing that it might still want to do reaches the world."""


class Process:
    """One life of a worker; `wake_at_ms` is when it wants to run again."""

    def __init__(
        self, name: str, clock: VirtualClock, program: Callable[["Process"], Coroutine[Any, Any, None]]
    ) -> None:
        self.name = name
        self.wake_at_ms = clock.now_ms
        self.is_dead = False
        self.wakes_before_ms: list[int] = []
        self.loop = ProcessLoop(clock, self.sleep)
        self._program = program
        self._body = greenlet(self._live)

    @property
    def has_ended(self) -> bool:
        """Whether it died or came to its end."""
        return self._body.dead

    def resume(self) -> None:
        """Lets it run until it sleeps, yields or ends. Raises what its program raises."""
        asyncio._set_running_loop(self.loop)
        try:
            self._body.switch()
        finally:
            asyncio._set_running_loop(None)

    def sleep(self, until_ms: int) -> None:
        """Called from inside: gives way, and wants to go on at that time."""
        self.wake_at_ms = until_ms
        parent = self._body.parent
        assert parent is not None
        parent.switch()

    def die(self) -> None:
        """Called from inside: ends this life at once."""
        self.is_dead = True
        raise Killed

    def _live(self) -> None:
        try:
            self.loop.run(self._program(self))
        except Killed:
            self.loop.forget()


class ProcessLoop(asyncio.AbstractEventLoop):
    """The event loop of one process: callbacks in the order they came, timers by the virtual clock."""

    def __init__(self, clock: VirtualClock, sleep: Callable[[int], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[int, int, asyncio.Handle]] = []
        self._begun: list[Coroutine[Any, Any, Any]] = []

    def run(self, program: Coroutine[Any, Any, None]) -> None:
        """Runs the program to its end, sleeping while only timers are left."""
        task = self.create_task(program)
        while not task.done():
            if self._ready:
                handle = self._ready.popleft()
                if not handle.cancelled():
                    handle._run()
                continue
            while self._timers[0][2].cancelled():
                heapq.heappop(self._timers)
            self._sleep(self._timers[0][0])
            while self._timers and self._timers[0][0] <= self._clock.now_ms:
                self._ready.append(heapq.heappop(self._timers)[2])
        task.result()

    def forget(self) -> None:
        """What was under way when the process died goes nowhere, and Python need not complain of it."""
        for coroutine in self._begun:
            coroutine.close()

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits in it: whoever runs now is all there is."""
        return not self._ready and not self._timers

    def time(self) -> float:
        return self._clock.now_ms / 1000

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Any = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_at(
        self, when: float, callback: Callable[..., Any], *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (round(when * 1000), len(self._timers), handle))
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, *, name: str | None = None, context: Any = None) -> asyncio.Task[Any]:
        self._begun.append(coro)
        return asyncio.Task(coro, loop=self, name=name, context=context)

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """A process that was killed leaves tasks behind, of which asyncio would complain."""

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        pass
