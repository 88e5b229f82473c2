"""Sending what the outbox holds: a row is marked before it is sent, and one of unknown fate is not sent twice."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from connectors.database import outbox
from connectors.database.outbox import OutboxRow
from connectors.errors import ConnectorError, OutcomeUnknown, TryAgain
from connectors.shop import Shop
from tasks.telling.outcomes.patience import wait_before_next

# A worker that dies leaves this many messages at most of which nobody knows whether they were sent.
AT_ONCE = 8

Send = Callable[[OutboxRow], Awaitable[str]]


@dataclass(frozen=True)
class Sent:
    """What came of one row: a receipt, or the error it met."""

    row: OutboxRow
    receipt: str = ""
    error: Exception | None = None

    @property
    def problem(self) -> str:
        """The error as people read it; "" where there was none."""
        if self.error is None or isinstance(self.error, ConnectorError):
            return str(self.error or "")
        return f"bug: {type(self.error).__name__}: {self.error}"


KeepLog = Callable[[Connection, Sequence[Sent]], None]


async def deliver(
    shop: Shop, owner: str, stage: str, send: Send, *, limit: int, keep_log: KeepLog | None = None
) -> dict[str, int]:
    """Sends due rows of a stage, a handful at once; says how many were sent, postponed, uncertain or given up.

    `keep_log` is told of every result in the commit that settles it.
    """
    claimed = outbox.claim_outbox(shop.database, stage, owner, limit=limit)
    counts: Counter[str] = Counter()
    for start in range(0, len(claimed), AT_ONCE):
        with shop.database.write() as conn:
            rows = outbox.begin_sending(conn, claimed[start : start + AT_ONCE], owner)
        results = await asyncio.gather(*(_try(send, row) for row in rows))
        with shop.database.write() as conn:
            counts += settle(conn, owner, results)
            if keep_log is not None:
                keep_log(conn, results)
    return dict(counts)


async def _try(send: Send, row: OutboxRow) -> Sent:
    try:
        return Sent(row, receipt=await send(row))
    except Exception as error:  # whatever it is belongs to this row; settle() tells a failure from a bug
        return Sent(row, error=error)


def settle(conn: Connection, owner: str, results: Sequence[Sent]) -> Counter[str]:
    """Writes what came of every row, in the caller's commit."""
    outbox.sent_many(conn, {done.row.id: done.receipt for done in results if done.error is None}, owner)
    counts = Counter(sent=sum(done.error is None for done in results))
    for done in results:
        if done.error is not None:
            counts[_settle_failure(conn, owner, done)] += 1
    return +counts


def _settle_failure(conn: Connection, owner: str, done: Sent) -> str:
    row = done.row
    if isinstance(done.error, OutcomeUnknown) and not row.repeat_is_safe:
        outbox.uncertain(conn, row.id, owner, done.problem)
        return "uncertain"
    if isinstance(done.error, TryAgain | OutcomeUnknown):
        wait_seconds = wait_before_next(row, getattr(done.error, "wait_seconds", 0.0))
        if wait_seconds is not None:
            outbox.send_later(conn, row.id, owner, wait_seconds, done.problem)
            return "postponed"
    outbox.bury_outbox(conn, row.id, owner, done.problem)
    return "dead"
