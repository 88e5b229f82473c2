"""Every change of an order: a conditional update and its event, together or not at all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, Integer, String, Update, bindparam, case, update

from connectors.database.audit.chain import LAST_HASH, write_events
from connectors.database.orders.stored import StoredOrder
from connectors.database.session import moment, now_ms
from connectors.database.statements.batch import as_parameter, table_to_come
from connectors.database.tables import orders
from orderflow.lifecycle import OrderStatus, advance


class StaleOrder(RuntimeError):
    """Somebody else changed the order, or the lease was lost: roll back and walk away, or load it again."""


@dataclass(frozen=True)
class OrderChange:
    """What is to become of one order, and what its timeline will say of it.

    `to_status` and `step` stay as they are where they are None. `release` gives the lease back.
    """

    stored: StoredOrder
    kind: str
    actor: str
    to_status: OrderStatus | None = None
    step: str | None = None
    next_at_ms: int = 0
    note: str = ""
    data: Mapping[str, Any] | None = None
    cancel_requested: bool | None = None
    release: bool = True

    def after(self, now: datetime) -> StoredOrder:
        """The order as it will be. Raises InvalidTransitionError for a status it cannot go to."""
        status = self.to_status or self.stored.status
        if status != self.stored.status:
            status, _ = advance(self.stored.status, status, actor=self.actor, now=now, note=self.note)
        asked = self.stored.cancel_requested if self.cancel_requested is None else self.cancel_requested
        return replace(
            self.stored,
            version=self.stored.version + 1,
            status=status,
            step=self.step or self.stored.step,
            next_at_ms=self.next_at_ms,
            attempts=0,
            cancel_requested=asked,
            last_error="",
        )


@dataclass(frozen=True)
class Recorded:
    """What came of a batch: the changed orders by id, and those that were stale, of which nothing was written."""

    orders: Mapping[str, StoredOrder]
    stale: frozenset[str]


def record(conn: Connection, stored: StoredOrder, *, owner: str | None, **change: Any) -> StoredOrder:
    """Changes one order; `change` is what OrderChange takes. Returns the order as it is now, to be changed further.

    Raises StaleOrder, and InvalidTransitionError with nothing written. See `record_batch`.
    """
    done = record_batch(conn, [OrderChange(stored, **change)], owner)
    if done.stale:
        raise StaleOrder(f"order {stored.id} is no longer at version {stored.version} or no longer leased to {owner}")
    return done.orders[stored.id]


def record_batch(conn: Connection, changes: Sequence[OrderChange], owner: str | None) -> Recorded:
    """Changes many orders at once, each at most once, and writes their events.

    With an `owner` only orders leased to it are changed. Without one (a person, a webhook) the lease is not looked
    at and not touched: a worker that holds it will find its own change stale. Attempts start at 0 again.
    """
    if not changes:
        return Recorded({}, frozenset())
    now = now_ms(conn)
    after = {change.stored.id: change.after(moment(now)) for change in changes}
    if len(after) != len(changes):
        raise ValueError("a batch changes each order once")
    changed = _update(conn, changes, after, owner, now)
    write_events(conn, [_event(change, after, now) for change in changes if change.stored.id in changed], changed)
    recorded = {order_id: order for order_id, order in after.items() if order_id in changed}
    return Recorded(recorded, frozenset(after.keys() - changed))


_CHANGE = {
    "id": String(),
    "version": Integer(),
    "from_status": String(),
    "to_status": String(),
    "step": String(),
    "next_at": BigInteger(),
    "cancel_requested": Boolean(),
    "release": Boolean(),
}


def _update(
    conn: Connection,
    changes: Sequence[OrderChange],
    after: Mapping[str, StoredOrder],
    owner: str | None,
    now: int,
) -> dict[str, str]:
    """The ends of the chains of the orders that were still as expected, by order."""
    rows = sorted((_row(change, after, owner) for change in changes), key=lambda row: row["id"])
    lease = {} if owner is None else {"worker": owner}
    statement = _changing(conn.dialect.name, leased=owner is not None)
    changed = conn.execute(statement, {"change_rows": as_parameter(rows), "now": now, **lease})
    return {order_id: last_hash for order_id, last_hash in changed}


@cache
def _changing(engine: str, *, leased: bool) -> Update:
    change = table_to_come(engine, "change", _CHANGE)
    expected = [orders.c.id == change.c.id, orders.c.version == change.c.version]
    expected.append(orders.c.status == change.c.from_status)
    if leased:
        expected.append(orders.c.lease_owner == bindparam("worker"))
    moved = orders.c.status != change.c.to_status
    changing = update(orders).where(*expected)
    changing = changing.values(
        status=change.c.to_status,
        step=change.c.step,
        version=orders.c.version + 1,
        next_at=change.c.next_at,
        attempts=0,
        last_error="",
        cancel_requested=change.c.cancel_requested,
        status_at=case((moved, bindparam("now", type_=BigInteger)), else_=orders.c.status_at),
        lease_owner=case((change.c.release, ""), else_=orders.c.lease_owner),
        lease_until=case((change.c.release, 0), else_=orders.c.lease_until),
    )
    return changing.returning(orders.c.id, LAST_HASH)


def _row(change: OrderChange, after: Mapping[str, StoredOrder], owner: str | None) -> dict[str, Any]:
    order = after[change.stored.id]
    return {
        "id": order.id,
        "version": change.stored.version,
        "from_status": change.stored.status,
        "to_status": order.status,
        "step": order.step,
        "next_at": order.next_at_ms,
        "cancel_requested": order.cancel_requested,
        "release": change.release and owner is not None,
    }


def _event(change: OrderChange, after: Mapping[str, StoredOrder], now: int) -> dict[str, Any]:
    order = after[change.stored.id]
    return {
        "order_id": order.id,
        "seq": order.version,
        "kind": change.kind,
        "from_status": change.stored.status,
        "to_status": order.status,
        "actor_id": change.actor,
        "note": change.note or None,
        "data": json.dumps(change.data, ensure_ascii=False) if change.data is not None else None,
        "occurred_at": now,
    }
