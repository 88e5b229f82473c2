"""Starts a command that dies with its parent: `python -S launch.py PARENT_PID COMMAND …` becomes that command.

Run by path, without our packages. An inherited "ignore Ctrl-C" is taken back, because a worker that ignores SIGINT
would ignore SIGTERM too. On Linux the kernel ends the command when its parent is gone; elsewhere nothing is promised.
"""

import contextlib
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def become(parent_pid: int, command: list[str]) -> None:
    """Replaces this process by the command; gives up quietly where the parent died already."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if parent_pid and os.getppid() != parent_pid:
        sys.exit(0)
    os.execvp(command[0], command)  # noqa: S606 - the supervisor's own command, no shell


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])
