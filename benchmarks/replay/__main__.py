"""`make bench-replay`: thousands of orders through the real ingest and route tasks on SQLite, each decided again.

Stock runs short, some orders want approval, every location has a daily capacity: decisions of every outcome are
recorded. Prints a table, then one line of JSON; ends with status 1 if a decision was not reproduced.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from connectors.database import decisions, inbox, stock
from connectors.database.decisions import RecordedDecision
from connectors.database.decisions.packed import pack
from connectors.shop import Shop, active_configuration
from deployments.demo.dress import as_shopify
from deployments.demo.orders import made_orders
from deployments.demo.sandbox_server import SandboxServer
from deployments.demo.story import demo_configuration
from deployments.first_steps import deploy_configuration, prepare
from deployments.home import Home
from orderflow.inventory import StockLevel
from orderflow.replay.comparison import first_difference
from tasks.ingest import ingest_orders
from tasks.routing.route import route_orders

OWNER = "bench-replay"
# Units of each SKU at each location, per order: too few for all, so that some orders wait.
UNITS_PER_ORDER = 0.04


def main() -> None:
    """Routes, replays, and prints the figures."""
    parser = argparse.ArgumentParser(prog="make bench-replay")
    parser.add_argument("--orders", type=int, default=5000)
    parser.add_argument("--json", action="store_true", help="only the line for machines")
    asked = parser.parse_args()
    with shop_of_its_own() as shop:
        take_in(shop, asked.orders)
        figures = {"route_seconds": route_all(shop)} | replay_all(shop)
    figures["route_orders_per_second"] = figures["replayed"] / figures.pop("route_seconds")
    show(figures, as_json=asked.json)
    sys.exit(0 if figures["identical"] == figures["replayed"] == asked.orders else 1)


@contextmanager
def shop_of_its_own() -> Iterator[Shop]:
    """The demonstration's shop on a database file of its own, nobody to talk to."""
    with tempfile.TemporaryDirectory(prefix="orderflow-bench-") as folder:
        nobody = SandboxServer(0, Path(folder) / "unused.log", {})
        nobody.address = "http://127.0.0.1:9"
        os.environ.update(nobody.variables())
        home = Home(home=Path(folder))
        prepare(home)
        database = home.database()
        document = demo_configuration("configuration")
        places = [place | {"capacity_per_day": 1500} for place in document["locations"]]
        deploy_configuration(database, document | {"locations": places}, actor="user:bench")
        yield Shop(home, database, active_configuration(database))
        database.close()


def take_in(shop: Shop, count: int) -> None:
    """Puts the orders and some stock into the shop's books."""
    configuration, database = shop.configuration, shop.database
    units = round(count * UNITS_PER_ORDER)
    levels = [
        StockLevel(location=place.code, sku=product.sku, variant=product.variant, on_hand=units)
        for place in configuration.locations
        for product in configuration.products
    ]
    with database.write() as conn:
        stock.set_counts(conn, levels, source_version=1)
        for order in made_orders(count, seed=7, now=datetime.now(UTC), first_number=1000):
            deliver(conn, as_shopify(order) | {"financial_status": "paid"})
    while asyncio.run(ingest_orders.fn(shop, OWNER)):
        pass


def deliver(conn: Any, document: dict[str, Any]) -> None:
    """One order as its webhook would bring it."""
    known = {"source": "shopify", "topic": "orders/create", "dedup_key": str(document["id"])}
    body = json.dumps(document).encode()
    inbox.receive(conn, **known, external_id=str(document["id"]), occurred_at_ms=None, body=body)


def route_all(shop: Shop) -> float:
    """Routes everything that is due; returns the seconds it took."""
    started = time.perf_counter()
    while asyncio.run(route_orders.fn(shop, OWNER)):
        pass
    return time.perf_counter() - started


def replay_all(shop: Shop) -> dict[str, Any]:
    """Decides every recorded decision again, timing what it takes and what its record had cost."""
    spent = dict.fromkeys(("decide", "record"), 0.0)
    outcomes: Counter[str] = Counter()
    identical = replayed = record_bytes = document_bytes = 0
    started = time.perf_counter()
    with shop.database.read() as conn:
        for one in decisions.recorded_decisions(conn):
            begun = time.perf_counter()
            again = one.inputs.decide()
            spent["decide"] += time.perf_counter() - begun
            identical += first_difference(one.document, again) is None
            outcomes[again.outcome.value] += 1
            replayed += 1
            record_bytes += record_size(one, spent)
            document_bytes += len(one.document.encode())
    return {
        "replayed": replayed,
        "identical": identical,
        **{f"outcome_{name}": count for name, count in outcomes.items()},
        "replays_per_second": replayed / (time.perf_counter() - started),
        "decide_microseconds": 1e6 * spent["decide"] / replayed,
        "record_microseconds": 1e6 * spent["record"] / replayed,
        "record_bytes_per_decision": record_bytes / replayed,
        "decision_bytes_per_decision": document_bytes / replayed,
    }


def record_size(one: RecordedDecision, spent: dict[str, float]) -> int:
    """The bytes of the decision's record; what it takes to make it again is added up."""
    begun = time.perf_counter()
    packed = pack(one.inputs.document())
    spent["record"] += time.perf_counter() - begun
    return len(packed)


def show(figures: dict[str, Any], *, as_json: bool) -> None:
    """The table for people and the line for machines."""
    rounded = {name: round(value, 2) for name, value in sorted(figures.items())}
    if not as_json:
        table = Table("figure", "value", box=None)
        for name, value in rounded.items():
            table.add_row(name, f"{value:,}")
        Console().print(table)
    print(json.dumps(rounded))


if __name__ == "__main__":
    main()
