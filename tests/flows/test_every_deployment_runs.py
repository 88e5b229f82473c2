"""Each deployment's flow once, through a real Prefect server."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
import yaml
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from shop_floor import RunningSandbox, deliver, fill, place, some_orders

from connectors.database import audit, holds, orders
from connectors.database.session import Database
from connectors.installation import Installation
from deployments.demo.dress import as_file_lines, as_shopify
from flows.poll_channels import poll_channels
from flows.process_order import process_order
from flows.process_orders import process_orders
from flows.refill_backorders import refill_backorders
from flows.replenish_stock import replenish_stock
from flows.resolve_hold import HoldAnswer, resolve_hold
from flows.sync_inventory import sync_inventory
from flows.watch_orders import watch_orders
from flows.weekly_report import weekly_report
from orderflow.lifecycle import OrderStatus
from tasks.resolve import Answer

PREFECT_YAML = Path(__file__).parents[2] / "prefect.yaml"


@pytest.fixture
def database(installation: Installation) -> Database:
    return installation.database()


def shift() -> dict[str, int]:
    return asyncio.run(process_orders(shift_minutes=1, until_idle=True))


def status_of(installation: Installation, database: Database, number: str) -> OrderStatus:
    with database.read() as conn:
        stored = orders.find_order(conn, installation.vault(), number)
    assert stored is not None
    return stored.status


async def artifact_of(key: str) -> str:
    wanted = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
    async with get_client() as client:
        return str((await client.read_artifacts(artifact_filter=wanted))[-1].data)


@pytest.mark.requirement("OF-67", "OF-02", "FUL-04")
def test_a_shift_takes_orders_through_every_stage_and_shows_its_decisions(
    installation: Installation, database: Database, sandbox: RunningSandbox
) -> None:
    fill(database, 50)
    place(sandbox, *some_orders(3))
    deliver(database, *some_orders(3))
    totals = shift()
    assert (totals["ingest_received"], totals["route_ship"], totals["label_labelled"]) == (3, 3, 3)
    assert totals["log_sent"] >= 3 and totals["sync_sent"] == 3
    table = asyncio.run(artifact_of("routing-decisions"))
    assert "warehouse_" in table and "shopify" in table


@pytest.mark.requirement("LANE-12")
def test_one_order_can_be_previewed_without_a_trace_and_planned_anew(
    installation: Installation, database: Database
) -> None:
    order = some_orders(1)[0]
    fill(database, 50)
    deliver(database, order, change=lambda document: document.update(total_price="1200.00"))
    shift()
    assert status_of(installation, database, str(order.number)) is OrderStatus.HOLD
    before = timeline(installation, database, str(order.number))
    assert "reserve" in asyncio.run(process_order(str(order.number), "preview"))
    assert timeline(installation, database, str(order.number)) == before
    asyncio.run(process_order(str(order.number), "replan", "kim"))
    assert "replan" in timeline(installation, database, str(order.number))


def timeline(installation: Installation, database: Database, number: str) -> list[str]:
    with database.read() as conn:
        stored = orders.find_order(conn, installation.vault(), number)
        assert stored is not None
        return [event.kind for event in audit.timeline(conn, stored.id)]


@pytest.mark.requirement("OF-68", "OF-137")
def test_a_person_approves_an_order_by_form_and_it_ships(
    installation: Installation, database: Database, sandbox: RunningSandbox
) -> None:
    fill(database, 50)
    order = some_orders(1)[0]
    place(sandbox, order)
    deliver(database, order, change=lambda document: document.update(total_price="1200.00"))
    shift()
    assert status_of(installation, database, str(order.number)) is OrderStatus.HOLD
    answer = HoldAnswer(answer=Answer.APPROVE, actor="kim", note="known customer")
    said = asyncio.run(resolve_hold(str(order.number), answer))
    assert status_of(installation, database, str(order.number)) is OrderStatus.FULFILLED, said
    with database.read() as conn:
        assert holds.open_holds(conn) == []


@pytest.mark.requirement("OF-03")
def test_polling_brings_orders_that_no_webhook_told_of(
    installation: Installation, database: Database, sandbox: RunningSandbox
) -> None:
    placed = [as_shopify(order) for order in some_orders(2, seed=5)]
    assert httpx.post(f"{sandbox.address}/shopify/_orders", json={"orders": placed, "copies": 0}).status_code == 201
    folder = installation.folders.orders
    folder.mkdir(exist_ok=True)
    (folder / "more.jsonl").write_text(json.dumps(as_file_lines(some_orders(1, seed=6)[0])) + "\n")
    seen = asyncio.run(poll_channels(["order_file"]))
    assert seen["order_file"] == {"seen": 1, "new": 1}
    fill(database, 50)
    assert shift()["ingest_received"] == 1


@pytest.mark.requirement("OF-26", "OF-43", "OF-117")
def test_a_sync_takes_stock_over_corrects_drift_and_writes_the_sheet(
    installation: Installation, database: Database, sandbox: RunningSandbox
) -> None:
    levels = [{"location": "gid://shopify/Location/1001", "sku": "MUG-ENAMEL", "on_hand": 40}]
    httpx.post(f"{sandbox.address}/shopify/_stock", json={"levels": levels})
    products = [{"sku": "MUG-ENAMEL", "name": "Mug", "stock_quantity": 7}]
    httpx.post(f"{sandbox.address}/woocommerce/_products", json={"products": products})
    first = asyncio.run(sync_inventory(everything=True))
    assert first["drifts"] == 1, "WooCommerce shows 7 where we hold 40"
    assert asyncio.run(sync_inventory())["drifts"] == 0, "the push put it right"
    sheet = (installation.folders.reports / "Inventory.csv").read_text(encoding="utf-8-sig")
    assert sheet.splitlines()[0].startswith("Product,SKU,Newark,Chicago,Los Angeles,Total,Status,Last Sync")


def test_the_watch_and_the_weekly_report_run(
    installation: Installation, database: Database, sandbox: RunningSandbox
) -> None:
    fill(database, 50)
    place(sandbox, *some_orders(2, seed=9))
    deliver(database, *some_orders(2, seed=9))
    shift()
    assert not any(asyncio.run(watch_orders(shift_minutes=0)).values())
    written = asyncio.run(weekly_report())
    assert set(written) == {"google_sheets", "csv_file"}
    assert "without a person" in asyncio.run(artifact_of("weekly-report"))


@pytest.mark.requirement("OMS-28")
def test_units_that_came_go_to_who_waits_in_the_next_shift_or_by_hand(
    installation: Installation, database: Database, sandbox: RunningSandbox
) -> None:
    fill(database, 0)
    (order,) = some_orders(1, seed=11)
    place(sandbox, order)
    deliver(database, order)
    shift()
    assert status_of(installation, database, str(order.number)) is OrderStatus.AWAITING_FULFILLMENT
    fill(database, 50)
    totals = shift()
    assert totals["refill_orders"] == 1
    shift()
    assert status_of(installation, database, str(order.number)) is OrderStatus.FULFILLED
    assert asyncio.run(refill_backorders()) == {"orders": 0, "units": 0}


@pytest.mark.requirement("OF-72")
def test_what_runs_out_is_ordered_by_the_flow(
    installation: Installation, database: Database, sandbox: RunningSandbox
) -> None:
    fill(database, 1, skus=("MUG-ENAMEL",), places=("warehouse_east",))
    raised = asyncio.run(replenish_stock())
    assert raised["alerts"] >= 2 and raised["second_suppliers"] == 0
    assert asyncio.run(replenish_stock()) == {"alerts": 0, "second_suppliers": 0}


@pytest.mark.requirement("OF-26", "OF-70", "OF-71")
def test_the_list_of_deployments_has_the_schedules_of_the_product() -> None:
    listed = {one["name"]: one for one in yaml.safe_load(PREFECT_YAML.read_text())["deployments"]}
    assert listed["sync-inventory"]["schedules"][0]["interval"] == 900
    assert listed["sync-inventory-daily"]["schedules"][0]["cron"] == "30 3 * * *"
    assert listed["weekly-report"]["schedules"][0]["cron"] == "0 7 * * 1"
    assert all(one["entrypoint"].split(".")[0] == "flows" for one in listed.values())
