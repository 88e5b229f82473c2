"""Lapse: cases whose time is over end by themselves, without a person.

An order that waited for capacity is decided again when the location's next working day begins. An approval nobody gave
in time frees the stock; the order stays held under a new case, and whoever answers for approvals hears of it.
"""

from uuid import uuid4

from sqlalchemy import Connection

from connectors.database import holds, orders, outbox
from connectors.database.holds import HoldRow
from connectors.database.orders import StaleOrder, StoredOrder
from connectors.shop import Shop
from orderflow.lifecycle import OrderStatus
from orderflow.routing.approval import expired_hold
from orderflow.routing.capacity import CAPACITY
from tasks.labelling.cancel import release_plan
from tasks.telling.announce import after_holding

ACTOR = "system:watch-orders"


def end_lapsed(shop: Shop) -> int:
    """Ends every case whose time is over; returns how many. One whose order is being worked on waits for the next."""
    owner = f"lapse-{uuid4()}"
    with shop.database.read() as conn:
        lapsed = holds.lapsed_holds(conn)
    return sum(_end(shop, owner, held) for held in lapsed)


def _end(shop: Shop, owner: str, held: HoldRow) -> bool:
    stored = orders.claim_order(shop.database, shop.vault, held.order_id, owner)
    if stored is None:
        return False
    try:
        with shop.database.write() as conn:
            now = holds.hold_of(conn, held.order_id)
            if now is None or now.id != held.id:
                return False
            end = _decide_again if held.hold.code == CAPACITY else _expire
            end(conn, shop, owner, stored, held)
    except StaleOrder:
        return False
    finally:
        orders.release_lease(shop.database, held.order_id, owner)
    return True


def _decide_again(conn: Connection, _: Shop, owner: str, stored: StoredOrder, held: HoldRow) -> None:
    holds.close_hold(conn, stored.id, resolution="the next working day began", actor=ACTOR)
    to_status = OrderStatus.PAID if stored.status is OrderStatus.HOLD else None
    change = {"to_status": to_status, "step": "route", "kind": "capacity_opened", "note": held.hold.detail}
    orders.record(conn, stored, owner=owner, actor=ACTOR, **change)


def _expire(conn: Connection, shop: Shop, owner: str, stored: StoredOrder, held: HoldRow) -> None:
    case = expired_hold(held.hold)
    release_plan(conn, stored.id)
    holds.close_hold(conn, stored.id, resolution="expired", actor=ACTOR)
    changed = orders.record(
        conn, stored, owner=owner, step="none", kind="approval_expired", actor=ACTOR, note=held.hold.detail
    )
    holds.open_hold(conn, stored.id, case)
    outbox.enqueue(conn, after_holding(shop, changed, case))
