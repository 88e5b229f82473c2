"""`python -m benchmarks.pipeline`: prints a table, and the same figures as one JSON object on the last line."""

import argparse
import json
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.databases import empty_postgresql
from benchmarks.pipeline.growth import cost_by_size
from benchmarks.pipeline.measure import (
    cpu_percent,
    family,
    memory_mb,
    receiver_latency,
    throughput,
    webhook_to_routed,
)
from benchmarks.pipeline.plant import Plant, running_plant

IDLE_SECONDS = 60.0
WARM_UP_ORDERS = 100


def main() -> None:
    """Measures SQLite, then PostgreSQL where one answers, then what a grown database costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1000, help="orders per throughput measurement")
    parser.add_argument("--skip-postgresql", action="store_true")
    parser.add_argument("--throughput-only", action="store_true", help="leave out latency, memory, idle and growth")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    with running_plant() as plant:
        figures |= loaded(plant, options.orders) if options.throughput_only else everything(plant, options.orders)
    figures["sqlite_two_workers_orders_per_second"] = two_workers("", options.orders)
    figures["postgresql_orders_per_second"] = None if options.skip_postgresql else on_postgresql(options.orders)
    if not options.throughput_only:
        figures |= growth()
    show(figures)


def everything(plant: Plant, count: int) -> dict[str, Any]:
    """Every figure of one plant on SQLite."""
    return {
        **idle(plant),
        "webhook_to_routed_p95_seconds": webhook_to_routed(plant, 100_000, 30),
        **loaded(plant, count),
        "memory_mb": memory_mb(plant.pids()),
        "receiver_p99_ms": receiver_latency(plant, 800_000, 20, paid=False),
        "receiver_p99_while_labelling_ms": receiver_latency(plant, 900_000, 20, paid=True),
    }


def growth() -> dict[str, float]:
    """What an order costs in databases of three sizes, and how much more in the largest than in the smallest."""
    costs = cost_by_size()
    by_size = {f"cpu_ms_per_order_at_{size}": cost for size, cost in costs.items()}
    return {**by_size, "growth_1k_100k": costs[max(costs)] / costs[min(costs)]}


def idle(plant: Plant) -> dict[str, float]:
    """What the processes use while nothing happens, beside the Prefect server's own part of it."""
    server = [plant.server.pids["prefect"]]
    everything = cpu_percent(plant.pids(), IDLE_SECONDS)
    return {"idle_cpu_percent": everything, "idle_prefect_server_cpu_percent": cpu_percent(server, IDLE_SECONDS / 2)}


def loaded(plant: Plant, count: int) -> dict[str, float]:
    """Throughput, with the Prefect server's share of the CPU all our processes used meanwhile."""
    throughput(plant, 150_000, WARM_UP_ORDERS)
    before = {name: _cpu_seconds([pid]) for name, pid in plant.server.pids.items()}
    rate = throughput(plant, 200_000, count)
    used = {name: _cpu_seconds([pid]) - before[name] for name, pid in plant.server.pids.items()}
    prefect = 100 * used["prefect"] / max(sum(used.values()), 0.001)
    return {"sqlite_orders_per_second": rate, "prefect_cpu_percent": prefect}


def _cpu_seconds(pids: list[int]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in family(pids))


def on_postgresql(count: int) -> float | None:
    """Throughput of two workers on a PostgreSQL database made for it; None where no server answers."""
    with empty_postgresql("orderflow_bench") as url:
        return None if url is None else two_workers(url, count)


def two_workers(url: str, count: int) -> float:
    """Throughput of two workers on one database; "" for a new one on SQLite. Some orders go first: workers start up."""
    with running_plant(url, workers=2) as plant:
        throughput(plant, 100_000, WARM_UP_ORDERS)
        return throughput(plant, 200_000, count)


def show(figures: dict[str, Any]) -> None:
    """The table for people and the line for machines."""
    rounded = {name: round(value, 3) if value is not None else None for name, value in sorted(figures.items())}
    table = Table("figure", "value", box=None)
    for name, value in rounded.items():
        table.add_row(name, "no PostgreSQL here" if value is None else f"{value:,.2f}")
    Console().print(table)
    print(json.dumps(rounded))


if __name__ == "__main__":
    main()
