"""What was deleted leaves the files of a SQLite database too."""

import sqlite3
from contextlib import closing

from sqlalchemy import make_url

WAIT_SECONDS = 30.0


def compact(url: str) -> bool:
    """Writes a SQLite database anew without the remains of deleted rows; False for PostgreSQL, whose vacuum does so.

    Raises sqlite3.OperationalError where others keep it busy for half a minute: nothing is lost, do it again later.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return False
    with closing(sqlite3.connect(address.database, timeout=WAIT_SECONDS, isolation_level=None)) as conn:
        conn.execute("VACUUM")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return True
