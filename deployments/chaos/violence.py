"""Blows, dealt: processes killed and stopped, servers restarted, the disk filled."""

import contextlib
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil

from deployments.chaos.plant import Plant
from deployments.chaos.postgresql import OwnPostgresql
from deployments.chaos.scenario import DISK_FULL_SECONDS, SLEEP_SECONDS, Blow
from deployments.chaos.small_disk import SmallDisk

VICTIM_SECONDS = 90.0


class Violence:
    """Deals the blows of a plan and counts what was really done."""

    def __init__(self, plant: Plant, postgresql: OwnPostgresql | None, disk: SmallDisk | None) -> None:
        self._plant = plant
        self._postgresql = postgresql
        self._disk = disk
        self._asleep: list[tuple[float, psutil.Process]] = []
        self.done: Counter[str] = Counter()

    def deal(self, plan: Sequence[Blow]) -> None:
        """Deals each blow at its time; returns when the last one is over and everybody is awake again."""
        started = time.monotonic()
        for blow in plan:
            while (wait := started + blow.at_seconds - time.monotonic()) > 0:
                self._wake_up()
                time.sleep(min(wait, 0.5))
            self._deal(blow)
        while self._asleep:
            self._wake_up()
            time.sleep(0.5)

    @contextmanager
    def in_background(self, plan: Sequence[Blow]) -> Iterator[None]:
        """Deals the plan while the caller does something else; waits for its end. Raises what went wrong with it."""
        with ThreadPoolExecutor(1, "violence") as thread:
            dealt = thread.submit(self.deal, plan)
            yield
            dealt.result()

    def _deal(self, blow: Blow) -> None:
        falls = {
            "kill run": lambda: self._strike(blow, _kill),
            "kill worker": lambda: self._strike(blow, _kill),
            "stop": lambda: self._strike(blow, self._stop),
            "restart prefect": self._restart_prefect,
            "restart database": self._restart_database,
            "fill disk": self._fill_disk,
        }[blow.kind]
        self.done[blow.kind] += falls()

    def _strike(self, blow: Blow, strike: Callable[[psutil.Process], bool]) -> bool:
        """Strikes one of those there are; waits a while for one, since the last blow may have left none."""
        deadline = time.monotonic() + VICTIM_SECONDS
        while time.monotonic() < deadline:
            found = self._workers() if blow.kind == "kill worker" else self._runs()
            if found and strike(found[int(blow.chance * len(found))]):
                return True
            time.sleep(0.2)
        return False

    def _workers(self) -> list[psutil.Process]:
        pids = [pid for name, pid in sorted(self._plant.server.pids.items()) if name.startswith("worker")]
        return [process for pid in pids for process in _process(pid)]

    def _runs(self) -> list[psutil.Process]:
        """The processes flow runs work in, of all workers, that are awake."""
        asleep = {process.pid for _, process in self._asleep}
        children = (child for worker in self._workers() for child in _children(worker))
        return sorted((child for child in children if child.pid not in asleep), key=lambda child: child.pid)

    def _stop(self, victim: psutil.Process) -> bool:
        with contextlib.suppress(psutil.NoSuchProcess):
            victim.send_signal(signal.SIGSTOP)
            self._asleep.append((time.monotonic() + SLEEP_SECONDS, victim))
            return True
        return False

    def _wake_up(self) -> None:
        for due in [sleeper for sleeper in self._asleep if sleeper[0] <= time.monotonic()]:
            self._asleep.remove(due)
            with contextlib.suppress(psutil.NoSuchProcess):
                due[1].send_signal(signal.SIGCONT)

    def _restart_prefect(self) -> bool:
        return any([_kill(prefect) for prefect in _process(self._plant.server.pids.get("prefect"))])

    def _restart_database(self) -> bool:
        if self._postgresql:
            self._postgresql.restart_at_once()
        return self._postgresql is not None

    def _fill_disk(self) -> bool:
        if self._disk:
            with self._disk.full():
                time.sleep(DISK_FULL_SECONDS)
        return self._disk is not None


def _process(pid: int | None) -> list[psutil.Process]:
    try:
        return [psutil.Process(pid)] if pid else []
    except psutil.NoSuchProcess:
        return []


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _kill(victim: psutil.Process) -> bool:
    """kill -9; False where it was gone already."""
    try:
        victim.kill()
    except psutil.NoSuchProcess:
        return False
    return True
