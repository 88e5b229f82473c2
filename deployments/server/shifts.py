"""The deployments that work in shifts: as many of each as wanted are always at work, whatever ended the last."""

import os
import socket
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import structlog

from deployments.server.prefect_api import PrefectApi
from deployments.server.prefect_settings import WORK_POOL

log = structlog.get_logger("deployments.server")

LOOK_SECONDS = 20.0
# While a run has no process yet, which is to be known by the time it dies.
LOOK_AGAIN_SECONDS = 3.0

# A worker that takes a run up gives it a process within seconds; one that died in between never will.
TAKEN_UP_WITHIN = timedelta(seconds=60)


class Shifts:
    """Looks after the shifts on one Prefect server. A server that does not answer is asked again at the next look.

    Every worker has a shift of process-orders to itself; one of watch-orders is enough for all. `bury` is told the id
    of every run whose process is gone, so that nothing waits for it any more; again later, where it says it could not.
    """

    def __init__(self, api: PrefectApi, *, workers: int = 1, bury: Callable[[str], bool] = lambda run_id: True) -> None:
        self._api = api
        self._bury = bury
        self._wanted = {"process-orders": workers, "watch-orders": 1}
        self._processes: dict[str, int] = {}
        self._dead: list[str] = []
        self._next_look = 0.0

    def begin(self) -> None:
        """Ends every run of this machine, before its first worker starts: whatever is called alive is not."""
        with _forgiving():
            for run in self._api.live_runs(WORK_POOL):
                if process_of(run)[0] in {"", socket.gethostname()}:
                    self._api.crash(run["id"], "its worker is gone")

    def begin_anew(self) -> None:
        """Starts what is missing at once, after a worker was gone and its runs with it."""
        self._next_look = 0.0
        self.keep_going()

    def keep_going(self) -> None:
        """Ends the runs whose process is gone, which would block new ones for ever, and starts the missing shifts.

        The schedule alone may be a quarter of an hour off. A process that is gone is noticed at once.
        """
        dead = self._bury_the_dead()
        if not dead and time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_AGAIN_SECONDS
        with _forgiving():
            runs = self._api.live_runs(WORK_POOL)
            for run in runs:
                if is_orphan(run, datetime.now(UTC)):
                    self._api.crash(run["id"], "its process is gone")
                elif pid := _pid_here(run):
                    self._processes[run["id"]] = pid
            started = sum(self._start_missing(deployment) for deployment in self._api.deployments())
            if not started and all(process_of(run)[0] for run in runs):
                self._next_look = time.monotonic() + LOOK_SECONDS

    def _bury_the_dead(self) -> bool:
        """Buries the runs whose process has died; whether any died since the last look."""
        dead = [run_id for run_id, pid in self._processes.items() if not _is_alive(pid)]
        for run_id in dead:
            del self._processes[run_id]
        self._dead += dead
        while self._dead and self._bury(self._dead[0]):
            del self._dead[0]
        return bool(dead)

    def _start_missing(self, deployment: Mapping[str, Any]) -> int:
        """Starts the shifts of the deployment that are missing; returns how many."""
        wanted = self._wanted.get(deployment["name"], 0)
        missing = max(0, wanted - self._api.runs_ahead(deployment["id"])) if wanted else 0
        for _ in range(missing):
            self._api.start_run(deployment["id"])
        return missing


def is_orphan(run: Mapping[str, Any], now: datetime) -> bool:
    """Whether nobody works on this live run any more: its process on this machine is gone, or it never got one."""
    host, pid = process_of(run)
    if not host:
        return now - datetime.fromisoformat(run["state"]["timestamp"]) > TAKEN_UP_WITHIN
    return host == socket.gethostname() and not _is_alive(pid)


def _pid_here(run: Mapping[str, Any]) -> int:
    """The process id of a run on this machine; 0 for any other."""
    host, pid = process_of(run)
    return pid if host == socket.gethostname() else 0


def process_of(run: Mapping[str, Any]) -> tuple[str, int]:
    """The machine and process id a run works in; ("", 0) while it has none.

    Prefect says "host:process id", and since 3.8 only the id: this server is open to this machine alone.
    """
    host, _, pid = (run.get("infrastructure_pid") or "").rpartition(":")
    return (host or socket.gethostname(), int(pid)) if pid.isdigit() else ("", 0)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@contextmanager
def _forgiving() -> Generator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        log.warning("Prefect did not answer", error=str(error))
