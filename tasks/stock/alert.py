"""Alert: SKUs that fell to a rung of the ladder tell the people the rung names, once until they recover."""

from collections import Counter, defaultdict

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import outbox, stock
from connectors.database.stock import StockAlert
from connectors.shop import Shop
from orderflow.inventory import StockLevel
from orderflow.thresholds import crossings, ladder
from tasks.telling.announce import after_stock_alert

EVERYWHERE = ""


@task(name="check thresholds", task_run_name="check stock thresholds", cache_policy=NO_CACHE, retries=2)
async def check_thresholds(shop: Shop) -> dict[str, int]:
    """Raises the rungs that were reached since the last look; says how many of each."""
    settings = shop.configuration.inventory_sync
    rungs = ladder(settings.low_stock_threshold, settings.critical_stock_threshold)
    counts: Counter[str] = Counter()
    with shop.database.write() as conn:
        raised: dict[tuple[str, str], set[str]] = defaultdict(set)
        for alert in stock.raised_alerts(conn):
            raised[alert.sku, alert.variant].add(alert.rung)
        now_ms = shop.database.now_ms(conn)
        for level in total_levels(stock.stock_view(conn, None).levels()):
            key = (level.sku, level.variant)
            new, recovered = crossings(rungs, level.on_hand, frozenset(raised[key]))
            stock.raise_alerts(conn, [StockAlert(*key, EVERYWHERE, rung.code) for rung in new])
            stock.clear_alerts(conn, [StockAlert(*key, EVERYWHERE, code) for code in recovered])
            outbox.enqueue(conn, [item for rung in new for item in after_stock_alert(shop, level, rung, now_ms)])
            counts.update(rung.code for rung in new)
    return dict(counts)


def total_levels(levels: tuple[StockLevel, ...]) -> list[StockLevel]:
    """One level per SKU and variant: the units of all locations that are not promised to anybody."""
    summed: Counter[tuple[str, str]] = Counter()
    for level in levels:
        summed[level.sku, level.variant] += max(0, level.on_hand - level.reserved)
    return [
        StockLevel(location=EVERYWHERE, sku=sku, variant=variant, on_hand=units)
        for (sku, variant), units in sorted(summed.items())
    ]
