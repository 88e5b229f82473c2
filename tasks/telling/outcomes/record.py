"""The delivery log of what was sent to people and systems, and addresses that are switched off for failing too long."""

from collections.abc import Sequence

import httpx
from sqlalchemy import Connection

from connectors.database import outbox
from connectors.database.outbox import Attempt, endpoints
from connectors.errors import OutcomeUnknown, Refused, TryAgain
from connectors.shop import Shop
from tasks.telling.addressing import address_of
from tasks.telling.announce import after_switching_off
from tasks.telling.deliver import Sent
from tasks.telling.facts import NOT_SENT
from tasks.telling.outcomes.patience import WEBHOOK

# An address that took nothing for so long is switched off: every message to it has by then been given up.
FAILING_SECONDS = 5 * 24 * 3600


def keep_log(shop: Shop, conn: Connection, results: Sequence[Sent]) -> None:
    """Writes every attempt down and judges the webhooks' addresses, in the commit that settles the messages."""
    outbox.note_attempts(conn, [Attempt(done.row.id, _outcome(done), _detail(done)) for done in results])
    tried = [done for done in results if done.row.kind == WEBHOOK and not done.receipt.startswith(NOT_SENT)]
    if tried:
        _judge(conn, shop, tried)


def host_of(url: str) -> str:
    """The address without its path, which may be the secret of whoever listens."""
    return f"{httpx.URL(url).scheme}://{httpx.URL(url).host}"


def _judge(conn: Connection, shop: Shop, tried: Sequence[Sent]) -> None:
    errors = {address_of(done.row.payload["to"]): done for done in tried if done.error is not None}
    endpoints.note_successes(conn, [address_of(done.row.payload["to"]) for done in tried if done.error is None])
    if not errors:
        return
    endpoints.note_failures(conn, {url: done.problem for url, done in errors.items()})
    gone = [url for url, done in errors.items() if getattr(done.error, "code", "") == "gone"]
    off = endpoints.disable(conn, gone, failing_seconds=0)
    off += endpoints.disable(conn, errors, failing_seconds=FAILING_SECONDS)
    for url in off:
        outbox.enqueue(conn, after_switching_off(shop, url, host_of(url), shop.database.now_ms(conn)))


def _outcome(done: Sent) -> str:
    if done.error is None:
        return "not sent" if done.receipt.startswith(NOT_SENT) else "sent"
    if isinstance(done.error, OutcomeUnknown):
        return "uncertain"
    return "later" if isinstance(done.error, TryAgain) and not isinstance(done.error, Refused) else "given up"


def _detail(done: Sent) -> str:
    return done.problem if done.error is not None else done.receipt
