"""One supervised process: started, watched, started again with back-off, stopped with everything it started."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0


@dataclass(frozen=True)
class Program:
    """What is to run: its name for people, the arguments of our Python, and the file its output goes to.

    With a niceness it leaves the processor to the others when there is too little of it.
    """

    name: str
    arguments: tuple[str, ...]
    log_file: Path
    niceness: int = 0


def launcher(parent_pid: int) -> list[str]:
    """The start of a command line whose process dies with the parent; 0 takes whoever starts it."""
    return [sys.executable, "-S", str(LAUNCHER), str(parent_pid)]


class SupervisedProcess:
    """A program kept running in a process group of its own. Not thread-safe: one thread drives it."""

    def __init__(self, program: Program, environment: Mapping[str, str]) -> None:
        self.program = program
        self.restarts = 0
        self.restart_at: float | None = None
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._wait_seconds = FIRST_WAIT_SECONDS

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self.is_running else None

    @property
    def is_running(self) -> bool:
        """Whether it is alive now."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs or before it ever did."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Starts it; its output is appended to its log file."""
        politely = ["nice", "-n", str(self.program.niceness)] if self.program.niceness else []
        command: Sequence[str] = [*launcher(os.getpid()), *politely, sys.executable, *self.program.arguments]
        with self.program.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command, no shell
                command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._started_at, self.restart_at = time.monotonic(), None

    def plan_restart(self) -> float:
        """Says when it is to be started again and returns the wait: doubled each time, anew after a steady minute."""
        if time.monotonic() - self._started_at > STEADY_AFTER_SECONDS:
            self._wait_seconds = FIRST_WAIT_SECONDS
        wait_seconds, self._wait_seconds = self._wait_seconds, min(2 * self._wait_seconds, LONGEST_WAIT_SECONDS)
        self.restarts += 1
        self.restart_at = time.monotonic() + wait_seconds
        return wait_seconds

    def ask_to_stop(self) -> None:
        """Asks it to end in its own good time."""
        if self._process and self.is_running:
            self._process.send_signal(signal.SIGTERM)

    def wait_until_stopped(self, seconds: float) -> None:
        """Waits for its end; after `seconds` it and everything it started is killed."""
        if self._process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
            self.kill_group()
            self._process.wait()

    def kill_group(self) -> None:
        """Kills whatever is left of it and of its children."""
        if self._process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def last_words(self, lines: int = 5) -> str:
        """The end of its log file."""
        with contextlib.suppress(OSError):
            return "\n".join(self.program.log_file.read_text(errors="replace").splitlines()[-lines:])
        return ""
