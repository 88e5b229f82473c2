"""Alarms: people hear of the first cases one by one, and of a flood in one digest.

1. Of the alarms for one recipient the first few after a rest are sent as they are, then one a minute.
2. Those beyond are not sent singly. One digest for every minute in which there were such says, when it is over, how
   many orders wait for a person and why.
"""

from sqlalchemy import Connection

from connectors.database import outbox
from connectors.database.budgets import rate
from connectors.database.operation.open_cases import open_cases
from connectors.database.outbox import OutboxItem, OutboxRow
from connectors.errors import TryAgain
from connectors.shop import Shop

DIGEST = "alarms"
_KINDS = frozenset(["held", "stuck", "escalated"])
_ALONE = 3
_A_MINUTE = 1
_TOGETHER_MS = 60_000


class Bells:
    """Which alarms of one round of telling may ring."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._silent: set[str] = set()

    def may_ring(self, row: OutboxRow) -> bool:
        """Whether the message goes out by itself; else a digest will tell of it. What is no alarm always goes."""
        if row.kind not in _KINDS:
            return True
        to = row.payload["to"]
        if to not in self._silent and self._is_flooded(to):
            self._silent.add(to)
        return to not in self._silent

    def _is_flooded(self, to: str) -> bool:
        with self._shop.database.write() as conn:
            wait_seconds = rate.take(conn, f"alarms/{to}", per_minute=_A_MINUTE, burst=_ALONE)
            if wait_seconds:
                outbox.enqueue(conn, [_digest(conn, self._shop, to)])
        return wait_seconds > 0


def wait_for_the_end(shop: Shop, row: OutboxRow) -> None:
    """Raises TryAgain for a digest whose minute is not over."""
    with shop.database.read() as conn:
        left_ms = row.payload["until_ms"] - shop.database.now_ms(conn)
    if left_ms > 0:
        raise TryAgain("written when its time is over", wait_seconds=left_ms / 1000)


def digest_words(shop: Shop) -> str:
    """How many orders wait for a person, by reason."""
    with shop.database.read() as conn:
        found = open_cases(conn)
    reasons = ", ".join(f"{reason} {number:,}" for reason, number in found.items())
    return f"Orders that wait for a person: {sum(found.values()):,} ({reasons or 'none any more'})"


def _digest(conn: Connection, shop: Shop, to: str) -> OutboxItem:
    now_ms = shop.database.now_ms(conn)
    until_ms = now_ms - now_ms % _TOGETHER_MS + _TOGETHER_MS
    return OutboxItem(f"alarms/{until_ms}/{to}", "notify", DIGEST, "", {"to": to, "until_ms": until_ms})
