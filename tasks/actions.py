"""What automation services asked for is carried out: orders are stored, held, or get a note."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from connectors.actions import SOURCE, AddNote, CreateOrder, HoldOrder, read_action
from connectors.database import holds, inbox, orders, outbox
from connectors.database.inbox import InboxRow
from connectors.database.orders import StaleOrder, StoredOrder
from connectors.errors import Unreadable
from connectors.geography import with_coordinates
from connectors.shop import Shop
from orderflow.holds import Hold
from orderflow.lifecycle import OrderStatus
from tasks.intake import keep_orders
from tasks.telling.announce import after_holding

ACTOR = "service:automation"
BY_AUTOMATION = "automation"
RETRY_SECONDS = 5.0
# An order may still be held while it is decided or waits for its label.
_HELD_FROM = frozenset([OrderStatus.PAID, OrderStatus.HOLD, OrderStatus.AWAITING_FULFILLMENT])


def is_action(row: InboxRow) -> bool:
    """Whether an automation service asked for it."""
    return row.source == SOURCE


def do_actions(shop: Shop, rows: Sequence[InboxRow]) -> Counter[str]:
    """Does what was asked, each in a commit of its own; what cannot be done is dead-lettered with its reason."""
    return sum((_carry_out_one(shop, row) for row in rows), Counter[str]())


def _carry_out_one(shop: Shop, row: InboxRow) -> Counter[str]:
    try:
        with shop.database.write() as conn:
            counts = _do(conn, shop, row)
            inbox.finish_inbox(conn, row.id)
        return counts
    except StaleOrder:
        with shop.database.write() as conn:
            inbox.retry_inbox(conn, row.id, "somebody else changed the order", RETRY_SECONDS)
        return Counter(postponed=1)
    except Exception as error:  # whatever it is, it is this request's: the reason is kept where an operator looks
        with shop.database.write() as conn:
            inbox.bury_inbox(conn, row.id, f"{type(error).__name__}: {error}")
        return Counter(unreadable=1)


def _do(conn: Connection, shop: Shop, row: InboxRow) -> Counter[str]:
    match read_action(row.topic, inbox.opened_body(shop.vault, row.body)):
        case CreateOrder(order=order):
            placed = order.model_copy(update={"destination": with_coordinates(order.destination)})
            return keep_orders(conn, shop, [placed])
        case HoldOrder() as wanted:
            _hold(conn, shop, _order(conn, shop, wanted.order), wanted)
        case AddNote() as wanted:
            stored = _order(conn, shop, wanted.order)
            orders.record(
                conn, stored, owner=None, kind="note", actor=ACTOR, note=wanted.note, next_at_ms=stored.next_at_ms
            )
    return Counter(acted=1)


def _order(conn: Connection, shop: Shop, number: str) -> StoredOrder:
    stored = orders.find_order(conn, shop.vault, number)
    if stored is None:
        raise Unreadable("there is no such order", field="order")
    return stored


def _hold(conn: Connection, shop: Shop, stored: StoredOrder, wanted: HoldOrder) -> None:
    if stored.status not in _HELD_FROM:
        raise Unreadable(f"an order that is {stored.status.value} cannot be held", field="order")
    to_status = OrderStatus.HOLD if stored.status is OrderStatus.PAID else None
    remedy = "Look at the order, then resume or reject it."
    case = Hold(reason=wanted.reason, code=BY_AUTOMATION, detail=wanted.detail, remedy=remedy)
    changed = orders.record(
        conn, stored, owner=None, to_status=to_status, step="none", kind="hold_opened", actor=ACTOR, note=wanted.detail
    )
    holds.open_hold(conn, stored.id, case)
    outbox.enqueue(conn, after_holding(shop, changed, case))
