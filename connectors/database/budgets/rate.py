"""The rate of calls, by the generic cell rate algorithm (GCRA, ITU-T I.371) in one statement.

The bucket remembers when the next call would be on time at the steady rate (`tat`, theoretical arrival time). A call
may come earlier than that by a burst; each call moves the time on by one interval.
"""

from math import ceil

from sqlalchemy import BigInteger, Connection, case, literal, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_one
from connectors.database.tables import rate_bucket

MINUTE_MS = 60_000


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
    insert_one(conn, rate_bucket, {"name": name, "tat": 0, "not_before": 0})
    start = case((rate_bucket.c.tat > now, rate_bucket.c.tat), else_=literal(now, BigInteger()))
    in_time = (rate_bucket.c.name == name, rate_bucket.c.not_before <= now, start - now <= early)
    if conn.execute(update(rate_bucket).where(*in_time).values(tat=start + tokens * interval)).rowcount == 1:
        return 0.0
    row = conn.execute(select(rate_bucket).where(rate_bucket.c.name == name)).one()
    return max(row.tat - early - now, row.not_before - now, 1) / 1000


def slow_down(conn: Connection, name: str, wait_seconds: float) -> None:
    """Grants nothing before the wait is over, because the service said so; a longer wait asked for before stays."""
    insert_one(conn, rate_bucket, {"name": name, "tat": 0, "not_before": 0})
    until = now_ms(conn) + ceil(wait_seconds * 1000)
    shorter = (rate_bucket.c.name == name, rate_bucket.c.not_before < until)
    conn.execute(update(rate_bucket).where(*shorter).values(not_before=until))
