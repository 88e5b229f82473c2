"""Our database in memory, watched: whoever uses it may be stopped around every transaction."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from typing import cast

from databases import sqlite_template
from simulation.clock import VirtualClock
from sqlalchemy import Connection

from connectors.database.session import Database

Moment = Callable[[str], None]


class WatchedDatabase(Database):
    """The real Database on one connection in memory, which is set back to a copy in a moment."""

    def __init__(self, clock: VirtualClock, moment: Moment) -> None:
        super().__init__("sqlite://", clock=clock)
        self._moment = moment
        with super().write() as conn:
            self.raw = cast(sqlite3.Connection, conn.connection.driver_connection)

    @contextmanager
    def read(self) -> Generator[Connection]:
        """A moment before the snapshot; reading itself changes nothing."""
        self._moment("before a read")
        with super().write() as conn:
            yield conn

    @contextmanager
    def write(self) -> Generator[Connection]:
        """A moment before the transaction, before its commit and after it."""
        self._moment("before a transaction")
        with super().write() as conn:
            yield conn
            self._moment("before a commit")
        self._moment("after a commit")

    def copy(self) -> sqlite3.Connection:
        """Everything in it."""
        return _copied(self.raw)

    def restore(self, copy: sqlite3.Connection) -> None:
        """Makes it what it was when copied."""
        copy.backup(self.raw)


@cache
def empty_copy() -> sqlite3.Connection:
    """A migrated database without rows."""
    return _copied(sqlite3.connect(sqlite_template()))


def _copied(connection: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:")
    connection.backup(copy)
    return copy
