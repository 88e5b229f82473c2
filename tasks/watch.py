"""Watch: what should have moved by now and has not, told once to whoever can move it. Times are the database's."""

from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection

from connectors.database import audit, holds, outbox
from connectors.database.holds import HoldRow
from connectors.database.operation import counts, heartbeats
from connectors.shop import Shop
from orderflow.lifecycle import OrderStatus
from orderflow.notices.staff.escalation import escalates_at
from orderflow.routing.capacity import CAPACITY
from tasks.approving.lapse import end_lapsed
from tasks.routing.trying import stop_where_it_harms
from tasks.telling.announce import after_escalation, operations_items, stuck_order
from tasks.telling.bottlenecks import bottleneck_items
from tasks.telling.severity import severity_of
from tasks.watching.sweeps import sweep_due

STUCK_SECONDS = 24 * 3600
BEAT_MISSED_SECONDS = 180
# Statuses an order should leave by our own doing; a fulfilled one waits for the carrier.
MOVING = (OrderStatus.PAID, OrderStatus.AWAITING_FULFILLMENT, OrderStatus.PARTIALLY_FULFILLED, OrderStatus.HOLD)


@task(name="watch orders", task_run_name="look for what does not move", cache_policy=NO_CACHE, retries=2)
async def watch(shop: Shop) -> dict[str, int]:
    """Ends the cases whose time is over, raises every alert that is due and not raised yet, and does the sweeps whose
    time has come; says how many each.
    """
    lapsed = end_lapsed(shop)
    with shop.database.write() as conn:
        now_ms = shop.database.now_ms(conn)
        raised = {
            "lapsed": lapsed,
            "escalated": _escalate(conn, shop, now_ms),
            "stuck": _stuck(conn, shop),
            "sealed_days": _seal(conn, shop),
            "bottlenecks": outbox.enqueue(conn, bottleneck_items(conn, shop)),
            "stopped_experiments": int(stop_where_it_harms(conn, shop)),
            "silent_workers": len(heartbeats.stale_workers(conn, BEAT_MISSED_SECONDS)),
        }
    return raised | await sweep_due(shop)


def _escalate(conn: Connection, shop: Shop, now_ms: int) -> int:
    waiting = [held for held in holds.open_holds(conn, limit=1000) if held.hold.code != CAPACITY]
    due = [held for held in waiting if now_ms >= escalation_due_ms(shop, held)]
    return outbox.enqueue(conn, [item for held in due for item in after_escalation(shop, held)])


def escalation_due_ms(shop: Shop, held: HoldRow) -> int:
    """When the case goes to the manager: after two hours for an order of high value, else after four."""
    opened_at = datetime.fromtimestamp(held.opened_at_ms / 1000, UTC)
    return int(escalates_at(severity_of(shop, held.total), opened_at).timestamp() * 1000)


def _seal(conn: Connection, shop: Shop) -> int:
    """Seals the days that are over; the newest seal is told, so that it is kept outside the database too."""
    fresh = audit.seal_days(conn)
    if fresh:
        about = {"finding": "sealed", "count": len(fresh), "where": [f"{fresh[-1].day}: {fresh[-1].seal}"]}
        outbox.enqueue(conn, operations_items(shop, "swept", "", f"sealed/{fresh[-1].day}", about))
    return len(fresh)


def _stuck(conn: Connection, shop: Shop) -> int:
    stuck = [
        order
        for status in MOVING
        for order in counts.list_orders(conn, status=status, unchanged_seconds=STUCK_SECONDS, limit=500)
    ]
    return outbox.enqueue(conn, [item for order in stuck for item in stuck_order(shop, order.id)])
