"""The line in which the writers of one SQLite file wait: first come, first served.

A released flock wakes everybody who waits for it, and the fastest has it: with 16 writers one write in a hundred waited
ten times as long as the others. So everybody draws a ticket first, and waits for nobody but the one before.

1. Read the last ticket drawn from the lock file, lock the byte of the next one, write it down.
2. Wait until the byte of the ticket before is free: its holder has written, has given up or is dead.

The line gives order, not the right to write: behind somebody who gave up, two may come to its end. It is made of locks
of open file descriptions (Linux); systems that have none do without order.
"""

import fcntl
import os
import struct
import sys
import time
from contextlib import suppress
from typing import IO

_TICKET_BYTES = 8
_PAUSE_SECONDS = 0.0002
_FLOCK = struct.Struct("hhqqi4x")  # struct flock of fcntl(2): type, whence, start, length, process


def join(handle: IO[bytes], deadline: float) -> int | None:
    """Draws a ticket, given back when the file is closed; None where that was not possible until the deadline."""
    if not _has_lines():
        return 0
    while not _try_lock(handle, 0):
        if time.monotonic() >= deadline:
            return None
        time.sleep(_PAUSE_SECONDS)  # whoever draws a ticket does so in microseconds
    ticket = int.from_bytes(os.pread(handle.fileno(), _TICKET_BYTES, 0), "little") + 1
    _ask(handle, fcntl.F_OFD_SETLK, fcntl.F_WRLCK, ticket)
    os.pwrite(handle.fileno(), ticket.to_bytes(_TICKET_BYTES, "little"), 0)
    _ask(handle, fcntl.F_OFD_SETLK, fcntl.F_UNLCK, 0)
    return ticket


def is_first(handle: IO[bytes], ticket: int) -> bool:
    """Whether nobody of the line is before this ticket any more."""
    return not _has_lines() or _try_lock(handle, ticket - 1)


def wait_to_be_first(handle: IO[bytes], ticket: int) -> None:
    """Returns when nobody of the line is before this ticket any more, however long that takes."""
    if _has_lines():
        _ask(handle, fcntl.F_OFD_SETLKW, fcntl.F_WRLCK, ticket - 1)


def _has_lines() -> bool:
    return sys.platform == "linux"


def _try_lock(handle: IO[bytes], place: int) -> bool:
    with suppress(BlockingIOError):
        _ask(handle, fcntl.F_OFD_SETLK, fcntl.F_WRLCK, place)
        return True
    return False


def _ask(handle: IO[bytes], command: int, kind: int, place: int) -> None:
    """Locks or frees the byte of a ticket. Place 0 is the byte that whoever draws a ticket holds meanwhile."""
    fcntl.fcntl(handle, command, _FLOCK.pack(kind, os.SEEK_SET, _TICKET_BYTES + place, 1, 0))
