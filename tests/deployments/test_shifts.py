"""A run counts as alive only while its process is."""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from deployments.server.shifts import TAKEN_UP_WITHIN, is_orphan

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


def test_a_run_on_another_machine_is_left_to_it(dead_pid):
    assert not is_orphan(_run(dead_pid, host="another-machine"), NOW)


def test_a_run_nobody_took_up_is_an_orphan_after_a_while():
    assert not is_orphan(_run(age=TAKEN_UP_WITHIN), NOW)
    assert is_orphan(_run(age=TAKEN_UP_WITHIN + timedelta(seconds=1)), NOW)
