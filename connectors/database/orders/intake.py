"""Taking orders in: each once, and never an older version over a newer one."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from connectors.database.audit.chain import write_events
from connectors.database.orders.personal_data import Vault, split, without_personal_data
from connectors.database.session import milliseconds, now_ms
from connectors.database.statements.batch import insert_new_rows
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


class OrderExists(LookupError):
    """The channel's order has been taken in before, perhaps a moment ago by another worker: update it instead."""


def insert_order(conn: Connection, vault: Vault, order: Order, *, actor: str) -> str:
    """Takes in one order, pending and due for nothing, with its event "received"; returns our id.

    Raises OrderExists, also where another worker was faster.
    """
    taken = insert_orders(conn, vault, [order], actor=actor)
    if not taken:
        raise OrderExists(f"{order.source} order {order.external_id} is here already")
    return next(iter(taken.values()))


def insert_orders(
    conn: Connection, vault: Vault, many: Sequence[Order], *, actor: str
) -> Mapping[tuple[str, str], str]:
    """Takes in a batch; returns our id by (source, external id) of those that are new."""
    now = now_ms(conn)
    sealed: dict[str, bytes] = {}
    rows: list[dict[str, Any]] = []
    for order in many:
        document, personal = split(order, vault)
        order_id = new_id()
        sealed[order_id] = personal
        rows.append({"id": order_id, "received_at": now, "status_at": now, **_columns(order, document)})
    # Sorted, so that two workers who take in the same orders wait for each other in one direction only.
    rows.sort(key=lambda row: (row["source"], row["external_id"]))
    new = {order_id for (order_id,) in insert_new_rows(conn, orders, rows)}
    if new:
        conn.execute(insert(order_pii), [{"order_id": key, "sealed": sealed[key]} for key in sorted(new)])
    write_events(conn, [_received(order_id, actor, now) for order_id in sorted(new)])
    return {(row["source"], row["external_id"]): row["id"] for row in rows if row["id"] in new}


def update_order(conn: Connection, vault: Vault, order_id: str, order: Order, *, actor: str = "") -> bool:
    """Replaces what the channel said of the order by a newer version, with an event "updated".

    False, and nothing written, where ours is as new or newer by the channel's own clock. That clock may tell whole
    seconds only, so of two versions of one time the one whose cancellation, payment or shipping (in this order) has
    gone further is the newer.
    Status and step stay.
    """
    if not _is_newer(conn, order_id, order):
        return False
    document, personal = split(order, vault)
    columns = {**_columns(order, document), "version": orders.c.version + 1}
    del columns["status"]
    statement = update(orders).where(orders.c.id == order_id).values(columns)
    row = conn.execute(statement.returning(orders.c.version, orders.c.status)).one()
    conn.execute(delete(order_pii).where(order_pii.c.order_id == order_id))
    conn.execute(insert(order_pii).values(order_id=order_id, sealed=personal))
    write_events(conn, [_updated(order_id, row, actor or f"channel:{order.source}", now_ms(conn))])
    return True


def _is_newer(conn: Connection, order_id: str, order: Order) -> bool:
    """Whether the version should replace the one we have, which is locked by asking."""
    query = select(orders.c.source_updated_at, orders.c.document).where(orders.c.id == order_id)
    ours = conn.execute(query.with_for_update()).first()
    if ours is None:
        return False
    theirs = milliseconds(order.updated_at)
    if ours.source_updated_at == theirs:
        return _progress(order) > _progress(without_personal_data(ours.document))
    return ours.source_updated_at < theirs


def _progress(order: Order) -> tuple[bool, int, bool]:
    return order.cancelled_at is not None, _PAYMENT.index(order.payment_status), order.fulfilled


def _columns(order: Order, document: str) -> dict[str, Any]:
    return {
        "source": order.source,
        "external_id": order.external_id,
        "number": order.number,
        "status": OrderStatus.PENDING,
        "placed_at": milliseconds(order.placed_at),
        "source_updated_at": milliseconds(order.updated_at),
        "total_minor": order.total.minor,
        "currency": order.currency,
        "document": document,
    }


def _received(order_id: str, actor: str, now: int) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "seq": 1,
        "kind": "received",
        "to_status": OrderStatus.PENDING,
        "actor_id": actor,
        "occurred_at": now,
    }


def _updated(order_id: str, row: Any, actor: str, now: int) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "seq": row.version,
        "kind": "updated",
        "from_status": row.status,
        "to_status": row.status,
        "actor_id": actor,
        "occurred_at": now,
    }
