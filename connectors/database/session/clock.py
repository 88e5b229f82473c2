"""The one clock of the product: the database's, in whole milliseconds since 1970 UTC."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

Clock = Callable[[Connection], int]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_POSTGRESQL_NOW = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")
_NANOSECONDS_A_MILLISECOND = 1_000_000


def now_ms(conn: Connection) -> int:
    """The database's time, so that all workers agree; the clock the Database was given, where it was given one."""
    clock = conn.get_execution_options().get("clock")
    if clock:
        return clock(conn)
    if conn.dialect.name == "sqlite":
        # SQLite runs inside us and would read the same clock, by a statement a hundred times as dear.
        return time.time_ns() // _NANOSECONDS_A_MILLISECOND
    return int(conn.execute(_POSTGRESQL_NOW).scalar_one())


def moment(epoch_ms: int) -> datetime:
    """The stored time as people and the domain use it: aware, UTC."""
    return _EPOCH + epoch_ms * _MILLISECOND


def milliseconds(time: datetime) -> int:
    """The aware time as stored; what is finer than a millisecond is cut off."""
    return (time - _EPOCH) // _MILLISECOND
