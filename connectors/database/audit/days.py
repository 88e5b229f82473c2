"""One seal for every day that is over: what the events of that day come to, behind the seal of the day before.

A seal is SHA-256 over the seal before it, the day and the hashes of the day's events, then of what operators did, in
order. Told to people outside
the database (the doctor prints the last one), it shows even that a whole order, or the end of one, was removed.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, insert, select

from connectors.database.session import milliseconds, moment, now_ms
from connectors.database.tables import audit_seal, operator_action, order_event

_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Seal:
    """The seal of one UTC day; `events` is how many it covers."""

    day: str
    events: int
    seal: str


def seal_days(conn: Connection) -> list[Seal]:
    """Seals every day that is over by an hour and has no seal yet; returns the new ones, oldest first.

    The hour lets transactions that began before midnight end.
    """
    last = sealed_days(conn, limit=1)
    over = (moment(now_ms(conn)) - timedelta(hours=1)).date()
    start = date.fromisoformat(last[0].day) + timedelta(days=1) if last else _first_day(conn)
    fresh: list[Seal] = []
    previous = last[0].seal if last else ""
    while start is not None and start < over:
        fresh.append(_seal(conn, start, previous))
        previous, start = fresh[-1].seal, start + timedelta(days=1)
    if fresh:
        conn.execute(insert(audit_seal), [vars(seal) for seal in fresh])
    return fresh


def sealed_days(conn: Connection, *, limit: int = 1000) -> list[Seal]:
    """The seals, newest day first."""
    rows = conn.execute(select(audit_seal).order_by(audit_seal.c.day.desc()).limit(limit))
    return [Seal(row.day, row.events, row.seal) for row in rows]


def broken_seals(conn: Connection) -> Iterator[tuple[str, str]]:
    """The days whose events no longer come to their seal, with the reason in words."""
    previous, following = "", None
    for kept in reversed(sealed_days(conn, limit=1_000_000)):
        day = date.fromisoformat(kept.day)
        if following is not None and day != following:
            yield kept.day, f"the seal of {following} is missing before it"
        elif _seal(conn, day, previous) != kept:
            yield kept.day, f"the day had {kept.events} events when it was sealed and does not come to its seal now"
        previous, following = kept.seal, day + timedelta(days=1)


def _first_day(conn: Connection) -> date | None:
    first = conn.scalar(select(func.min(order_event.c.occurred_at)))
    return None if first is None else moment(first).date()


def _seal(conn: Connection, day: date, previous: str) -> Seal:
    start = milliseconds(moment(0).replace(year=day.year, month=day.month, day=day.day))
    digest = hashlib.sha256(f"{previous}{day.isoformat()}".encode())
    events = 0
    for value in _hashes_of_day(conn, start):
        digest.update(value.encode())
        events += 1
    return Seal(day.isoformat(), events, digest.hexdigest())


def _hashes_of_day(conn: Connection, start: int) -> Iterator[str]:
    for table, order in ((order_event, ("order_id", "seq")), (operator_action, ("id",))):
        inside = (table.c.occurred_at >= start) & (table.c.occurred_at < start + _DAY_MS)
        ordered = select(table.c.hash).where(inside).order_by(*(table.c[name] for name in order))
        yield from conn.scalars(ordered.execution_options(yield_per=1000))
