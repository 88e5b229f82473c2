"""The orders of the stories, and how the channel tells of them."""

from datetime import timedelta
from typing import Any

from routing_values import BOSTON, line, order
from simulation.clock import START, START_MS

from connectors.database import inbox, orders, stock
from connectors.database.session import Database
from orderflow.inventory import StockLevel
from orderflow.order import Customer, Order
from tasks.replan import replan

ADA = Customer(customer_id="77", name="Ada Baker", email="ada@example.com")
PLACED = START - timedelta(hours=1)


def an_order(number: int, *skus: str, **changes: Any) -> Order:
    """A paid order from Boston for one unit of each SKU."""
    lines = [line(line_no, sku) for line_no, sku in enumerate(skus, start=1)]
    known = {"external_id": str(number), "number": f"#{number}", "placed_at": PLACED, "updated_at": PLACED}
    return order(*lines, **known | {"customer": ADA, "destination": BOSTON} | changes)


def changed(told: Order, minutes: int, **changes: Any) -> Order:
    """The order as the channel tells of it some minutes after it was placed."""
    return told.model_copy(update={"updated_at": PLACED + timedelta(minutes=minutes), **changes})


def cancelled(told: Order, minutes: int = 30) -> Order:
    """The order as the customer cancelled it."""
    return changed(told, minutes, cancelled_at=PLACED + timedelta(minutes=minutes))


def deliver(database: Database, told: Order) -> None:
    """Puts the order into the inbox as a webhook would; the same version of it is the same delivery."""
    named = {"source": told.source, "topic": "orders/updated", "external_id": told.external_id}
    dedup_key = f"{told.external_id}:{told.updated_at.isoformat()}"
    with database.write() as conn:
        body = told.model_dump_json().encode()
        inbox.receive(conn, **named, dedup_key=dedup_key, occurred_at_ms=None, body=body)


def count(database: Database, location: str, version: int, **units: int) -> None:
    """The location reports how many units of each SKU it has."""
    levels = [StockLevel(location=location, sku=sku, on_hand=number) for sku, number in units.items()]
    with database.write() as conn:
        stock.set_counts(conn, levels, source_version=START_MS + version)


def plan_again(shop: Any, number: str) -> bool:
    """Has a waiting order decided anew, as a person would; False while a worker has it."""
    with shop.database.read() as conn:
        stored = orders.find_order(conn, shop.vault, number)
    claimed = orders.claim_order(shop.database, shop.vault, stored.id, "person") if stored else None
    if claimed is None:
        return False
    replan(shop, "person", claimed, "user:kim")
    orders.release_lease(shop.database, claimed.id, "person")
    return True
