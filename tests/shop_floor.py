"""A whole shop for tests: an installation in a folder, the demonstration's configuration, the sandbox to talk to."""

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn

from connectors.database import inbox, stock
from connectors.database.session import Database
from connectors.installation import Installation
from connectors.shop import Shop, open_shop
from deployments.demo.dress import as_shopify
from deployments.demo.orders import DemoOrder, made_orders
from deployments.demo.sandbox_server import SandboxServer
from deployments.demo.story import demo_configuration
from deployments.first_steps import deploy_configuration, prepare
from deployments.home import Home
from deployments.sandbox.app import create_app
from orderflow.inventory import StockLevel

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
Result = TypeVar("Result")


class RunningSandbox:
    """The sandbox on a port of its own, in a thread, for clients that cannot be given a transport."""

    def __init__(self) -> None:
        self.app = create_app()
        self.server = uvicorn.Server(uvicorn.Config(self.app, port=0, log_level="error", access_log=False))
        self._thread = threading.Thread(target=self.server.run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        while not self.server.started:
            time.sleep(0.01)

    @property
    def address(self) -> str:
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def fail(self, service: str, operation: str, mode: str, **more: Any) -> None:
        request = {"service": service, "operation": operation, "mode": mode, **more}
        assert httpx.post(f"{self.address}/faults", json=request).status_code == 201

    def behave(self) -> None:
        httpx.delete(f"{self.address}/faults")

    def books(self, service: str, kind: str) -> list[dict[str, Any]]:
        return self.app.state.books[service].dump().get(kind, [])

    def stop(self) -> None:
        self.server.should_exit = True
        self._thread.join(5)


@contextmanager
def running_sandbox() -> Iterator[RunningSandbox]:
    sandbox = RunningSandbox()
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()


def connector_variables(address: str) -> dict[str, str]:
    """The environment that leads every connector to the sandbox at this address."""
    server = SandboxServer(0, Path("unused"), {})
    server.address = address
    return server.variables()


def installed(folder: Path, database_url: str = "", **changes: Any) -> Installation:
    """An installation with the demonstration's configuration active, its sections replaced by `changes`."""
    home = Home(home=folder, database_url=database_url)
    prepare(home)
    document = demo_configuration("configuration") | changes
    database = home.database()
    try:
        deploy_configuration(database, document, actor="user:test")
    finally:
        database.close()
    return home


def fill(database: Database, units: int, *, skus: tuple[str, ...] = (), places: tuple[str, ...] = ()) -> None:
    """Puts units of each SKU at each location."""
    document = demo_configuration("configuration")
    levels = [
        StockLevel(location=place, sku=sku, on_hand=units)
        for sku in skus or [product["sku"] for product in document["products"]]
        for place in places or [location["code"] for location in document["locations"]]
    ]
    with database.write() as conn:
        stock.set_counts(conn, levels, source_version=database.now_ms(conn))


def some_orders(count: int, *, seed: int = 1, plot: str | None = "") -> list[DemoOrder]:
    """Made-up orders; of one plot only, or of all for None. Each seed has order numbers of its own."""
    made = made_orders(count * 40, seed=seed, now=NOW, first_number=1000 * seed)
    return [order for order in made if plot is None or order.plot == plot][:count]


def deliver(database: Database, *orders: DemoOrder, change: Callable[[dict[str, Any]], Any] = lambda _: None) -> None:
    """Puts the orders into the inbox as Shopify's webhooks would; `change` may spoil each document first."""
    with database.write() as conn:
        for order in orders:
            document = as_shopify(order)
            change(document)
            body = json.dumps(document).encode()
            key = f"{document['id']}:{document['updated_at']}:{len(body)}"
            inbox.receive(
                conn,
                source="shopify",
                topic="orders/create",
                dedup_key=key,
                external_id=str(document["id"]),
                occurred_at_ms=None,
                body=body,
            )


def place(sandbox: RunningSandbox, *orders: DemoOrder) -> None:
    """Puts the orders into the simulated Shopify's own books, with stock to ship them, and sends no webhook."""
    document = demo_configuration("configuration")
    levels = [
        {"location": location["channel_ids"]["shopify"], "sku": product["sku"], "on_hand": 50}
        for location in document["locations"]
        for product in document["products"]
    ]
    httpx.post(f"{sandbox.address}/shopify/_stock", json={"levels": levels}).raise_for_status()
    request = {"orders": [as_shopify(order) for order in orders], "copies": 0}
    httpx.post(f"{sandbox.address}/shopify/_orders", json=request).raise_for_status()


def with_shop(installation: Installation, work: Callable[[Shop], Awaitable[Result]]) -> Result:
    """Runs the work with the installation's shop open."""

    async def run() -> Result:
        async with open_shop(installation) as shop:
            return await work(shop)

    return asyncio.run(run())
