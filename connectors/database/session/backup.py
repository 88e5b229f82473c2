"""A consistent copy of a SQLite database that is in use."""

import sqlite3
from contextlib import closing
from pathlib import Path


class BrokenCopy(RuntimeError):
    """The copy was made and does not hold together; the database itself must be looked at."""


def copy_sqlite(source: Path, target: Path) -> int:
    """Copies the database as it is at one moment while others go on writing; returns the copy's size in bytes.

    The copy appears under its name only when it is whole: it is written beside it, checked, and renamed. One file
    holds everything; there is no write-ahead log to take along. Raises BrokenCopy where SQLite finds it damaged.
    """
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(unfinished)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            _check(copy)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _check(copy: sqlite3.Connection) -> None:
    (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    strays = copy.execute("PRAGMA foreign_key_check").fetchall()
    if verdict != "ok" or strays:
        raise BrokenCopy(f"the copy is damaged: {verdict}, {len(strays)} rows without their parent")
