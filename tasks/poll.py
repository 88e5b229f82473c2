"""Poll: orders changed in a channel since we last looked, whether or not a webhook told us."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import cursors, inbox
from connectors.errors import ConnectorError, Unreadable
from connectors.protocols import Document, SalesChannel
from connectors.shop import Shop

OVERLAP = timedelta(minutes=10)
FIRST_LOOK_BACK = timedelta(days=3)
PAGE = 200


@task(name="poll channel", task_run_name="poll {code}", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
async def poll_channel(shop: Shop, code: str) -> dict[str, int]:
    """Stores every changed order of a channel in the inbox; says how many were seen and how many no webhook brought.

    The cursor moves only after the orders are committed, so a crash in between only looks twice.
    """
    channel = shop.channel(code)
    code = channel.code
    with shop.database.read() as conn:
        mark = cursors.cursor(conn, f"orders:{code}")
        started = shop.database.now_ms(conn)
    since = datetime.fromtimestamp(mark / 1000, UTC) - OVERLAP if mark else datetime.now(UTC) - FIRST_LOOK_BACK
    seen = new = 0
    page: list[Document] = []
    async for document in channel.changed_orders(since):
        page.append(document)
        seen += 1
        if len(page) == PAGE:
            new += _store(shop, channel, page)
            page = []
    new += _store(shop, channel, page)
    with shop.database.write() as conn:
        cursors.move_cursor(conn, f"orders:{code}", started)
    return {"seen": seen, "new": new}


def _store(shop: Shop, channel: SalesChannel, page: list[Document]) -> int:
    new = 0
    with shop.database.write() as conn:
        for document in page:
            dedup_key, external_id = _identity(channel, document)
            new += inbox.receive(
                conn,
                source=channel.code,
                topic="pull",
                dedup_key=dedup_key,
                external_id=external_id,
                occurred_at_ms=None,
                body=inbox.sealed_body(shop.vault, json.dumps(document, default=str).encode()),
            )
    finished = getattr(channel, "finished", None)
    if finished is not None:
        finished(page)
    return new


def _identity(channel: SalesChannel, document: Document) -> tuple[str, str]:
    try:
        order = channel.to_orders("pull", document)[0]
    except (Unreadable, ConnectorError, IndexError):
        return f"pull:unreadable:{hash_of(document)}", ""
    return f"pull:{order.external_id}:{order.updated_at.isoformat()}", order.external_id


def hash_of(document: Document) -> str:
    """A name for a document nobody can read, the same each time it is seen."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()
