"""A provider that keeps failing is left alone, and then tried by exactly one worker."""

from collections.abc import Collection

from sqlalchemy import BigInteger, Connection, bindparam, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_one
from connectors.database.statements.lists import among
from connectors.database.tables import breaker

FAILURES_IN_A_ROW = 5

_ONE = breaker.c.provider == bindparam("service")
_FAILING = select(breaker.c.provider).where(breaker.c.failures >= FAILURES_IN_A_ROW)
_PROBE = update(breaker).where(
    _ONE,
    breaker.c.failures >= FAILURES_IN_A_ROW,
    breaker.c.failed_at <= bindparam("failed_before", type_=BigInteger),
    breaker.c.probe_until <= bindparam("now", type_=BigInteger),
)
_FAILED = update(breaker).where(_ONE).values(failures=breaker.c.failures + 1, probe_owner="", probe_until=0)
_SUCCEEDED = (
    update(breaker)
    .where(among(breaker.c.provider, "services"), breaker.c.failures > 0)
    .values(failures=0, probe_owner="", probe_until=0)
)


def failing(conn: Connection) -> frozenset[str]:
    """The providers that failed too often in a row."""
    return frozenset(conn.scalars(_FAILING))


def allowed(conn: Connection, provider: str, *, owner: str, open_seconds: float = 30) -> bool:
    """Whether the provider may be called.

    One that is failing may not for `open_seconds` after its last failure; then one worker at a time may try, until a
    success or another failure.
    """
    if provider not in failing(conn):
        return True
    now = now_ms(conn)
    rest = round(open_seconds * 1000)
    rested = {"service": provider, "failed_before": now - rest, "now": now}
    return conn.execute(_PROBE, {**rested, "probe_owner": owner, "probe_until": now + rest}).rowcount == 1


def failed(conn: Connection, provider: str) -> None:
    """Counts a failure that is the provider's fault: a time-out, a 5xx, a refused connection."""
    insert_one(conn, breaker, {"provider": provider})
    conn.execute(_FAILED, {"service": provider, "failed_at": now_ms(conn)})


def succeeded(conn: Connection, providers: Collection[str]) -> None:
    """Forgets the failures of these providers; costs one look-up where there are none."""
    conn.execute(_SUCCEEDED, {"services": providers})
