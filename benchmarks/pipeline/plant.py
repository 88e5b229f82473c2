"""A whole installation to be measured: sandbox, Prefect, worker and receiver on this machine."""

import os
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from connectors.database.session import Database
from deployments.demo import story
from deployments.demo.command import demo_home
from deployments.demo.dress import as_shopify
from deployments.demo.orders import made_orders
from deployments.demo.runs import run_to_the_end
from deployments.demo.sandbox_server import WEBHOOK_SECRET, SandboxServer, free_port
from deployments.first_steps import prepare
from deployments.home import Home
from deployments.server.server import Server

# Units of each SKU at each location: nothing must ever run out while it is measured.
PLENTY = 1_000_000


@dataclass(frozen=True)
class Plant:
    """What runs, and its books."""

    home: Home
    server: Server
    sandbox: SandboxServer
    database: Database

    def pids(self) -> list[int]:
        """The processes of the installation itself; the sandbox stands for others and is not counted."""
        return list(self.server.pids.values())

    def place(self, first_number: int, count: int, *, paid: bool = True) -> list[dict[str, Any]]:
        """Puts orders into the simulated shop and returns their signed webhooks, not yet delivered."""
        orders = made_orders(count * 2, seed=first_number, now=datetime.now(UTC), first_number=first_number)
        plain = [as_shopify(replace(order, paid=paid)) for order in orders if order.plot == ""][:count]
        request = {"orders": plain, "topic": "orders/create", "secret": WEBHOOK_SECRET}
        return self.sandbox.control("shopify", "_orders", **request)["deliveries"]

    def deliver(self, client: httpx.Client, delivery: dict[str, Any]) -> float:
        """Posts one webhook to the receiver; returns the seconds it took."""
        started = time.perf_counter()
        url = f"{self.home.receiver_address}/webhooks/shopify"
        client.post(url, content=delivery["body"].encode(), headers=delivery["headers"]).raise_for_status()
        return time.perf_counter() - started

    def query(self, statement: str) -> list[Any]:
        """Rows of our own books."""
        with self.database.read() as conn:
            return list(conn.execute(text(statement)))


@contextmanager
def running_plant(database_url: str = "") -> Generator[Plant]:
    """Everything started, stock counted, one shift running; stopped at the end."""
    home = demo_home(Path(tempfile.mkdtemp(prefix="orderflow-bench-"))).model_copy(
        update={"database_url": database_url}
    )
    prepare(home)
    document = story.demo_configuration("configuration")
    document["fulfillment"]["label_limits_per_minute"] = {"shipstation": 1_000_000, "shippo": 1_000_000}
    document["routing"]["approval"] = {"limit": None, "international": True, "vip_tiers": [], "complex_plan": False}
    document["channels"] = ["shopify"]
    document["inventory_sync"]["sources"] = ["shopify"]
    database = home.database()
    story.deploy(database, document)
    sandbox = SandboxServer(free_port(), home.folders.logs / "sandbox.log", dict(os.environ))
    server = Server(home, sandbox.variables())
    try:
        with sandbox:
            stock_up(sandbox, document)
            server.start()
            server.wait_ready()
            run_to_the_end(server, "sync-inventory", seconds=180)
            yield Plant(home, server, sandbox, database)
    finally:
        server.stop()
        database.close()


def stock_up(sandbox: SandboxServer, document: dict[str, Any]) -> None:
    """Gives every location plenty of everything."""
    levels = [
        {"location": place["channel_ids"]["shopify"], "sku": product["sku"], "on_hand": PLENTY}
        for place in document["locations"]
        for product in document["products"]
    ]
    sandbox.control("shopify", "_stock", levels=levels)
