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
from tasks.telling.facts import Facts
from tasks.telling.outcomes.patience import wait_before_next

# A worker that dies leaves this many messages at most of which nobody knows whether they were sent.
AT_ONCE = 8
# Those that may be sent again without harm leave nobody in doubt; the fewer handfuls, the fewer commits.
REPEATABLE_AT_ONCE = 40

Send = Callable[[OutboxRow, Facts], Awaitable[str]]


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

    `send` is given each row with what is known of the orders of its handful. `keep_log` is told of every result in the
    commit that settles it, which is also the one that marks the next handful.
    """
    claimed = outbox.claim_outbox(shop.database, stage, owner, limit=limit)
    counts: Counter[str] = Counter()
    results: list[Sent] = []
    for handful in _handfuls(claimed):
        with shop.database.write() as conn:
            counts += settle(conn, owner, results)
            if keep_log is not None:
                keep_log(conn, results)
            rows = outbox.begin_sending(conn, handful, owner)
        facts = Facts(shop, rows)
        results = list(await asyncio.gather(*(_try(send, row, facts) for row in rows)))
    return dict(counts)


def _handfuls(claimed: Sequence[OutboxRow]) -> list[Sequence[OutboxRow]]:
    """The rows a few at a time, and none at last: then the results of the last ones are settled."""
    size = REPEATABLE_AT_ONCE if all(row.repeat_is_safe for row in claimed) else AT_ONCE
    handfuls = [claimed[start : start + size] for start in range(0, len(claimed), size)]
    return [*handfuls, ()] if handfuls else []


async def _try(send: Send, row: OutboxRow, facts: Facts) -> Sent:
    try:
        return Sent(row, receipt=await send(row, facts))
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
