"""Our database in memory, watched: whoever uses it may be stopped around every transaction."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from databases import sqlite_template
from simulation.clock import VirtualClock
from simulation.ends import digest_of
from sqlalchemy import Connection

from connectors.database.session import Database

Moment = Callable[[str], None]

SCHEMA_VERSION = 1_000
PAGE_BYTES = 1_024
# Where the header of a database file tells how it is written and read (https://sqlite.org/fileformat.html).
_VERSIONS = slice(18, 20)
_NUMBERS = count()


@dataclass(frozen=True)
class Copy:
    """All there was in the database, after so many changes."""

    changes: int
    content: str
    database: sqlite3.Connection


class WatchedDatabase(Database):
    """The real Database on one connection in memory, which is set back to a copy in a moment."""

    def __init__(self, clock: VirtualClock, moment: Moment) -> None:
        name = f"file:/simulated-{next(_NUMBERS)}?vfs=memdb"
        super().__init__(f"sqlite:///{name}&uri=true", clock=clock)
        self._moment = moment
        self._back_door = sqlite3.connect(name, uri=True)
        self._back_door.executescript(f"PRAGMA page_size = {PAGE_BYTES}; VACUUM")
        with super().write() as conn:
            self.raw = cast(sqlite3.Connection, conn.connection.driver_connection)
        self.raw.execute("PRAGMA journal_mode = MEMORY")
        self._last: Copy | None = None

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

    @property
    def content(self) -> str:
        """The same for equal rows in all tables, in the order they came: nothing else tells two databases apart."""
        return digest_of(self.raw.execute(_every_row()).fetchone())

    def copy(self) -> Copy:
        """Everything in it. Inside of a transaction: what was copied last, which its rollback would come back to."""
        changes = self.raw.total_changes
        if self._last is None or (self._last.changes != changes and not self.raw.in_transaction):
            self._last = Copy(changes, self.content, copied(self.raw))
        return self._last

    def restore(self, copy: sqlite3.Connection) -> None:
        """Makes it what it was when copied.

        A connection that is written over reads its schema and prepares its statements anew, which costs more than many
        a schedule does. So the copy comes by another connection, with the version of the schema it had before.
        """
        copy.backup(self._back_door)
        self._back_door.execute(f"PRAGMA schema_version = {SCHEMA_VERSION}")
        self._last = None

    def close(self) -> None:
        """Forgets all of it."""
        super().close()
        self._back_door.close()


@cache
def empty_copy() -> sqlite3.Connection:
    """A migrated database without rows, which says of itself that it keeps no write-ahead log: memory has none.

    Its pages are small, as are its tables: a copy takes half the time.
    """
    with TemporaryDirectory() as folder:
        small = Path(folder) / "small.db"
        template = sqlite3.connect(sqlite_template())
        template.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        template.execute("VACUUM INTO ?", (str(small),))
        content = bytearray(small.read_bytes())
    content[_VERSIONS] = b"\x01\x01"
    copy = sqlite3.connect(":memory:")
    copy.deserialize(bytes(content))
    return copy


@cache
def _every_row() -> str:
    """One statement that tells every row of every table, a text for each table."""
    empty = empty_copy()
    tables = empty.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return "SELECT " + ", ".join(_rows_of(empty, name) for (name,) in tables.fetchall())


def _rows_of(connection: sqlite3.Connection, table: str) -> str:
    columns = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    row = " || ',' || ".join(f'quote("{name}")' for (name,) in columns)
    rows = f"SELECT group_concat({row}, ';') AS told FROM (SELECT * FROM \"{table}\" ORDER BY rowid)"
    return f"(SELECT coalesce(told, '') FROM ({rows}))"


def copied(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The same database once more."""
    copy = sqlite3.connect(":memory:")
    connection.backup(copy)
    return copy
