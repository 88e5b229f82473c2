"""What waits, who works and what is sealed: workers, people's queues, polls of channels, the audit trail."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from sqlalchemy import Connection

from connectors.database import audit, cursors, inbox, outbox, steps
from connectors.database.operation import due_ages, heartbeats
from connectors.database.session import Database, moment, now_ms
from connectors.registry import canonical
from deployments.doctor.check import Check, fine, problem, warning

# A shift beats every 30 seconds; three missed beats are a sign.
STALE_SECONDS = 90
SHIFT = "process-orders"
# What carriers and services that can be asked have been asked by then.
UNDECIDED_SECONDS = 30 * 60
WAITED_TOO_LONG_SECONDS = 15 * 60
# Channels are polled every few minutes.
STALE_POLL_SECONDS = 2 * 3600


def queue_checks(database: Database) -> Iterator[Check]:
    """Every check of one moment's state."""
    with database.read() as conn:
        now = now_ms(conn)
        yield _shift([row for row in heartbeats.workers(conn) if row.kind == SHIFT], now)
        yield _queues(conn)
        yield _labels(conn)
        yield from _people(conn)
        yield _seals(conn, now)


def poll_checks(database: Database, channels: Iterable[str]) -> Iterator[Check]:
    """One check per channel that was polled once: without its poll the orders no webhook brings are lost."""
    for code in map(canonical, channels):
        with database.read() as conn:
            now, position = now_ms(conn), cursors.cursor(conn, f"orders:{code}")
        if position is None:
            continue
        found = f"last polled {(now - position) / 60_000:.0f} minutes ago"
        if now - position > STALE_POLL_SECONDS * 1000:
            yield warning(f"poll: {code}", found, "look at the runs of poll-channels in Prefect")
        else:
            yield fine(f"poll: {code}", found)


def _shift(shifts: list[heartbeats.WorkerRow], now: int) -> Check:
    """Whether somebody drains: ended shifts keep their last beat, so only the youngest one counts."""
    if not shifts:
        return warning("shifts", "none was ever at work", "run `orderflow up`")
    silent_seconds = (now - max(row.beat_at_ms for row in shifts)) / 1000
    if silent_seconds > STALE_SECONDS:
        found = f"none has been at work for {silent_seconds / 60:.0f} minutes"
        return problem("shifts", found, "run `orderflow up`, and look at the worker's log")
    return fine("shifts", f"one was at work {silent_seconds:.0f} seconds ago")


def _queues(conn: Connection) -> Check:
    late = {
        name: seconds
        for name, seconds in due_ages.oldest_due_seconds(conn).items()
        if seconds > WAITED_TOO_LONG_SECONDS
    }
    if late:
        found = ", ".join(f"{name} for {seconds / 60:.0f} minutes" for name, seconds in late.items())
        return warning("queues", f"due and not done: {found}", "look at the worker's log, or start more workers")
    return fine("queues", "nothing is late")


def _labels(conn: Connection) -> Check:
    found = steps.unresolved_steps(conn, limit=1000, older_than_seconds=UNDECIDED_SECONDS)
    what = "purchases undecided for more than half an hour: labels may exist"
    return _judged("unknown labels", len(found), what, "run `orderflow labels unknown list`")


def _people(conn: Connection) -> Iterator[Check]:
    yield _judged(
        "dead letters",
        len(inbox.dead_letters(conn, 1000)),
        "deliveries nobody could read",
        "run `orderflow dead-letters list`",
    )
    for state, what in (("uncertain", "of unknown fate"), ("dead", "that could not be sent")):
        number = len(outbox.outbox_queue(conn, [state]))
        yield _judged(f"{state} messages", number, what, f"run `orderflow messages {state} list`")


def _seals(conn: Connection, now: int) -> Check:
    """The newest seal, which a person can keep outside the database."""
    newest = audit.sealed_days(conn, limit=1)
    first = audit.events_between(conn, 0, now, limit=1)
    due = (moment(now) - timedelta(days=2)).date().isoformat()
    is_behind = bool(first) and moment(first[0].at_ms).date().isoformat() <= due
    if is_behind and (not newest or newest[0].day < due):
        found = f"not sealed since {newest[0].day}" if newest else "no day was ever sealed"
        return warning("audit seals", found, "run `orderflow audit seal`; watch-orders does so every day")
    return fine("audit seals", f"up to {newest[0].day}: {newest[0].seal}" if newest else "no day is over yet")


def _judged(name: str, number: int, what: str, remedy: str) -> Check:
    return warning(name, f"{number} {what}", remedy) if number else fine(name, "none")
