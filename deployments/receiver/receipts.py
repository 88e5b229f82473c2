"""Keeping deliveries: one inbox row each, committed before the sender is told so."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from connectors.database import inbox
from connectors.database.session import Database
from connectors.errors import ConnectorError
from connectors.protocols import WebhookNotice
from connectors.vault import Vault

log = structlog.get_logger("deployments.receiver")

COMMIT_SECONDS = 4.0
MAX_WAITING = 200
UNREADABLE = "unreadable"
# Away, full, locked for too long, or not migrated yet.
UNAVAILABLE = (ConnectorError, SQLAlchemyError, OSError)


class DatabaseAway(Exception):
    """The delivery could not be kept now; its sender must send it again."""


@dataclass(frozen=True)
class Receipt:
    """One verified delivery as it goes into the inbox. `error` is why nobody can read it, empty where one can."""

    source: str
    topic: str
    dedup_key: str
    body: bytes
    external_id: str = ""
    occurred_at_ms: int | None = None
    error: str = ""


def readable(source: str, notice: WebhookNotice, body: bytes) -> Receipt:
    """The receipt of a delivery whose channel says what it is about."""
    occurred_at_ms = int(notice.occurred_at.timestamp() * 1000) if notice.occurred_at else None
    return Receipt(source, notice.topic, notice.dedup_key, body, notice.external_id, occurred_at_ms)


def unreadable(source: str, body: bytes, error: str) -> Receipt:
    """The receipt of a genuine delivery nobody understands: kept under its body's hash as a dead letter."""
    return Receipt(source, UNREADABLE, hashlib.sha256(body).hexdigest(), body, error=error)


class ReceiptBook:
    """Writes receipts into the inbox, sealed; those that wait at the same time share one commit."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._waiting: list[tuple[Receipt, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def keep(self, receipt: Receipt) -> bool:
        """Returns after the commit; False for a delivery that was here before. Raises DatabaseAway."""
        if len(self._waiting) >= MAX_WAITING:
            raise DatabaseAway("too many deliveries wait for the database")
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((receipt, kept))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_waiting())
        try:
            return await asyncio.wait_for(kept, COMMIT_SECONDS)
        except TimeoutError:
            raise DatabaseAway("the database is busy") from None

    async def _write_waiting(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            outcome = await asyncio.to_thread(self._commit, [receipt for receipt, _ in group])
            for position, (_, kept) in enumerate(group):
                if kept.done():
                    continue
                if isinstance(outcome, DatabaseAway):
                    kept.set_exception(outcome)
                else:
                    kept.set_result(outcome[position])

    def _commit(self, receipts: Sequence[Receipt]) -> list[bool] | DatabaseAway:
        bodies = [inbox.sealed_body(self._vault, receipt.body) for receipt in receipts]
        try:
            with self._database.write() as conn:
                return [_insert(conn, *each) for each in zip(receipts, bodies, strict=True)]
        except UNAVAILABLE as error:
            log.warning("the database is away", error=type(error).__name__, deliveries=len(receipts))
            return DatabaseAway("the database is away")


def _insert(conn: Connection, receipt: Receipt, sealed: bytes) -> bool:
    return inbox.receive(
        conn,
        source=receipt.source,
        topic=receipt.topic,
        dedup_key=receipt.dedup_key,
        external_id=receipt.external_id,
        occurred_at_ms=receipt.occurred_at_ms,
        body=sealed,
        unreadable=receipt.error,
    )
