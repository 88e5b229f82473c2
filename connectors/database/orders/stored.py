"""Orders as the database has them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, Select, case, or_, select

from connectors.database.orders.personal_data import Vault, join
from connectors.database.tables import order_pii, orders
from orderflow.lifecycle import OrderStatus
from orderflow.order import Order


@dataclass(frozen=True)
class StoredOrder:
    """An order with where it stands. `version` is the lock: a change is refused if somebody else's came between.

    `step` is the work it waits for ("none" where it waits for nobody), due at `next_at_ms`.
    """

    id: str
    version: int
    status: OrderStatus
    step: str
    order: Order = field(repr=False)
    attempts: int
    cancel_requested: bool
    next_at_ms: int
    last_error: str = ""


def order_id_of(conn: Connection, source: str, external_id: str) -> str | None:
    """Our id of a channel's order; None where we never took it in."""
    same = (orders.c.source == source) & (orders.c.external_id == external_id)
    return conn.scalar(select(orders.c.id).where(same))


def load_orders(conn: Connection, vault: Vault, ids: Iterable[str], *, lock: bool = False) -> list[StoredOrder]:
    """The orders in the order of `ids`; unknown ids are left out.

    With `lock` nobody else can change them before this transaction ends: what is recorded on them cannot be stale.
    """
    wanted = list(ids)
    query = _orders().where(orders.c.id.in_(wanted))
    if lock:
        query = query.order_by(orders.c.id).with_for_update(of=orders)
    found = {row.id: _stored(row, vault) for row in conn.execute(query)}
    return [found[order_id] for order_id in wanted if order_id in found]


def find_order(conn: Connection, vault: Vault, number_or_id: str) -> StoredOrder | None:
    """The order people mean: by our id, by number with or without "#", by the channel's id; the newest of equals."""
    text = number_or_id.strip()
    numbers = (text, text.removeprefix("#"), f"#{text}")
    is_number = orders.c.number.in_(numbers)
    rank = case((orders.c.id == text, 0), (is_number, 1), else_=2)
    same = or_(orders.c.id == text, is_number, orders.c.external_id == text)
    row = conn.execute(_orders().where(same).order_by(rank, orders.c.placed_at.desc()).limit(1)).first()
    return _stored(row, vault) if row else None


def cancelled_among(conn: Connection, ids: Iterable[str]) -> frozenset[str]:
    """The orders somebody has asked to cancel: nothing may be bought for them any more."""
    asked = orders.c.id.in_(list(ids)) & orders.c.cancel_requested
    return frozenset(conn.scalars(select(orders.c.id).where(asked)))


def _orders() -> Select:
    columns = (
        orders.c.id,
        orders.c.version,
        orders.c.status,
        orders.c.step,
        orders.c.document,
        orders.c.attempts,
        orders.c.cancel_requested,
        orders.c.next_at,
        orders.c.last_error,
        order_pii.c.sealed,
    )
    return select(*columns).outerjoin(order_pii, order_pii.c.order_id == orders.c.id)


def _stored(row: Row, vault: Vault) -> StoredOrder:
    return StoredOrder(
        id=row.id,
        version=row.version,
        status=OrderStatus(row.status),
        step=row.step,
        order=join(row.document, row.sealed, vault),
        attempts=row.attempts,
        cancel_requested=row.cancel_requested,
        next_at_ms=row.next_at,
        last_error=row.last_error,
    )
