"""The stock status sheet: one row per product, one column per location, to every report sink."""

from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import products, stock
from connectors.shop import Shop
from orderflow.notices.sheets import Sheet, status_sheet
from tasks.tables import write_table


@task(name="write stock sheet", task_run_name="write the stock sheet", cache_policy=NO_CACHE, retries=2)
async def write_stock_sheet(shop: Shop) -> int:
    """Writes the sheet; returns how many products it shows."""
    sheet = stock_sheet(shop)
    await write_table(shop, sheet)
    return len(sheet.rows)


def stock_sheet(shop: Shop) -> Sheet:
    """The sheet as our books have it now."""
    settings = shop.configuration.inventory_sync
    with shop.database.read() as conn:
        levels = stock.stock_view(conn, None).levels()
        known = products.products_of(conn, {(level.sku, level.variant) for level in levels})
        now = datetime.fromtimestamp(shop.database.now_ms(conn) / 1000, UTC)
    return status_sheet(
        levels,
        [(code, location.title) for code, location in shop.locations.items()],
        {key: product.title or key[0] for key, product in known.items()},
        now,
        shop.configuration.shop.timezone,
        low=settings.low_stock_threshold,
        critical=settings.critical_stock_threshold,
    )
