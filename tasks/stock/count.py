"""Count: what the channels hold of each SKU becomes our stock once, and is compared with it ever after.

The first count of an SKU at a location is taken over. From then on our database is the truth: a channel that shows
another number of sellable units has drifted, the drift is recorded, and the next push puts it right. Taking a
channel's number over each time would count our own pushes as deliveries (docs/decisions tells the story).
"""

from collections import defaultdict
from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.database import stock
from connectors.registry import canonical
from connectors.shop import Shop
from orderflow.inventory import StockLevel
from orderflow.value import Value


class Drift(Value):
    """A channel that shows another number of sellable units than we hold; `location` is empty where it sums them."""

    channel: str
    location: str
    sku: str
    variant: str
    shown: int
    ours: int


@task(name="count stock", task_run_name="count the stock of {code}", cache_policy=NO_CACHE, retries=2)
async def count_stock(shop: Shop, code: str) -> list[Drift]:
    """Takes over what the channel counted first and returns where it disagrees with us."""
    code = canonical(code)
    counted = in_our_terms(shop, code, await shop.stock_source(code).stock_levels())
    with shop.database.write() as conn:
        known = stock.stock_view(conn, {(level.sku, level.variant) for level in counted})
        new = [level for level in counted if level.location and known.level(*_key(level)) is None]
        stock.set_counts(conn, new, source_version=shop.database.now_ms(conn))
    return compare(code, counted, known.levels())


def in_our_terms(shop: Shop, code: str, levels: Sequence[StockLevel]) -> list[StockLevel]:
    """The channel's levels under our location codes; a place we do not know is left out, "" stays for a sum."""
    ours = {own: place for place, own in shop.channel_ids(code).items()}
    ours[""] = ""
    return [level.model_copy(update={"location": ours[level.location]}) for level in levels if level.location in ours]


def compare(channel: str, counted: Sequence[StockLevel], ours: Sequence[StockLevel]) -> list[Drift]:
    """Where the channel's sellable units differ from ours, per location or, for a channel without them, per SKU."""
    per_place = {_key(level): level.available for level in ours}
    totals: dict[tuple[str, str, str], int] = defaultdict(int)
    for level in ours:
        totals["", level.sku, level.variant] += level.available
    drifts = []
    for level in counted:
        held = (per_place if level.location else totals).get(_key(level))
        if held is not None and held != level.available:
            shown = level.available
            place, sku, variant = _key(level)
            drifts.append(Drift(channel=channel, location=place, sku=sku, variant=variant, shown=shown, ours=held))
    return drifts


def _key(level: StockLevel) -> tuple[str, str, str]:
    return level.location, level.sku, level.variant
