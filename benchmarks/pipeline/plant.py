"""A whole installation to be measured: sandbox, Prefect, worker and receiver on this machine."""

import os
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text

from connectors.database import stock
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
from orderflow.inventory import StockLevel

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
        return placed(self.sandbox, first_number, count, paid=paid)

    def poster(self) -> "Poster":
        """Somebody who posts webhooks to the receiver."""
        return Poster(self.home.receiver_address)

    def query(self, statement: str) -> list[Any]:
        """Rows of our own books."""
        with self.database.read() as conn:
            return list(conn.execute(text(statement)))


class Poster:
    """Posts webhooks, each thread on a connection it keeps.

    A plain connection and not httpx's client: whoever posts works on the cores that are measured.
    """

    def __init__(self, address: str) -> None:
        self._address = urlsplit(address)
        self._mine = threading.local()

    def __call__(self, delivery: dict[str, Any]) -> float:
        """Posts one webhook; returns the seconds it took. Raises RuntimeError where it is not accepted."""
        started = time.perf_counter()
        connection = self._connection()
        connection.request("POST", "/webhooks/shopify", delivery["body"].encode(), delivery["headers"])
        answer = connection.getresponse()
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"the receiver refuses a webhook: {answer.status} {answer.read()!r}")
        answer.read()
        return time.perf_counter() - started

    def _connection(self) -> HTTPConnection:
        if not hasattr(self._mine, "connection"):
            host, port = str(self._address.hostname), self._address.port
            self._mine.connection = HTTPConnection(host, port, timeout=30)
        return self._mine.connection


def placed(sandbox: SandboxServer, first_number: int, count: int, *, paid: bool = True) -> list[dict[str, Any]]:
    """Puts plain orders into the simulated shop; returns their signed webhooks."""
    orders = made_orders(count * 2, seed=first_number, now=datetime.now(UTC), first_number=first_number)
    plain = [as_shopify(replace(order, paid=paid)) for order in orders if order.plot == ""][:count]
    request = {"orders": plain, "topic": "orders/create", "secret": WEBHOOK_SECRET}
    return sandbox.control("shopify", "_orders", **request)["deliveries"]


@contextmanager
def running_plant(database_url: str = "", *, workers: int = 1) -> Generator[Plant]:
    """Everything started, stock counted, one shift running for each worker; stopped at the end."""
    home = configured_home(database_url, workers)
    database = home.database()
    try:
        with open_sandbox() as sandbox:
            server = Server(home, sandbox.variables())
            try:
                server.start()
                server.wait_ready()
                run_to_the_end(server, "sync-inventory", seconds=180)
                yield Plant(home, server, sandbox, database)
            finally:
                server.stop()
    finally:
        database.close()


def configured_home(database_url: str = "", workers: int = 1) -> Home:
    """An installation in a folder of its own: the demonstration's shop without limits, plenty of stock counted."""
    home = demo_home(Path(tempfile.mkdtemp(prefix="orderflow-bench-"))).model_copy(
        update={"database_url": database_url, "workers": workers}
    )
    prepare(home)
    document = configuration()
    database = home.database()
    try:
        story.deploy(database, document)
        levels = [
            StockLevel(location=place["code"], sku=product["sku"], on_hand=PLENTY)
            for place in document["locations"]
            for product in document["products"]
        ]
        with database.write() as conn:
            stock.set_counts(conn, levels, source_version=1)
    finally:
        database.close()
    return home


def configuration() -> dict[str, Any]:
    """The demonstration's configuration with one channel, and without limits or approvals."""
    document = story.demo_configuration("configuration")
    document["fulfillment"]["label_limits_per_minute"] = {"shipstation": 1_000_000, "shippo": 1_000_000}
    document["routing"]["approval"] = {"limit": None, "international": True, "vip_tiers": [], "complex_plan": False}
    document["channels"] = ["shopify"]
    document["inventory_sync"]["sources"] = ["shopify"]
    return document


@contextmanager
def open_sandbox() -> Generator[SandboxServer]:
    """The outside services on a port of their own, with plenty of stock in the simulated shop."""
    log = Path(tempfile.mkdtemp(prefix="orderflow-bench-sandbox-")) / "sandbox.log"
    with SandboxServer(free_port(), log, dict(os.environ)) as sandbox:
        stock_up(sandbox, configuration())
        yield sandbox


def stock_up(sandbox: SandboxServer, document: dict[str, Any]) -> None:
    """Gives every location plenty of everything."""
    levels = [
        {"location": place["channel_ids"]["shopify"], "sku": product["sku"], "on_hand": PLENTY}
        for place in document["locations"]
        for product in document["products"]
    ]
    sandbox.control("shopify", "_stock", levels=levels)
