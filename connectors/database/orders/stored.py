"""Orders as the database has them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, bindparam, case, or_, select

from connectors.database.orders.personal_data import Vault, join
from connectors.database.statements.lists import among
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


_SEALED = select(order_pii.c.sealed).where(order_pii.c.order_id == orders.c.id).correlate(orders)

# Where an order stands.
STANDING = (
    orders.c.id,
    orders.c.version,
    orders.c.status,
    orders.c.step,
    orders.c.attempts,
    orders.c.cancel_requested,
    orders.c.next_at,
    orders.c.last_error,
)

# What a StoredOrder is made of, to be asked for or returned by a change.
COLUMNS = (*STANDING, orders.c.document, _SEALED.scalar_subquery().label("sealed"))
_BY_CHANNEL = select(orders.c.id).where(
    orders.c.source == bindparam("channel"), orders.c.external_id == bindparam("channel_id")
)
_BY_IDS = select(*COLUMNS).where(among(orders.c.id, "ids"))
_LOCKED = _BY_IDS.order_by(orders.c.id).with_for_update(of=orders)
_CANCELLED = select(orders.c.id).where(among(orders.c.id, "ids"), orders.c.cancel_requested)


def order_id_of(conn: Connection, source: str, external_id: str) -> str | None:
    """Our id of a channel's order; None where we never took it in."""
    return conn.scalar(_BY_CHANNEL, {"channel": source, "channel_id": external_id})


def load_orders(conn: Connection, vault: Vault, ids: Iterable[str], *, lock: bool = False) -> list[StoredOrder]:
    """The orders in the order of `ids`; unknown ids are left out.

    With `lock` nobody else can change them before this transaction ends: what is recorded on them cannot be stale.
    """
    wanted = list(ids)
    rows = conn.execute(_LOCKED if lock else _BY_IDS, {"ids": wanted})
    found = {row.id: stored_order(row, vault) for row in rows}
    return [found[order_id] for order_id in wanted if order_id in found]


def find_order(conn: Connection, vault: Vault, number_or_id: str) -> StoredOrder | None:
    """The order people mean: by our id, by number with or without "#", by the channel's id; the newest of equals."""
    text = number_or_id.strip()
    numbers = (text, text.removeprefix("#"), f"#{text}")
    is_number = orders.c.number.in_(numbers)
    rank = case((orders.c.id == text, 0), (is_number, 1), else_=2)
    same = or_(orders.c.id == text, is_number, orders.c.external_id == text)
    row = conn.execute(select(*COLUMNS).where(same).order_by(rank, orders.c.placed_at.desc()).limit(1)).first()
    return stored_order(row, vault) if row else None


def cancelled_among(conn: Connection, ids: Iterable[str]) -> frozenset[str]:
    """The orders somebody has asked to cancel: nothing may be bought for them any more."""
    return frozenset(conn.scalars(_CANCELLED, {"ids": ids}))


def stored_order(row: Row, vault: Vault) -> StoredOrder:
    """The order of a row of COLUMNS."""
    return standing(row, join(row.document, row.sealed, vault))


def standing(row: Row, order: Order) -> StoredOrder:
    """The order where a row of STANDING says it stands."""
    return StoredOrder(
        id=row.id,
        version=row.version,
        status=OrderStatus(row.status),
        step=row.step,
        order=order,
        attempts=row.attempts,
        cancel_requested=row.cancel_requested,
        next_at_ms=row.next_at,
        last_error=row.last_error,
    )
