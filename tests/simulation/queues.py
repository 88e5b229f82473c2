"""When the next row of each queue is due, asked past the product: the simulation must not trust what it tests."""

import sqlite3
from collections.abc import Sequence
from functools import cache

_ROWS = {
    "inbox": "FROM inbox WHERE state = 'new'",
    "route": "FROM orders WHERE step = 'route'",
    "label": "FROM orders WHERE step = 'label'",
    "notify": "FROM outbox WHERE state IN ('new', 'sending') AND stage = 'notify'",
    "log": "FROM outbox WHERE state IN ('new', 'sending') AND stage = 'log'",
    "sync": "FROM outbox WHERE state IN ('new', 'sending') AND stage = 'sync'",
}


def is_due(connection: sqlite3.Connection, queue: str, now_ms: int) -> bool:
    """Whether a row of the queue could be claimed now."""
    query = f"SELECT 1 {_ROWS[queue]} AND next_at <= :now AND lease_until <= :now LIMIT 1"
    return connection.execute(query, {"now": now_ms}).fetchone() is not None


def next_due_ms(connection: sqlite3.Connection, queues: Sequence[str]) -> int | None:
    """When the next row of any of the queues can be claimed; None where they are empty."""
    return connection.execute(_soonest(tuple(queues))).fetchone()[0]


@cache
def _soonest(queues: tuple[str, ...]) -> str:
    times = " UNION ALL ".join(f"SELECT MAX(next_at, lease_until) AS at {_ROWS[queue]}" for queue in queues)
    return f"SELECT MIN(at) FROM ({times})"
