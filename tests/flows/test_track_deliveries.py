"""track-deliveries, through a real Prefect server, and a carrier's webhook through the shift that reads the inbox."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
from shop_floor import RunningSandbox, deliver, fill, place, some_orders

from connectors.database import inbox, orders, shipments
from connectors.database.session import Database
from connectors.database.shipments import ShipmentRow
from connectors.installation import Installation
from deployments.demo.orders import DemoOrder
from flows.process_orders import process_orders
from flows.track_deliveries import track_deliveries
from orderflow.lifecycle import OrderStatus


def shift() -> dict[str, int]:
    return asyncio.run(process_orders(shift_minutes=1, until_idle=True))


def labelled(installation: Installation, sandbox: RunningSandbox, order: DemoOrder) -> ShipmentRow:
    database = installation.database()
    fill(database, 50)
    place(sandbox, order)
    deliver(database, order)
    shift()
    with database.read() as conn:
        stored = orders.find_order(conn, installation.vault(), str(order.number))
        assert stored is not None
        (parcel,) = shipments.shipments_of(conn, [stored.id])[stored.id]
    return parcel


def status_of(installation: Installation, database: Database, order: DemoOrder) -> OrderStatus:
    with database.read() as conn:
        stored = orders.find_order(conn, installation.vault(), str(order.number))
    assert stored is not None
    return stored.status


def scanned(sandbox: RunningSandbox, parcel: ShipmentRow) -> dict[str, str]:
    """The carrier delivers the parcel; returns the webhook it would post of that."""
    steps = [{"status": "delivered", "at": datetime.now(UTC).isoformat()}]
    request = {"tracking_number": parcel.tracking_number, "steps": steps}
    return httpx.post(f"{sandbox.address}/{parcel.provider}/_scans", json=request).raise_for_status().json()


@pytest.mark.requirement("FUL-14", "FUL-16")
def test_the_flow_asks_the_carrier_and_the_order_is_delivered(
    installation: Installation, sandbox: RunningSandbox
) -> None:
    order = some_orders(1, seed=25)[0]
    parcel = labelled(installation, sandbox, order)
    scanned(sandbox, parcel)
    totals = asyncio.run(track_deliveries())
    assert (totals["parcels_delivered"], totals["orders_delivered"]) == (1, 1)
    assert status_of(installation, installation.database(), order) is OrderStatus.DELIVERED
    assert asyncio.run(track_deliveries()) == {}


@pytest.mark.requirement("FUL-14")
def test_a_carriers_webhook_in_the_inbox_delivers_the_order_without_a_question(
    installation: Installation, sandbox: RunningSandbox
) -> None:
    order = some_orders(1, seed=22)[0]
    parcel = labelled(installation, sandbox, order)
    posted = scanned(sandbox, parcel)
    database = installation.database()
    with database.write() as conn:
        facts = {"topic": "track", "dedup_key": "delivery-1", "external_id": "", "occurred_at_ms": None}
        inbox.receive(conn, source=f"carrier:{parcel.provider}", **facts, body=posted["body"].encode())
    assert shift()["ingest_orders_delivered"] == 1
    assert status_of(installation, database, order) is OrderStatus.DELIVERED
