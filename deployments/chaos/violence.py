"""Blows, dealt: processes killed and stopped, servers restarted, the disk filled."""

import contextlib
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
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
        """Deals the plan while the caller does something else; waits for its end."""
        thread = threading.Thread(target=self.deal, args=(plan,), name="violence", daemon=True)
        thread.start()
        yield
        thread.join()

    def _deal(self, blow: Blow) -> None:
        if blow.kind in {"kill run", "kill worker", "stop"}:
            victim = self._victim(blow)
            if victim and (self._stop(victim) if blow.kind == "stop" else _kill(victim)):
                self.done[blow.kind] += 1
            return
        {
            "restart prefect": self._restart_prefect,
            "restart database": self._restart_database,
            "fill disk": self._fill_disk,
        }[blow.kind]()
        self.done[blow.kind] += 1

    def _victim(self, blow: Blow) -> psutil.Process | None:
        """The process the blow falls on; waits a while for one, since the last blow may have left none."""
        deadline = time.monotonic() + VICTIM_SECONDS
        while time.monotonic() < deadline:
            found = self._workers() if blow.kind == "kill worker" else self._runs()
            if found:
                return found[int(blow.chance * len(found))]
            time.sleep(0.2)
        return None

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

    def _restart_prefect(self) -> None:
        for prefect in _process(self._plant.server.pids.get("prefect")):
            _kill(prefect)

    def _restart_database(self) -> None:
        if self._postgresql:
            self._postgresql.restart_at_once()

    def _fill_disk(self) -> None:
        if self._disk:
            with self._disk.full():
                time.sleep(DISK_FULL_SECONDS)


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
