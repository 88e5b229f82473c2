"""`python -m benchmarks.reservations`: prints a table, and the same figures as one JSON object on the last line."""

import argparse
import json
import os
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.databases import migrated_database
from benchmarks.percentiles import percentile
from benchmarks.reservations.batches import lines_per_second
from benchmarks.reservations.race import WRITERS, Race, race


def main() -> None:
    """Races and measures on SQLite, then on PostgreSQL where one answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=100_000, help="reservations tried in the race of each database")
    options = parser.parse_args()
    figures: dict[str, Any] = {"attempts": options.attempts, "writers": WRITERS}
    # Whoever waits for its disk goes behind all other programs that want a processor: waits are read with the load.
    figures |= {"processors": os.cpu_count(), "load_before": os.getloadavg()[0]}
    for engine in ("sqlite", "postgresql"):
        figures |= {f"{engine}_{name}": value for name, value in measure(engine, options.attempts).items()}
    show(figures)


def measure(engine: str, attempts: int) -> dict[str, Any]:
    """The figures of one database; none where no server answers."""
    figures: dict[str, Any] = {}
    with migrated_database(engine) as db:
        if db is not None:
            figures |= of_race(race(db, attempts))
    with migrated_database(engine) as db:
        if db is not None:
            rates = lines_per_second(db)
            figures |= {f"batch_lines_per_second_{name}": rate for name, rate in rates.items()}
            figures["batch_over_core_executemany"] = rates["product"] / rates["core_executemany"]
            figures["batch_over_orm"] = rates["product"] / rates["orm"]
    return figures


def of_race(result: Race) -> dict[str, Any]:
    """The race in figures; the percentiles are of all attempts, and of those that were granted and so written."""
    every = [attempt.seconds * 1000 for attempt in result.attempts]
    granted = [attempt.seconds * 1000 for attempt in result.attempts if attempt.granted]
    return {
        "oversold": result.oversold,
        "broken_invariants": result.broken_invariants,
        "granted": len(granted),
        "attempts_per_second": len(every) / result.seconds,
        "p50_ms": percentile(every, 50),
        "p99_ms": percentile(every, 99),
        "granted_p99_ms": percentile(granted, 99),
        "longest_ms": max(every),
    }


def show(figures: dict[str, Any]) -> None:
    """The table for people and the line for machines."""
    rounded = {name: round(value, 2) for name, value in figures.items()}
    table = Table("figure", "value", box=None)
    for name, value in rounded.items():
        table.add_row(name, f"{value:,}")
    Console().print(table)
    print(json.dumps(rounded))


if __name__ == "__main__":
    main()
