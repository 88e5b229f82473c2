"""The one clock of the product: the database's, in whole milliseconds since 1970 UTC."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

Clock = Callable[[Connection], int]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_NOW = {
    "sqlite": text("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"),
    "postgresql": text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"),
}


def now_ms(conn: Connection) -> int:
    """The database's time, so that all workers agree; the clock the Database was given, where it was given one."""
    clock = conn.get_execution_options().get("clock")
    return clock(conn) if clock else int(conn.execute(_NOW[conn.dialect.name]).scalar_one())


def moment(epoch_ms: int) -> datetime:
    """The stored time as people and the domain use it: aware, UTC."""
    return _EPOCH + epoch_ms * _MILLISECOND


def milliseconds(time: datetime) -> int:
    """The aware time as stored; what is finer than a millisecond is cut off."""
    return (time - _EPOCH) // _MILLISECOND
