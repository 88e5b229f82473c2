"""Taking orders in: each once, and never an older version over a newer one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, String, Update, insert, select, update

from connectors.database.audit.chain import LAST_HASH, write_events
from connectors.database.orders.personal_data import Vault, split, without_personal_data
from connectors.database.orders.stored import STANDING, StoredOrder, standing
from connectors.database.session import milliseconds, now_ms
from connectors.database.statements.batch import (
    as_parameter,
    columns_of,
    insert_new_rows,
    table_to_come,
    upsert_each,
)
from connectors.database.statements.identifiers import new_id
from connectors.database.tables import order_pii, orders
from orderflow.lifecycle import OrderStatus
from orderflow.order import Order, PaymentStatus

# How far a payment has gone. A failed one has gone nowhere yet: a payment that was made comes after it, not before.
_PAYMENT = (
    PaymentStatus.PENDING,
    PaymentStatus.AUTHORIZED,
    PaymentStatus.FAILED,
    PaymentStatus.PAID,
    PaymentStatus.PARTIALLY_REFUNDED,
    PaymentStatus.REFUNDED,
)

_SEAL = insert(order_pii)


class OrderExists(LookupError):
    """The channel's order has been taken in before, perhaps a moment ago by another worker: update it instead."""


@dataclass(frozen=True)
class NewerVersion:
    """An order as it is now, and what the channel said of it before, without personal data."""

    stored: StoredOrder
    before: Order


def insert_order(conn: Connection, vault: Vault, order: Order, *, actor: str) -> str:
    """Takes in one order, pending and due for nothing, with its event "received"; returns our id.

    Raises OrderExists, also where another worker was faster.
    """
    taken = insert_orders(conn, vault, [order], actor=actor)
    if not taken:
        raise OrderExists(f"{order.source} order {order.external_id} is here already")
    return next(iter(taken.values())).id


def insert_orders(
    conn: Connection, vault: Vault, many: Sequence[Order], *, actor: str
) -> dict[tuple[str, str], StoredOrder]:
    """Takes in a batch; returns those that are new by (source, external id)."""
    now = now_ms(conn)
    fresh = {new_id(): order for order in many}
    sealed: dict[str, bytes] = {}
    rows: list[dict[str, Any]] = []
    for order_id, order in fresh.items():
        document, sealed[order_id] = split(order, vault)
        first = {"status": OrderStatus.PENDING, "status_at": now, "received_at": now}
        rows.append({"id": order_id, **first, **_columns(order, document)})
    # Sorted, so that two workers who take in the same orders wait for each other in one direction only.
    rows.sort(key=lambda row: (row["source"], row["external_id"]))
    new = sorted(order_id for (order_id,) in insert_new_rows(conn, orders, rows))
    if new:
        conn.execute(_SEAL, [{"order_id": order_id, "sealed": sealed[order_id]} for order_id in new])
    write_events(conn, [_received(order_id, actor, now) for order_id in new])
    taken = [_fresh(order_id, fresh[order_id]) for order_id in new]
    return {(one.order.source, one.order.external_id): one for one in taken}


def update_orders(conn: Connection, vault: Vault, told: Sequence[Order], *, actor: str = "") -> list[NewerVersion]:
    """Replaces what the channel said of orders by newer versions, each with an event "updated"; returns those.

    Nothing is written where ours is as new or newer by the channel's own clock, or where we do not know the order.
    That clock may tell whole seconds only, so of two versions of one time the one whose cancellation, payment or
    shipping (in this order) has gone further is the newer. Status and step stay. No order may be told twice.
    """
    known = [(ours, told[ours.place]) for ours in _locked(conn, told)]
    newer = {ours.id: (ours, order) for ours, order in known if _is_newer(ours, order)}
    if not newer:
        return []
    parts = {order_id: split(order, vault) for order_id, (_, order) in newer.items()}
    rows = [{"id": order_id, **_columns(order, parts[order_id][0])} for order_id, (_, order) in newer.items()]
    replaced = conn.execute(_replacing(conn.dialect.name), {"told_rows": as_parameter(rows)}).all()
    sealed = [{"order_id": order_id, "sealed": personal} for order_id, (_, personal) in parts.items()]
    upsert_each(conn, order_pii, sealed)
    now = now_ms(conn)
    events = [_updated(row, actor or f"channel:{newer[row.id][1].source}", now) for row in replaced]
    write_events(conn, events, {row.id: row.last_hash for row in replaced})
    return [_newer(row, *newer[row.id]) for row in replaced]


def _locked(conn: Connection, told: Sequence[Order]) -> list[Row]:
    """Ours of the orders that are told, each with the place it has among those; they are locked by asking."""
    names = [{"place": i, "source": one.source, "external_id": one.external_id} for i, one in enumerate(told)]
    return list(conn.execute(_known(conn.dialect.name), {"told_rows": as_parameter(names)})) if names else []


def _is_newer(ours: Row, order: Order) -> bool:
    """Whether the version should replace the one we have."""
    theirs = milliseconds(order.updated_at)
    if ours.source_updated_at == theirs:
        return _progress(order) > _progress(without_personal_data(ours.document))
    return ours.source_updated_at < theirs


def _progress(order: Order) -> tuple[bool, int, bool]:
    return order.cancelled_at is not None, _PAYMENT.index(order.payment_status), order.fulfilled


@cache
def _known(engine: str) -> Select:
    told = table_to_come(engine, "told", {"place": Integer(), "source": String(), "external_id": String()})
    same = (orders.c.source == told.c.source) & (orders.c.external_id == told.c.external_id)
    query = select(told.c.place, orders.c.id, orders.c.source_updated_at, orders.c.document)
    return query.join_from(orders, told, same).order_by(orders.c.id).with_for_update(of=orders)


_TOLD = ("number", "placed_at", "source_updated_at", "total_minor", "currency", "document")


@cache
def _replacing(engine: str) -> Update:
    told = table_to_come(engine, "told", columns_of(orders, ("id", *_TOLD)))
    replacing = update(orders).where(orders.c.id == told.c.id)
    replacing = replacing.values({name: told.c[name] for name in _TOLD} | {"version": orders.c.version + 1})
    return replacing.returning(*STANDING, LAST_HASH)


def _columns(order: Order, document: str) -> dict[str, Any]:
    return {
        "source": order.source,
        "external_id": order.external_id,
        "number": order.number,
        "placed_at": milliseconds(order.placed_at),
        "source_updated_at": milliseconds(order.updated_at),
        "total_minor": order.total.minor,
        "currency": order.currency,
        "document": document,
    }


def _fresh(order_id: str, order: Order) -> StoredOrder:
    return StoredOrder(order_id, 1, OrderStatus.PENDING, "none", order, 0, cancel_requested=False, next_at_ms=0)


def _newer(row: Row, ours: Row, order: Order) -> NewerVersion:
    return NewerVersion(standing(row, order), before=without_personal_data(ours.document))


def _received(order_id: str, actor: str, now: int) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "seq": 1,
        "kind": "received",
        "to_status": OrderStatus.PENDING,
        "actor_id": actor,
        "occurred_at": now,
    }


def _updated(row: Row, actor: str, now: int) -> dict[str, Any]:
    return {
        "order_id": row.id,
        "seq": row.version,
        "kind": "updated",
        "from_status": row.status,
        "to_status": row.status,
        "actor_id": actor,
        "occurred_at": now,
    }
