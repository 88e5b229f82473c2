"""CPU time of `source_order` at ten locations, its whole trace included."""

import gc
from statistics import median
from time import process_time
from typing import NamedTuple

from benchmarks.sourcing.books import Books
from benchmarks.sourcing.product import facts_for, past_order, policy
from benchmarks.sourcing.world import CARD, HISTORY_DAYS, Size, make_world
from orderflow.rules.actions import Actions
from orderflow.sourcing.outlook import past_demand
from orderflow.sourcing.plan import source_order

BATCH = 50
TEN_LOCATIONS = Size(locations=10, skus=1000, orders=1000)


class Speed(NamedTuple):
    """Milliseconds of CPU: the median order, the 95th percentile, and the median batch of fifty."""

    order_p50: float
    order_p95: float
    batch_p50: float


def measure_speed(seed: int = 7) -> Speed:
    """Every order of a world at ten locations, with full stock, once; no other work in between."""
    world = make_world(TEN_LOCATIONS, seed)
    demand = past_demand(map(past_order, world.history), HISTORY_DAYS, world.locations, CARD)
    rules, books = policy("bid_price"), Books.of(world)
    facts = [facts_for(world, order, books, rules, demand) for order in world.orders]
    # What was built for the measurement is not the collector's business while it runs.
    gc.collect()
    gc.freeze()
    times = []
    for one in facts:
        started = process_time()
        source_order(one, Actions())
        times.append((process_time() - started) * 1000)
    gc.unfreeze()
    batches = [sum(times[i : i + BATCH]) for i in range(0, len(times) - BATCH + 1, BATCH)]
    return Speed(median(times), sorted(times)[len(times) * 95 // 100], median(batches))
