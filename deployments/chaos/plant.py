"""The installation that suffers: Prefect, workers, receiver and sandbox, with stock for its orders."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.database.session import Database
from deployments.cli.output import error_console
from deployments.demo import story
from deployments.demo.command import demo_home
from deployments.demo.runs import run_to_the_end
from deployments.demo.sandbox_server import SandboxServer, free_port
from deployments.first_steps import prepare
from deployments.home import Home
from deployments.server.server import Server

# The demonstration's shelves are for so many orders.
ORDERS_OF_ONE_SHELF = 300
# A machine with other things to do takes minutes to start everything; the run itself begins afterwards.
PATIENCE_SECONDS = 600.0


@dataclass(frozen=True)
class Plant:
    """What runs, and its books."""

    home: Home
    server: Server
    sandbox: SandboxServer
    database: Database


@contextmanager
def running_plant(folder: Path, database_url: str, *, workers: int, orders: int) -> Generator[Plant]:
    """Everything started and its stock counted; stopped at the end, whatever state it is in."""
    home = demo_home(folder).model_copy(update={"workers": workers, "database_url": database_url})
    prepare(home)
    database = home.database()
    document = chaos_configuration()
    story.deploy(database, document)
    sandbox = SandboxServer(free_port(), home.folders.logs / "sandbox.log", dict(os.environ))
    server = Server(home, sandbox.variables(), say=_whisper)
    try:
        with sandbox:
            _stock_up(sandbox, document, orders)
            server.start()
            server.wait_ready(PATIENCE_SECONDS)
            run_to_the_end(server, "sync-inventory", seconds=PATIENCE_SECONDS)
            yield Plant(home, server, sandbox, database)
    finally:
        server.stop()
        database.close()


def chaos_configuration() -> dict[str, Any]:
    """The demonstration's shop with one channel and budgets that do not slow it down."""
    document = story.demo_configuration("configuration")
    document["channels"] = ["shopify"]
    document["sinks"] = ["google_sheets"]
    document["inventory_sync"]["sources"] = ["shopify"]
    document["fulfillment"]["label_limits_per_minute"] = {"shipstation": 100_000, "shippo": 100_000}
    return document


def _stock_up(sandbox: SandboxServer, document: dict[str, Any], orders: int) -> None:
    """Shelves as in the demonstration, for as many orders: most find their goods, some split or wait."""
    shelves = -(-orders // ORDERS_OF_ONE_SHELF)
    levels = [
        {"location": place["channel_ids"]["shopify"], "sku": product["sku"], "on_hand": units * shelves}
        for place in document["locations"]
        for product in document["products"]
        if (units := story.shelf_units(product["sku"], place["code"]))
    ]
    sandbox.control("shopify", "_stock", levels=levels)


def _whisper(words: str) -> None:
    error_console.print(words, style="dim", markup=False)
