"""Events are written as a chain: each carries the hash of the one before it of the same order.

The hash of an event is SHA-256 over its fields and the hash before it, so that nobody who changes, removes or
reorders rows, past the triggers, leaves a chain that adds up. Chains are per order: writers of different orders never
wait for each other. What a chain cannot show, its end cut off, the days' seals do (days.py).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select

from connectors.database.statements.batch import as_parameter, columns_of, insert_rows, storable, table_to_come
from connectors.database.tables import order_event, orders

FIELDS = ("order_id", "seq", "kind", "from_status", "to_status", "actor_id", "note", "data", "occurred_at")

# The end of an order's chain, to be returned by the change that raises its version.
LAST_HASH = (
    select(order_event.c.hash)
    .where(order_event.c.order_id == orders.c.id, order_event.c.seq == orders.c.version - 1)
    .correlate(orders)
    .scalar_subquery()
    .label("last_hash")
)


def write_events(
    conn: Connection, events: Sequence[Mapping[str, Any]], last_hashes: Mapping[str, str | None] | None = None
) -> None:
    """Adds events, each the next of its order and at most one per order; fields left out are empty.

    The order's row must be locked or inserted in this transaction, so that its chain cannot grow meanwhile. The
    chains' ends by order are looked up unless `last_hashes` tells them.
    """
    if last_hashes is None:
        last_hashes = _hashes_before(conn, [event for event in events if event["seq"] > 1])
    insert_rows(conn, order_event, [chained(event, last_hashes.get(event["order_id"]) or "") for event in events])


def chained(event: Mapping[str, Any], previous: str) -> dict[str, Any]:
    """The event as it is stored behind the one whose hash is given."""
    fields = {name: _as_stored(event.get(name)) for name in FIELDS}
    return {**fields, "previous_hash": previous, "hash": hash_of(fields, previous)}


def hash_of(event: Mapping[str, Any], previous: str) -> str:
    """The hash of an event's fields behind the hash before it, as 64 hexadecimal digits."""
    words = json.dumps([previous, *(event[name] for name in FIELDS)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(words.encode()).hexdigest()


def _as_stored(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


def _hashes_before(conn: Connection, events: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    if not events:
        return {}
    keys = [{"order_id": event["order_id"], "seq": event["seq"] - 1} for event in events]
    rows = conn.execute(_hashes_of(conn.dialect.name), {"wanted_rows": as_parameter(keys)})
    return {order_id: digest for order_id, digest in rows}


@cache
def _hashes_of(engine: str) -> Select:
    wanted = table_to_come(engine, "wanted", columns_of(order_event, ("order_id", "seq")))
    same = (order_event.c.order_id == wanted.c.order_id) & (order_event.c.seq == wanted.c.seq)
    return select(order_event.c.order_id, order_event.c.hash).join_from(order_event, wanted, same)
