"""Stock for orders that came from somewhere else: enough for most of them, spread over the locations."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from orderflow.inventory import StockLevel

# One SKU in ten is short: its shelves hold half of what the orders ask for.
SHORT_ONE_IN = 10


def stock_of_orders(orders: Sequence[dict[str, Any]], locations: Sequence[str]) -> list[StockLevel]:
    """Levels of every ordered SKU. Which location holds what follows from the SKU's name, so a run can be repeated."""
    wanted: Counter[str] = Counter()
    for order in orders:
        for line in order.get("lines", ()):
            wanted[line["sku"]] += int(line["qty"])
    return [level for sku, units in sorted(wanted.items()) for level in _spread(sku, units, locations)]


def _spread(sku: str, units: int, locations: Sequence[str]) -> list[StockLevel]:
    dice = crc32(sku.encode())
    held = units // 2 if dice % SHORT_ONE_IN == 0 else units
    first = locations[dice % len(locations)]
    second = locations[(dice // 7 + 1) % len(locations)]
    shares = Counter({first: held - held // 3})
    shares[second] += held // 3
    return [StockLevel(location=place, sku=sku, on_hand=count) for place, count in sorted(shares.items())]
