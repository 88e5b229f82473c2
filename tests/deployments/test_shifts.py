"""A run counts as alive only while its process is."""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from deployments.server.shifts import TAKEN_UP_WITHIN, Shifts, is_orphan

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def _run(pid=None, *, age=timedelta(0), host=None):
    place = None if pid is None else f"{host or socket.gethostname()}:{pid}"
    return {"id": "r", "infrastructure_pid": place, "state": {"timestamp": (NOW - age).isoformat()}}


@pytest.fixture
def dead_pid():
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return process.pid


def test_a_run_is_an_orphan_when_its_process_on_this_machine_is_gone(dead_pid):
    assert is_orphan(_run(dead_pid), NOW)
    assert not is_orphan(_run(os.getpid()), NOW)
    assert not is_orphan(_run(1), NOW)


def test_a_process_id_without_a_machine_is_one_of_this_machine(dead_pid):
    old = {"state": {"timestamp": (NOW - 2 * TAKEN_UP_WITHIN).isoformat()}}
    assert not is_orphan({"infrastructure_pid": str(os.getpid())} | old, NOW)
    assert is_orphan({"infrastructure_pid": str(dead_pid)} | old, NOW)


def test_a_run_on_another_machine_is_left_to_it(dead_pid):
    assert not is_orphan(_run(dead_pid, host="another-machine"), NOW)


def test_a_run_nobody_took_up_is_an_orphan_after_a_while():
    assert not is_orphan(_run(age=TAKEN_UP_WITHIN), NOW)
    assert is_orphan(_run(age=TAKEN_UP_WITHIN + timedelta(seconds=1)), NOW)


class SimulatedPrefect:
    """A Prefect server's books of runs: every run that is started here gets a process of its own."""

    def __init__(self, *names):
        self.runs = {}
        self._names = names
        self._processes = []

    def deployments(self):
        return [{"id": name, "name": name} for name in self._names]

    def live_runs(self, pool):
        return [run for run in self.runs.values() if run["state"]["type"] == "RUNNING"]

    def runs_ahead(self, deployment_id):
        return sum(run["deployment_id"] == deployment_id for run in self.live_runs("orderflow"))

    def crash(self, run_id, message):
        self.runs[run_id]["state"]["type"] = "CRASHED"

    def start_run(self, deployment_id):
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        self._processes.append(process)
        state = {"type": "RUNNING", "timestamp": datetime.now(UTC).isoformat()}
        run = {"id": f"run-{len(self.runs)}", "deployment_id": deployment_id, "state": state}
        self.runs[run["id"]] = run | {"infrastructure_pid": str(process.pid)}
        return run["id"]

    def kill(self, run_id):
        process = self._processes[list(self.runs).index(run_id)]
        process.kill()
        process.wait()

    def close(self):
        for process in self._processes:
            process.kill()
            process.communicate()


@pytest.fixture
def prefect():
    server = SimulatedPrefect("process-orders")
    yield server
    server.close()


def test_a_shift_whose_process_dies_is_replaced_at_the_next_glance_and_buried(prefect):
    buried = []
    shifts = Shifts(prefect, workers=2, bury=lambda run_id: not buried.append(run_id))
    shifts.keep_going()
    shifts.begin_anew()
    prefect.kill("run-0")
    shifts.keep_going()
    assert buried == ["run-0"]
    assert [run["id"] for run in prefect.live_runs("orderflow")] == ["run-1", "run-2"]


def test_a_shift_that_its_worker_reported_as_crashed_is_buried_too(prefect):
    buried = []
    shifts = Shifts(prefect, workers=1, bury=lambda run_id: not buried.append(run_id))
    shifts.keep_going()
    shifts.begin_anew()
    prefect.kill("run-0")
    prefect.crash("run-0", "by its worker")
    shifts.keep_going()
    shifts.keep_going()
    assert buried == ["run-0"]


def test_a_run_that_could_not_be_buried_is_buried_when_the_database_is_back(prefect):
    buried, is_away = [], [True]
    shifts = Shifts(prefect, workers=1, bury=lambda run_id: not is_away[0] and not buried.append(run_id))
    shifts.keep_going()
    shifts.begin_anew()
    prefect.kill("run-0")
    shifts.keep_going()
    assert buried == []
    is_away[0] = False
    shifts.keep_going()
    assert buried == ["run-0"]


def test_nobody_is_buried_while_everybody_lives(prefect):
    buried = []
    shifts = Shifts(prefect, workers=2, bury=lambda run_id: not buried.append(run_id))
    for _ in range(3):
        shifts.begin_anew()
    assert buried == []
    assert len(prefect.runs) == 2
