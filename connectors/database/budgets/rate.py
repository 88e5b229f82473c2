"""The rate of calls, by the generic cell rate algorithm (GCRA, ITU-T I.371) in one statement.

The bucket remembers when the next call would be on time at the steady rate (`tat`, theoretical arrival time). A call
may come earlier than that by a burst; each call moves the time on by one interval.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, case, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_one
from connectors.database.tables import rate_bucket

MINUTE_MS = 60_000


_NOW, _EARLY, _MOVED = (bindparam(name, type_=BigInteger) for name in ("now", "early", "moved"))
_START = case((rate_bucket.c.tat > _NOW, rate_bucket.c.tat), else_=_NOW)
_BUCKET = rate_bucket.c.name == bindparam("bucket")
_ONE = select(rate_bucket).where(_BUCKET)
_TAKE = (
    update(rate_bucket)
    .where(_BUCKET, rate_bucket.c.not_before <= _NOW, _START - _NOW <= _EARLY)
    .values(tat=_START + _MOVED)
)
_UNTIL = bindparam("until", type_=BigInteger)
_SLOW_DOWN = update(rate_bucket).where(_BUCKET, rate_bucket.c.not_before < _UNTIL).values(not_before=_UNTIL)


def take(conn: Connection, name: str, *, per_minute: int, burst: int, tokens: int = 1) -> float:
    """Takes calls out of an account's budget; returns 0 where granted, else the seconds to wait, with nothing taken.

    `burst` calls may be made at once after a rest, and never more than `tokens` at a time: ask in a transaction of
    its own, because others wait for its end. Raises ValueError where more are asked for than a burst.
    """
    if tokens > burst:
        raise ValueError(f"{tokens} calls can never be granted at once with a burst of {burst}")
    interval = ceil(MINUTE_MS / per_minute)
    early = (burst - tokens) * interval
    now = now_ms(conn)
    wanted = {"bucket": name, "now": now, "early": early, "moved": tokens * interval}
    if _is_taken(conn, wanted) or (_is_new(conn, name) and _is_taken(conn, wanted)):
        return 0.0
    row = conn.execute(_ONE, {"bucket": name}).one()
    return max(row.tat - early - now, row.not_before - now, 1) / 1000


def slow_down(conn: Connection, name: str, wait_seconds: float) -> None:
    """Grants nothing before the wait is over, because the service said so; a longer wait asked for before stays."""
    _is_new(conn, name)
    conn.execute(_SLOW_DOWN, {"bucket": name, "until": now_ms(conn) + ceil(wait_seconds * 1000)})


def _is_taken(conn: Connection, wanted: Mapping[str, Any]) -> bool:
    return conn.execute(_TAKE, wanted).rowcount == 1


def _is_new(conn: Connection, name: str) -> bool:
    """Whether there was no such bucket before; there is one now."""
    return insert_one(conn, rate_bucket, {"name": name, "tat": 0, "not_before": 0})
