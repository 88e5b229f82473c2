"""What an order costs while the database grows: CPU time of the stages themselves, at three sizes, in turns.

1. Three installations take a hundred orders in and finish them.
2. Copies of their rows, under keys of their own, fill the databases to 1,000, 10,000 and 100,000 finished orders.
3. In turns, so that whatever else the machine does strikes all alike, each takes new orders through every stage.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from statistics import median
from typing import Any

from sqlalchemy import Integer, String, Table, cast, insert, literal, select, true

from benchmarks.pipeline.plant import configured_home, open_sandbox, placed
from connectors.database import inbox
from connectors.database.operation import counts
from connectors.database.session import Database
from connectors.database.tables import metadata
from connectors.shop import Shop, open_shop
from deployments.demo.sandbox_server import SandboxServer
from tasks.ingest import ingest_orders
from tasks.labelling.label import label_orders
from tasks.log import log_decisions
from tasks.routing.route import route_orders
from tasks.sync import sync_shipments
from tasks.telling.notify import notify_people

SIZES = (1_000, 10_000, 100_000)
PATTERN = 100
ROUNDS = 5
ORDERS_A_ROUND = 60

_STAGES = {
    "inbox": ingest_orders,
    "route": route_orders,
    "label": label_orders,
    "notify": notify_people,
    "log": log_decisions,
    "sync": sync_shipments,
}
# The tables that grow with the orders, each after those it refers to, and the columns that name a row or its order.
_GROWING = (
    *("inbox", "orders", "order_pii", "order_event", "decision", "reservation", "stock_ledger"),
    *("shipment", "shipment_line", "carrier_choice", "step", "outbox", "delivery_attempt"),
)
_NAMES = {"id", "order_id", "shipment_id", "message_id", "external_id", "dedup_key", "step_key"}


def cost_by_size(sizes: tuple[int, ...] = SIZES) -> Mapping[int, float]:
    """Milliseconds of our own CPU per order, by the number of finished orders in the database."""
    return asyncio.run(_measure(sizes))


async def _measure(sizes: tuple[int, ...]) -> Mapping[int, float]:
    async with AsyncExitStack() as stack:
        shops: dict[int, Shop] = {}
        sandbox = stack.enter_context(open_sandbox())
        os.environ |= sandbox.variables()
        for size in sizes:
            shops[size] = await stack.enter_async_context(open_shop(configured_home()))
            await _work_off(shops[size], sandbox, size * 100, PATTERN)
            multiply(shops[size].database, size // PATTERN)
        times: dict[int, list[float]] = {size: [] for size in sizes}
        for turn in range(1, ROUNDS + 1):
            for size, shop in shops.items():
                times[size].append(await _work_off(shop, sandbox, size * 100 + turn * 1000, ORDERS_A_ROUND))
    return {size: median(measured) for size, measured in times.items()}


def multiply(database: Database, times: int) -> None:
    """Makes every finished order so many, with all that belongs to them: copies differ in their keys alone."""
    number = select(literal(1).label("n")).cte("number", recursive=True)
    number = number.union_all(select(number.c.n + 1).where(number.c.n < times - 1))
    with database.write() as conn:
        for name in _GROWING if times > 1 else ():
            table = metadata.tables[name]
            kept = _copied(table, number.c.n)
            conn.execute(
                insert(table).from_select(list(kept), select(*kept.values()).select_from(table.join(number, true())))
            )
    with database.read() as conn:
        # One enormous transaction lies in the write-ahead log; no database at work looks like that.
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _copied(table: Table, number: Any) -> dict[str, Any]:
    """The columns of a copied row; a number the database gives is left to it."""
    given = {name for name in _NAMES & set(table.c.keys()) if isinstance(table.c[name].type, Integer)}
    return {
        column.name: column + "-" + cast(number, String) if column.name in _NAMES else column
        for column in table.columns
        if column.name not in given
    }


async def _work_off(shop: Shop, sandbox: SandboxServer, first_number: int, count: int) -> float:
    """Milliseconds of CPU per order, from the inbox to the last message."""
    deliver(shop.database, placed(sandbox, first_number, count))
    started = time.process_time()
    while due := _due(shop.database):
        for stage in due:
            await _STAGES[stage].fn(shop, "bench-growth")
    return (time.process_time() - started) * 1000 / count


def _due(database: Database) -> list[str]:
    with database.read() as conn:
        due = counts.due_counts(conn)
    return [stage for stage in _STAGES if due.get(stage)]


def deliver(database: Database, deliveries: list[dict[str, Any]]) -> None:
    """Puts webhooks into the inbox as the receiver does."""
    with database.write() as conn:
        for number, delivery in enumerate(deliveries):
            inbox.receive(
                conn,
                source="shopify",
                topic="orders/create",
                dedup_key=f"{time.monotonic_ns()}-{number}",
                external_id=str(number),
                occurred_at_ms=None,
                body=delivery["body"].encode(),
            )
