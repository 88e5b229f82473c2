"""The health of the addresses outgoing webhooks go to: since when one fails, and which are switched off for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_new_rows, storable
from connectors.database.tables import webhook_endpoint

_C = webhook_endpoint.c


@dataclass(frozen=True)
class Endpoint:
    """One address that failed; the times are None while it works, or is switched on."""

    url: str
    failures: int
    failing_since_ms: int | None
    disabled_at_ms: int | None
    last_error: str


def note_successes(conn: Connection, urls: Iterable[str]) -> None:
    """These addresses took a delivery: whatever failed before counts no more."""
    healthy = (_C.url.in_(sorted(set(urls))), _C.failing_since.is_not(None))
    conn.execute(update(webhook_endpoint).where(*healthy).values(failures=0, failing_since=None, last_error=""))


def note_failures(conn: Connection, errors: Mapping[str, str]) -> None:
    """These addresses took nothing, with the reason of each; the first failure in a row says since when."""
    now = now_ms(conn)
    rows = [{"url": url, "failures": 0, "last_error": ""} for url in sorted(errors)]
    insert_new_rows(conn, webhook_endpoint, rows)
    for url in sorted(errors):
        values = {"failures": _C.failures + 1, "last_error": storable(errors[url])}
        conn.execute(update(webhook_endpoint).where(_C.url == url).values(**values))
    first = (_C.url.in_(sorted(errors)), _C.failing_since.is_(None))
    conn.execute(update(webhook_endpoint).where(*first).values(failing_since=now))


def disable(conn: Connection, urls: Iterable[str], *, failing_seconds: float) -> list[str]:
    """Switches off those that have failed for so long without a success; returns the ones newly off."""
    now = now_ms(conn)
    long_since = _C.failing_since <= now - round(failing_seconds * 1000)
    hopeless = (_C.url.in_(sorted(set(urls))), long_since, _C.disabled_at.is_(None))
    return list(
        conn.scalars(update(webhook_endpoint).where(*hopeless).values(disabled_at=now).returning(_C.url)),
    )


def enable(conn: Connection, url: str) -> bool:
    """A person's word that the address works again; False where it was not switched off."""
    values = {"disabled_at": None, "failing_since": None, "failures": 0, "last_error": ""}
    off = (_C.url == url, _C.disabled_at.is_not(None))
    return conn.execute(update(webhook_endpoint).where(*off).values(**values)).rowcount == 1


def disabled(conn: Connection) -> frozenset[str]:
    """The addresses nothing is sent to."""
    return frozenset(conn.scalars(select(_C.url).where(_C.disabled_at.is_not(None))))


def endpoints(conn: Connection) -> list[Endpoint]:
    """Every address that ever failed, by address."""
    rows = conn.execute(select(webhook_endpoint).order_by(_C.url))
    return [Endpoint(row.url, row.failures, row.failing_since, row.disabled_at, row.last_error) for row in rows]
