"""`python -m benchmarks.pipeline`: prints a table, and the same figures as one JSON object on the last line."""

import argparse
import json
import os
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from benchmarks.pipeline.measure import (
    cpu_percent,
    family,
    memory_mb,
    receiver_latency,
    throughput,
    webhook_to_routed,
)
from benchmarks.pipeline.plant import Plant, running_plant

POSTGRESQL = os.environ.get("ORDERFLOW_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
DATABASE = "orderflow_bench"
IDLE_SECONDS = 60.0


def main() -> None:
    """Measures SQLite, then PostgreSQL where one answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1000, help="orders per throughput measurement")
    parser.add_argument("--skip-postgresql", action="store_true")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    with running_plant() as plant:
        figures |= idle(plant)
        figures["webhook_to_routed_p95_seconds"] = webhook_to_routed(plant, 100_000, 30)
        figures["sqlite_orders_per_second"] = loaded(plant, options.orders, figures)
        figures["memory_mb"] = memory_mb(plant.pids())
        figures["receiver_p99_ms"] = receiver_latency(plant, 800_000, 20, paid=False)
        figures["receiver_p99_while_labelling_ms"] = receiver_latency(plant, 900_000, 20, paid=True)
    figures["postgresql_orders_per_second"] = None if options.skip_postgresql else on_postgresql(options.orders)
    show(figures)


def idle(plant: Plant) -> dict[str, float]:
    """What the processes use while nothing happens, beside the Prefect server's own part of it."""
    server = [plant.server.pids["prefect"]]
    everything = cpu_percent(plant.pids(), IDLE_SECONDS)
    return {"idle_cpu_percent": everything, "idle_prefect_server_cpu_percent": cpu_percent(server, IDLE_SECONDS / 2)}


def loaded(plant: Plant, count: int, figures: dict[str, Any]) -> float:
    """Throughput, with the Prefect server's share of the CPU all our processes used meanwhile."""
    before = {name: _cpu_seconds([pid]) for name, pid in plant.server.pids.items()}
    rate = throughput(plant, 200_000, count)
    used = {name: _cpu_seconds([pid]) - before[name] for name, pid in plant.server.pids.items()}
    figures["prefect_cpu_percent"] = 100 * used["prefect"] / max(sum(used.values()), 0.001)
    return rate


def _cpu_seconds(pids: list[int]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in family(pids))


def on_postgresql(count: int) -> float | None:
    """Throughput on a PostgreSQL database made for it; None where no server answers."""
    admin = create_engine(POSTGRESQL.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as conn:
            conn.execute(text(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))
            conn.execute(text(f"CREATE DATABASE {DATABASE}"))
    except OperationalError:
        return None
    try:
        with running_plant(POSTGRESQL.rsplit("/", 1)[0] + f"/{DATABASE}") as plant:
            return throughput(plant, 200_000, count)
    finally:
        with admin.connect() as conn:
            conn.execute(text(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))


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
