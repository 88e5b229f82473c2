"""An order through every stage, with the real connectors, against the sandbox."""

from pathlib import Path

import pytest
from shop_floor import RunningSandbox, deliver, fill, installed, some_orders, with_shop

from connectors.database import audit, orders
from connectors.shop import Shop
from orderflow.lifecycle import OrderStatus
from tasks.ingest import ingest_orders
from tasks.labelling.label import label_orders
from tasks.log import log_decisions
from tasks.routing.route import route_orders
from tasks.sync import sync_shipments
from tasks.telling.notify import notify_people

STAGES = (ingest_orders, route_orders, label_orders, notify_people, log_decisions, sync_shipments)


async def run_all(shop: Shop) -> list[object]:
    """Every stage once, in order, as one worker."""
    return [await stage.fn(shop, "worker-1") for stage in STAGES]


def statuses(shop: Shop) -> dict[str, OrderStatus]:
    with shop.database.read() as conn:
        from sqlalchemy import text

        ids = list(conn.scalars(text("SELECT id FROM orders")))
        return {stored.order.number: stored.status for stored in orders.load_orders(conn, shop.vault, ids)}


@pytest.mark.requirement("OF-67", "FUL-01", "FUL-18", "FUL-19", "FUL-20", "OMS-33")
def test_a_paid_order_goes_through_every_stage_and_leaves_a_timeline(sandbox: RunningSandbox, tmp_path: Path) -> None:
    installation = installed(tmp_path)

    async def story(shop: Shop) -> None:
        fill(shop.database, 50)
        deliver(shop.database, *some_orders(3))
        results = await run_all(shop)
        print(results)
        assert set(statuses(shop).values()) == {OrderStatus.FULFILLED}
        with shop.database.read() as conn:
            from sqlalchemy import text

            order_id = conn.scalar(text("SELECT id FROM orders LIMIT 1"))
            kinds = [event.kind for event in audit.timeline(conn, str(order_id))]
        assert kinds == ["received", "status", "status", "decision", "label_purchased"]

    with_shop(installation, story)
