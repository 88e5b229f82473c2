"""Processes are started, started again, and leave nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from deployments.server.ports import PortTaken, free_port, require_free
from deployments.server.process import LONGEST_WAIT_SECONDS, Program, SupervisedProcess, launcher

SLEEPS = "import time; time.sleep(60)"
SLEEPS_WITH_CHILD = (
    "import subprocess, sys, time, pathlib\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "pathlib.Path(sys.argv[1]).write_text(str(child.pid))\n"
    "time.sleep(60)\n"
)


@pytest.fixture
def supervised(tmp_path):
    """Makes supervised processes of a piece of Python, all gone at the end."""
    made = []

    def make(source, *arguments):
        program = Program("toy", ("-c", source, *map(str, arguments)), tmp_path / "toy.log")
        made.append(SupervisedProcess(program, os.environ))
        made[-1].start()
        return made[-1]

    yield make
    for process in made:
        process.kill_group()
        process.wait_until_stopped(5)


def _until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def _text(path):
    return path.read_text() if path.exists() else ""


def test_a_process_that_is_asked_to_stop_ends_by_itself(supervised):
    process = supervised(SLEEPS)
    process.ask_to_stop()
    process.wait_until_stopped(10)
    assert not process.is_running
    assert process.exit_code == -signal.SIGTERM


def test_a_process_that_will_not_stop_is_killed_with_its_children(supervised, tmp_path):
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEPS_WITH_CHILD
    process = supervised(deaf, tmp_path / "child")
    assert _until(lambda: _text(tmp_path / "child"))
    child = int(_text(tmp_path / "child"))
    process.ask_to_stop()
    process.wait_until_stopped(0.2)
    assert not process.is_running
    assert _until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie")


def test_each_restart_waits_twice_as_long_up_to_a_limit(supervised):
    process = supervised("pass")
    waits = [process.plan_restart() for _ in range(10)]
    assert waits[:4] == [0.5, 1.0, 2.0, 4.0]
    assert waits[-1] == LONGEST_WAIT_SECONDS
    assert process.restarts == 10


def test_the_last_words_of_a_dead_process_are_kept(supervised):
    process = supervised("import sys; sys.exit('no such table')")
    assert _until(lambda: not process.is_running)
    assert process.last_words() == "no such table"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_child_dies_with_a_parent_that_is_killed(tmp_path):
    note = tmp_path / "child"
    source = (
        "import os, pathlib, subprocess, sys, time\n"
        f"command = {launcher(0)[:-1]!r} + [str(os.getpid()), sys.executable, '-c', 'import time; time.sleep(60)']\n"
        f"pathlib.Path({str(note)!r}).write_text(str(subprocess.Popen(command).pid))\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", source])
    assert _until(lambda: _text(note))
    child = psutil.Process(int(_text(note)))
    assert _until(lambda: "time.sleep(60)" in " ".join(child.cmdline()))
    parent.kill()
    parent.wait()
    assert _until(lambda: not child.is_running() or child.status() == "zombie")


def test_an_inherited_ignored_interrupt_is_taken_back(tmp_path):
    source = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    ignoring = f"trap '' INT; exec {sys.executable} -S {launcher(0)[2]} 0 {sys.executable} -c '{source}'"
    done = subprocess.run(["/bin/sh", "-c", ignoring], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_a_taken_port_is_named_with_the_option_that_chooses_another():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port} .*--receiver-port or ORDERFLOW_RECEIVER_PORT"):
            require_free(port, purpose="receiver", option="--receiver-port")
    require_free(free_port(), purpose="receiver", option="--receiver-port")
