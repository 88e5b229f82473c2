"""sync-inventory: counts in, drift recorded, backorders refilled, availability out, waiting orders planned better by
what has come, thresholds checked, the status sheet written.
"""

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact
from prefect.runtime import flow_run

from connectors.errors import ConnectorError
from connectors.shop import Shop, open_shop
from tasks.fulfilling.count import count_partner
from tasks.refilling.refill import refill_backorders
from tasks.rerouting.swap import swap_splits
from tasks.stock.alert import check_thresholds
from tasks.stock.count import Drift, count_stock
from tasks.stock.sheet import write_stock_sheet
from tasks.sync import push_availability


@flow(name="sync-inventory", flow_run_name="sync inventory")
async def sync_inventory(everything: bool = False) -> dict[str, int]:
    """Brings our stock and the channels' in step; `everything` pushes every SKU, not only what changed.

    A source that fails does not stop the others; the run fails at the end and names it.
    """
    async with open_shop() as shop:
        if not shop.configuration.inventory_sync.enabled:
            get_run_logger().info("inventory_sync.enabled is false in the configuration: nothing done")
            return {}
        drifts, failures = await _count_all(shop)
        refilled = await refill_backorders(shop, str(flow_run.id), everything=True)
        accepted = await push_availability(shop, everything=everything or bool(drifts))
        swaps = await swap_splits(shop, str(flow_run.id))
        alerts = await check_thresholds(shop)
        rows = await write_stock_sheet(shop)
        await _publish(drifts)
    if failures:
        raise RuntimeError("; ".join(failures))
    done = {"drifts": len(drifts), "pushed": sum(accepted.values()), "alerts": sum(alerts.values()), "rows": rows}
    return done | {"swapped": swaps["swapped"], "refilled": refilled["units"]}


async def _count_all(shop: Shop) -> tuple[list[Drift], list[str]]:
    drifts: list[Drift] = []
    failures = [f"{code}: no location has this source of counts as its partner" for code in shop.idle_sources]
    counts = [(code, count_stock) for code in shop.stock_sources]
    for code, count in [*counts, *((code, count_partner) for code in shop.partners)]:
        try:
            drifts += await count(shop, code)
        except ConnectorError as error:
            failures.append(f"{code}: {error}")
    return drifts, failures


async def _publish(drifts: list[Drift]) -> None:
    if drifts:
        await acreate_table_artifact(
            key="stock-drift",
            table=[drift.model_dump() for drift in drifts[:500]],
            description="Channels that showed another number of sellable units than we hold; put right by this run.",
        )
