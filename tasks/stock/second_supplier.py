"""Second suppliers: a product that stays short while its supplier does not answer is asked for elsewhere, once."""

from collections.abc import Iterator

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import Connection

from connectors.database import cursors, outbox, products, stock
from connectors.database.outbox import OutboxItem
from connectors.database.session import moment
from connectors.database.stock import StockAlert
from connectors.shop import Shop
from orderflow.purchasing.second_supplier import is_second_asked, purchase_number
from orderflow.thresholds import Rung, StockAlertAction, ladder
from tasks.stock.alert import total_levels
from tasks.telling.announce import sweep_items

ANSWERED = "purchase-order-answered"


@task(name="ask second suppliers", task_run_name="ask second suppliers", cache_policy=NO_CACHE, retries=2)
async def ask_second_suppliers(shop: Shop) -> int:
    """Mails the second supplier of every product whose first one kept silent; returns how many products."""
    rungs = _mailed(shop)
    with shop.database.write() as conn:
        due = [
            (alert, raised_at_ms)
            for alert, raised_at_ms in stock.alerts_with_times(conn)
            if alert.rung in rungs and _is_due(conn, shop, alert, raised_at_ms, rungs[alert.rung])
        ]
        asked = [outbox.enqueue(conn, _items(conn, shop, alert, raised_at_ms)) for alert, raised_at_ms in due]
    return sum(1 for new in asked if new)


def _mailed(shop: Shop) -> dict[str, Rung]:
    settings = shop.configuration.inventory_sync
    rungs = ladder(settings.low_stock_threshold, settings.critical_stock_threshold)
    return {rung.code: rung for rung in rungs if StockAlertAction.SUPPLIER_EMAIL in rung.actions}


def _is_due(conn: Connection, shop: Shop, alert: StockAlert, raised_at_ms: int, rung: Rung) -> bool:
    levels = total_levels(stock.stock_view(conn, [(alert.sku, alert.variant)]).levels())
    asked_at, now = moment(raised_at_ms), moment(shop.database.now_ms(conn))
    answered = cursors.is_taken(conn, ANSWERED, purchase_number(alert.sku, asked_at))
    is_short = any(rung.reached(level.on_hand) for level in levels)
    return is_second_asked(asked_at, now, is_short=is_short, is_answered=answered)


def _items(conn: Connection, shop: Shop, alert: StockAlert, raised_at_ms: int) -> Iterator[OutboxItem]:
    product = products.products_of(conn, [(alert.sku, alert.variant)]).get((alert.sku, alert.variant))
    key = f"stock/{alert.sku}/{alert.variant}/second/{raised_at_ms}"
    if product and product.second_supplier and shop.configuration.notifications.email_enabled:
        about = {"sku": alert.sku, "variant": alert.variant, "raised_at_ms": raised_at_ms, "second": True}
        yield OutboxItem(key, "notify", "supplier", "", about | {"to": "supplier"})
    yield from sweep_items(shop, "supplier_silent", key, 48, [purchase_number(alert.sku, moment(raised_at_ms))])
