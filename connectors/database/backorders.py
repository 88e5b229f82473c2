"""Units customers wait for, first come, first served.

pending → allocated (stock came and is reserved) → shipped; pending or allocated → cancelled; allocated → pending where
the stock was lost again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, exists, insert, select, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import insert_new_rows
from connectors.database.statements.identifiers import new_id
from connectors.database.statements.lists import among
from connectors.database.tables import backorder, hold, orders, reservation
from orderflow.decision import PlannedLine
from orderflow.lifecycle import OrderStatus

BackorderState = Literal["pending", "allocated", "shipped", "cancelled"]

# Where an order stands whose units are waited for.
_WAITING = (OrderStatus.AWAITING_FULFILLMENT, OrderStatus.PARTIALLY_FULFILLED)

_BEFORE: Mapping[BackorderState, tuple[BackorderState, ...]] = {
    "pending": ("allocated",),
    "allocated": ("pending",),
    "shipped": ("allocated",),
    "cancelled": ("pending", "allocated"),
}

_PLACED = select(orders.c.id, orders.c.placed_at).where(among(orders.c.id, "ids"))
_ALL = select(backorder, orders.c.number, orders.c.source).join(orders, orders.c.id == backorder.c.order_id)
_OF_ORDER = _ALL.where(backorder.c.order_id == bindparam("order")).order_by(backorder.c.line_no, backorder.c.id)
_WAITING_AMONG = select(backorder.c.order_id).where(
    among(backorder.c.order_id, "order_ids"), backorder.c.state == "pending"
)
_SHIP = update(backorder).where(among(backorder.c.order_id, "order_ids"), backorder.c.state == "allocated")
_TAKE_UP = (
    update(reservation)
    .where(reservation.c.order_id == bindparam("order"), reservation.c.state == "shipped")
    .values(state="released")
)


@dataclass(frozen=True)
class BackorderRow:
    """Units of one order line that wait, or waited, for stock."""

    id: str
    order_id: str
    number: str
    source: str
    line_no: int
    sku: str
    variant: str
    quantity: int
    state: BackorderState
    placed_at_ms: int
    opened_at_ms: int


def open_backorders(conn: Connection, order_id: str, lines: Sequence[PlannedLine]) -> int:
    """Opens a backorder per line that waits for none yet; returns how many are new."""
    return open_backorders_batch(conn, {order_id: lines})


def open_backorders_batch(conn: Connection, lines: Mapping[str, Sequence[PlannedLine]]) -> int:
    """Opens the backorders of many orders, by order id; returns how many are new."""
    waiting = [order_id for order_id in lines if lines[order_id]]
    placed = {order_id: placed_at for order_id, placed_at in conn.execute(_PLACED, {"ids": waiting})}
    now = now_ms(conn)
    rows = [_columns(order_id, line, placed[order_id], now) for order_id in sorted(placed) for line in lines[order_id]]
    return len(insert_new_rows(conn, backorder, rows))


def pending_backorders(
    conn: Connection, *, sku: str | None = None, variant: str = "", limit: int = 500
) -> list[BackorderRow]:
    """Backorders that wait for stock, oldest order first; of one SKU and variant where `sku` is given."""
    waiting = [backorder.c.state == "pending"]
    if sku is not None:
        waiting += [backorder.c.sku == sku, backorder.c.variant == variant]
    query = _ALL.where(*waiting).order_by(backorder.c.placed_at, backorder.c.order_id, backorder.c.line_no)
    return [_row(row) for row in conn.execute(query.limit(limit))]


def waiting_among(conn: Connection, order_ids: Iterable[str]) -> frozenset[str]:
    """The orders that have units waiting for stock."""
    return frozenset(conn.scalars(_WAITING_AMONG, {"order_ids": order_ids}))


def backorders_of(conn: Connection, order_id: str) -> list[BackorderRow]:
    """Every backorder of the order, by line and age."""
    return [_row(row) for row in conn.execute(_OF_ORDER, {"order": order_id})]


def settle_backorder(conn: Connection, backorder_id: str, state: BackorderState) -> bool:
    """Moves a backorder on; False where it is not in a state that leads there."""
    before = (backorder.c.id == backorder_id, backorder.c.state.in_(_BEFORE[state]))
    return conn.execute(update(backorder).where(*before).values(state=state, changed_at=now_ms(conn))).rowcount == 1


def queue_for_refill(conn: Connection, *, limit: int = 2000) -> list[BackorderRow]:
    """The backorders that have a turn when stock comes, oldest order first.

    None of an order that is held, was cancelled, or is being worked on for another step.
    """
    held = exists().where(hold.c.order_id == orders.c.id, hold.c.closed_at.is_(None))
    open_to_it = (backorder.c.state == "pending", orders.c.step == "none", ~orders.c.cancel_requested, ~held)
    query = _ALL.where(*open_to_it, orders.c.status.in_(_WAITING))
    query = query.order_by(backorder.c.placed_at, backorder.c.order_id, backorder.c.line_no)
    return [_row(row) for row in conn.execute(query.limit(limit))]


def ship_allocated(conn: Connection, order_ids: Iterable[str]) -> None:
    """Ends the allocated backorders of orders whose parcels all have their labels."""
    conn.execute(_SHIP, {"order_ids": order_ids, "state": "shipped", "changed_at": now_ms(conn)})


def take_up_again(conn: Connection, order_id: str) -> None:
    """Lets lines whose units have all shipped hold further ones at the same location."""
    conn.execute(_TAKE_UP, {"order": order_id})


def allocate_part(conn: Connection, backorder_id: str, quantity: int) -> bool:
    """Allocates fewer units than are waited for: the rest goes on waiting in its old place.

    False where the backorder is not pending or has not more units than that.
    """
    now = now_ms(conn)
    larger = (backorder.c.id == backorder_id, backorder.c.state == "pending", backorder.c.quantity > quantity)
    statement = update(backorder).where(*larger).values(quantity=backorder.c.quantity - quantity, changed_at=now)
    row = conn.execute(statement.returning(backorder)).first()
    if row is None:
        return False
    part = {**row._mapping, "id": new_id(), "quantity": quantity, "state": "allocated"}
    conn.execute(insert(backorder).values(part))
    return True


def _columns(order_id: str, line: PlannedLine, placed_at: int, now: int) -> dict[str, Any]:
    when = {"placed_at": placed_at, "opened_at": now, "changed_at": now}
    return {"id": new_id(), "order_id": order_id, **line.model_dump(), **when}


def _row(row: Any) -> BackorderRow:
    return BackorderRow(
        id=row.id,
        order_id=row.order_id,
        number=row.number,
        source=row.source,
        line_no=row.line_no,
        sku=row.sku,
        variant=row.variant,
        quantity=row.quantity,
        state=row.state,
        placed_at_ms=row.placed_at,
        opened_at_ms=row.opened_at,
    )
