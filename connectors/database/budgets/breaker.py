"""A provider that keeps failing is left alone, and then tried by exactly one worker."""

from sqlalchemy import Connection, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_one
from connectors.database.tables import breaker


def allowed(conn: Connection, provider: str, *, owner: str, limit: int = 5, open_seconds: float = 30) -> bool:
    """Whether the provider may be called.

    After `limit` failures in a row it may not for `open_seconds`; then one worker at a time may try, until a success
    or another failure.
    """
    row = conn.execute(select(breaker).where(breaker.c.provider == provider)).first()
    if row is None or row.failures < limit:
        return True
    now = now_ms(conn)
    rest = round(open_seconds * 1000)
    rested = (breaker.c.failures >= limit, breaker.c.failed_at + rest <= now, breaker.c.probe_until <= now)
    statement = update(breaker).where(breaker.c.provider == provider, *rested)
    return conn.execute(statement.values(probe_owner=owner, probe_until=now + rest)).rowcount == 1


def failed(conn: Connection, provider: str) -> None:
    """Counts a failure that is the provider's fault: a time-out, a 5xx, a refused connection."""
    insert_one(conn, breaker, {"provider": provider})
    failure = {"failures": breaker.c.failures + 1, "failed_at": now_ms(conn), "probe_owner": "", "probe_until": 0}
    conn.execute(update(breaker).where(breaker.c.provider == provider).values(**failure))


def succeeded(conn: Connection, provider: str) -> None:
    """Forgets the failures; costs one look-up where there are none."""
    troubled = (breaker.c.provider == provider, breaker.c.failures > 0)
    conn.execute(update(breaker).where(*troubled).values(failures=0, probe_owner="", probe_until=0))
