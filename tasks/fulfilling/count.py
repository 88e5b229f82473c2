"""Count: what partners have of each SKU becomes our stock once, and is compared with it ever after, as a channel's is.

A partner without buildings of its own names is one place, and a location's `channel_ids` need no name for it.
"""

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import stock
from connectors.shop import Shop
from orderflow.inventory import StockLevel
from tasks.stock.count import Drift, compare


@task(name="count partner", task_run_name="count the stock of {code}", cache_policy=NO_CACHE, retries=2)
async def count_partner(shop: Shop, code: str) -> list[Drift]:
    """Takes over what the partner counted first and returns where it disagrees with us."""
    told = await shop.partner(code).stock_levels()
    counted = [level for one in told if (level := _in_our_terms(shop, code, one))]
    with shop.database.write() as conn:
        known = stock.stock_view(conn, {(level.sku, level.variant) for level in counted})
        new = [one for one in counted if known.level(one.location, one.sku, one.variant) is None]
        stock.set_counts(conn, new, source_version=shop.database.now_ms(conn))
    return compare(code, counted, known.levels())


def _in_our_terms(shop: Shop, code: str, level: StockLevel) -> StockLevel | None:
    """The level under our location's code; None of a building no location of ours stands for."""
    mine = [place for place in shop.locations.values() if place.partner and place.partner.code == code]
    named = [place for place in mine if place.channel_ids.get(code) == level.location]
    only = mine if len(mine) == 1 and code not in mine[0].channel_ids else []
    place = next(iter(named or only), None)
    return level.model_copy(update={"location": place.code}) if place else None
