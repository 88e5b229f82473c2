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

TRIES_BEFORE_DEAD = 8
# A worker that dies leaves this many messages at most of which nobody knows whether they were sent.
AT_ONCE = 8

Send = Callable[[OutboxRow], Awaitable[str]]


@dataclass(frozen=True)
class Sent:
    """What came of one row: a receipt, or the error it met."""

    row: OutboxRow
    receipt: str = ""
    error: Exception | None = None


async def deliver(shop: Shop, owner: str, stage: str, send: Send, *, limit: int) -> dict[str, int]:
    """Sends due rows of a stage, a handful at once; says how many were sent, postponed, uncertain or given up."""
    claimed = outbox.claim_outbox(shop.database, stage, owner, limit=limit)
    counts: Counter[str] = Counter()
    for start in range(0, len(claimed), AT_ONCE):
        with shop.database.write() as conn:
            rows = outbox.begin_sending(conn, claimed[start : start + AT_ONCE], owner)
        results = await asyncio.gather(*(_try(send, row) for row in rows))
        with shop.database.write() as conn:
            counts += settle(conn, owner, results)
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
            counts[_settle_failure(conn, owner, done.row, done.error)] += 1
    return +counts


def _settle_failure(conn: Connection, owner: str, row: OutboxRow, error: Exception) -> str:
    text = str(error) if isinstance(error, ConnectorError) else f"bug: {type(error).__name__}: {error}"
    if isinstance(error, OutcomeUnknown) and not row.repeat_is_safe:
        outbox.uncertain(conn, row.id, owner, text)
        return "uncertain"
    if isinstance(error, TryAgain | OutcomeUnknown) and row.attempts < TRIES_BEFORE_DEAD:
        wait_seconds = getattr(error, "wait_seconds", 0.0) or min(2.0**row.attempts, 300.0)
        outbox.send_later(conn, row.id, owner, wait_seconds, text)
        return "postponed"
    outbox.bury_outbox(conn, row.id, owner, text)
    return "dead"
