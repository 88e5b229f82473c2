"""Orders that pile up in front of a stage: told once a day to operations and to webhooks, as long as it lasts."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from connectors.database import reports
from connectors.database.outbox import OutboxItem, OutboxRow
from connectors.shop import Shop
from orderflow.lifecycle import OrderStatus
from orderflow.notices.order_event import EventType
from orderflow.notices.staff.alerts import bottleneck_alert
from tasks.telling.addressing import Composed, to_staff
from tasks.telling.announce import operations_items, unordered_event_items

# An order should leave these within the hour; a few that do not are cases of their own.
STAGES = (OrderStatus.PAID, OrderStatus.AWAITING_FULFILLMENT)
TARGET = timedelta(hours=4)
ORDERS = 10


def bottleneck_items(conn: Connection, shop: Shop) -> list[OutboxItem]:
    """The messages about every stage that too many orders have waited in for too long."""
    now_ms = shop.database.now_ms(conn)
    day = f"{datetime.fromtimestamp(now_ms / 1000, UTC):%Y-%m-%d}"
    items: list[OutboxItem] = []
    for stage in STAGES:
        waiting, oldest_ms = reports.piled_up(conn, stage, now_ms - TARGET // timedelta(milliseconds=1))
        if waiting < ORDERS:
            continue
        key = f"bottleneck/{stage}/{day}"
        about = {"stage": stage.value, "waiting": waiting, "oldest_ms": now_ms - oldest_ms}
        items += operations_items(shop, "bottleneck", "", key, about)
        items += unordered_event_items(shop, EventType.BOTTLENECK, key, about)
    return items


def bottleneck(_: Shop, row: OutboxRow) -> Composed:
    """The alert of one stage."""
    about, oldest = row.payload, timedelta(milliseconds=row.payload["oldest_ms"])
    stage = about["stage"].replace("_", " ")
    return to_staff(bottleneck_alert(stage, about["waiting"], oldest, TARGET), row)
