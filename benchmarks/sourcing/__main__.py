"""`python -m benchmarks.sourcing`: tables for people; with `--json` one object as the last line."""

import argparse
import json
import os
from pathlib import Path
from statistics import median
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.sourcing.books import Books
from benchmarks.sourcing.clairvoyant import lower_bound
from benchmarks.sourcing.olist import freight_of
from benchmarks.sourcing.peers import rows
from benchmarks.sourcing.product import run_product
from benchmarks.sourcing.speed import Speed, measure_speed
from benchmarks.sourcing.world import Size, World, make_world

SHARED = Path(os.environ.get("ORDERFLOW_SHARED", Path(__file__).resolve().parents[3] / "shared"))
SAMPLE = SHARED / "data" / "olist_orders.jsonl.gz"
SIZES = (Size(5, 500, 4000), Size(10, 500, 4000), Size(8, 600, 4000), Size(6, 1000, 5000), Size(5, 5000, 6000))


class Result(NamedTuple):
    """One world: the books of every method, and the lower bound of what anybody could have paid."""

    world: World
    books: dict[str, Books]
    bound: float

    def below(self, peer: str) -> float:
        """Percent the product's cost lies below the peer's."""
        return 100 * (self.books[peer].cost - self.books[PRODUCT].cost) / self.books[peer].cost

    @property
    def gap_closed(self) -> float:
        """Percent of the way from exact per order to the bound that the product has gone."""
        exact = self.books["exact per order"].cost
        return 100 * (exact - self.books[PRODUCT].cost) / (exact - self.bound)


PRODUCT = "the product: exact and bid price"


def main() -> None:
    """Runs every world with every seed, then the speed and the real sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument("--seeds", type=int, default=2, help="worlds of each size")
    options = parser.parse_args()
    console = Console()
    results = []
    for seed in range(1, options.seeds + 1):
        for number, size in enumerate(SIZES):
            results.append(run_world(make_world(size, 100 * seed + number)))
            console.print(_world_table(results[-1]))
    speed = measure_speed()
    console.print(_summary(results, speed), _olist_line())
    if options.json:
        print(json.dumps(_figures(results, speed)))


def run_world(world: World) -> Result:
    """One world by every method."""
    return Result(world, dict(rows(world)) | {PRODUCT: run_product(world)}, lower_bound(world))


def _figures(results: list[Result], speed: Speed) -> dict[str, float]:
    return {
        "below_exact_percent": round(median(r.below("exact per order") for r in results), 2),
        "below_points_percent": round(median(r.below("points, chain of four") for r in results), 2),
        "hindsight_gap_closed_percent": round(median(r.gap_closed for r in results), 1),
        "unfilled_while_stock": sum(r.books[PRODUCT].unfilled_while_stock for r in results),
        "ms_per_order_p50": round(speed.order_p50, 3),
        "ms_per_order_p95": round(speed.order_p95, 3),
        "ms_per_batch_of_50_p50": round(speed.batch_p50, 2),
    }


def _world_table(result: Result) -> Table:
    table = Table("method", "cost", "above the bound", "parcels", "unfilled", box=None, title=result.world.name)
    for name, books in result.books.items():
        above = f"{100 * (books.cost / result.bound - 1):.1f} %"
        table.add_row(name, f"{books.cost / 100:,.0f}", above, f"{books.parcels:,}", f"{books.unfilled}")
    table.add_row("lower bound (linear relaxation, parcels in fractions)", f"{result.bound / 100:,.0f}", "0.0 %")
    return table


def _summary(results: list[Result], speed: Speed) -> Table:
    table = Table("median over the worlds", "value", box=None)
    for name, value in _figures(results, speed).items():
        table.add_row(name, f"{value:,}")
    return table


def _olist_line() -> str:
    if not SAMPLE.exists():
        return "the Olist sample is not here: its freight is not modelled"
    freight = freight_of(SAMPLE, 3000)
    return (
        f"Olist, {freight.orders:,} real orders, modelled freight: {freight.from_home / 100:,.0f} from home only, "
        f"{freight.from_several / 100:,.0f} from five locations ({freight.saved_percent:.1f} % less)"
    )


if __name__ == "__main__":
    main()
