"""Our own books: what of them does not fit together, is late, or came another way than it should."""

import hashlib

from sqlalchemy import Connection

from connectors.database import inbox, outbox, steps, stock
from connectors.database.operation import heartbeats
from connectors.database.operation.due_ages import oldest_due_seconds
from connectors.shop import Shop
from tasks.telling.announce import dead_letter_digest, sweep_items, uncertain_digest

HOUR_MS = 3_600_000
GAPS_WITHIN_SECONDS = 3600
UNDECIDED_SECONDS = 1800
LATE_SECONDS = 300
SILENT_SECONDS = 7 * 24 * 3600


async def tell_dead_letters(shop: Shop) -> int:
    """Deliveries nobody could read: one message about all of them, told apart by the newest."""
    with shop.database.write() as conn:
        return outbox.enqueue(conn, dead_letter_digest(shop, inbox.dead_letters(conn)))


async def tell_uncertain(shop: Shop) -> int:
    """Messages of unknown fate, and those given up: one message about all of them."""
    with shop.database.write() as conn:
        return outbox.enqueue(conn, uncertain_digest(shop, outbox.outbox_queue(conn)))


async def tell_stock_drift(shop: Shop) -> int:
    """Cells whose promised units are not what orders hold; nothing is mended, for nobody knows which side is right."""
    with shop.database.write() as conn:
        drifts = stock.promise_drifts(conn)
        if not drifts:
            return 0
        key = hashlib.sha256(repr(drifts).encode()).hexdigest()[:16]
        where = [f"{drift.sku} at {drift.location}" for drift in drifts]
        return outbox.enqueue(conn, sweep_items(shop, "stock_drift", key, len(drifts), where))


async def tell_gaps(shop: Shop) -> int:
    """Orders no webhook brought, once an hour and channel."""
    with shop.database.read() as conn:
        found = inbox.gaps(conn, within_seconds=GAPS_WITHIN_SECONDS)
    if not found:
        return 0
    with shop.database.write() as conn:
        items = [
            item
            for source, count in sorted(found.items())
            for item in sweep_items(shop, "gap", f"{source}/{_hour(conn, shop)}", count, [source])
        ]
        return outbox.enqueue(conn, items)


async def tell_undecided(shop: Shop) -> int:
    """Label purchases nobody could find out about for half an hour; the label stage goes on asking."""
    with shop.database.write() as conn:
        rows = steps.unresolved_steps(conn, limit=500, older_than_seconds=UNDECIDED_SECONDS)
        if not rows:
            return 0
        newest = max(row.key for row in rows)
        items = sweep_items(shop, "undecided", newest, len(rows), [row.provider for row in rows])
        return outbox.enqueue(conn, items)


async def tell_late(shop: Shop) -> int:
    """Stages whose oldest due work has waited too long: dead workers' leases run out, and nobody takes the work up."""
    with shop.database.write() as conn:
        late = {stage: age for stage, age in oldest_due_seconds(conn).items() if age >= LATE_SECONDS}
        items = [
            item
            for stage, age in sorted(late.items())
            for item in sweep_items(shop, "late", f"{stage}/{_hour(conn, shop)}", int(age // 60), [stage])
        ]
        return outbox.enqueue(conn, items)


async def forget_silent_workers(shop: Shop) -> int:
    """Workers silent for a week: every shift has a name of its own, so their signs of life would grow for ever."""
    with shop.database.write() as conn:
        return heartbeats.forget_workers(conn, SILENT_SECONDS)


def _hour(conn: Connection, shop: Shop) -> int:
    return shop.database.now_ms(conn) // HOUR_MS
