"""What the demonstration does: a shop is set up, orders come in, everything runs, and the books are compared."""

import gzip
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from connectors.database import stock
from connectors.database.session import Database
from deployments.demo.dress import as_file_lines, as_shopify, as_woocommerce
from deployments.demo.orders import DemoOrder, made_orders
from deployments.demo.sandbox_server import WEBHOOK_SECRET, SandboxServer
from deployments.demo.world import stock_of_orders
from deployments.first_steps import deploy_configuration
from deployments.home import Home
from orderflow.inventory import StockLevel

# Units of each SKU at each location. Some are nearly gone, so that orders for them split or wait; some lie at one
# location only, so that orders for two of them split.
UNITS = 140
SCARCE_UNITS = {"TENT-4P": 9, "GPS-TRACK": 11}
ONLY_AT = {"STOVE-GAS": "warehouse_la", "MAP-ALPS": "warehouse_central", "MUG-ENAMEL": "warehouse_east"}


@dataclass(frozen=True)
class Sent:
    """How many orders each way brought."""

    by_channel: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_channel.values())


def demo_configuration(name: str) -> dict[str, Any]:
    """One of the configurations that come with the demonstration: "configuration" or "brazil"."""
    return json.loads(resources.files("deployments.demo").joinpath(f"{name}.json").read_text(encoding="utf-8"))


def deploy(database: Database, document: Mapping[str, Any]) -> None:
    """Makes the configuration the active one."""
    deploy_configuration(database, document, actor="user:demo")


def fill_shelves(sandbox: SandboxServer, document: Mapping[str, Any]) -> None:
    """Gives the simulated shops their stock; ours learns of it by the first sync."""
    counts = [
        (place, product["sku"], shelf_units(product["sku"], place["code"]))
        for place in document["locations"]
        for product in document["products"]
    ]
    levels = [
        {"location": place["channel_ids"]["shopify"], "sku": sku, "on_hand": units}
        for place, sku, units in counts
        if units
    ]
    sandbox.control("shopify", "_stock", levels=levels)
    totals: Counter[str] = Counter()
    for _, sku, units in counts:
        totals[sku] += units
    products = [{"sku": sku, "name": sku, "stock_quantity": total} for sku, total in totals.items()]
    sandbox.control("woocommerce", "_products", products=products)


def shelf_units(sku: str, location: str) -> int:
    """How many units of an SKU the demonstration puts at a location."""
    return 0 if ONLY_AT.get(sku, location) != location else SCARCE_UNITS.get(sku, UNITS)


def send_orders(sandbox: SandboxServer, home: Home, count: int, seed: int) -> Sent:
    """Sends that many orders: half by Shopify, a third by WooCommerce, the rest in a file; some webhooks twice."""
    orders = made_orders(count, seed=seed, now=datetime.now(UTC), first_number=10_001)
    shopify, woocommerce = orders[: count // 2], orders[count // 2 : count // 2 + count // 3]
    in_file = orders[count // 2 + count // 3 :]
    _place(sandbox, home, "shopify", [as_shopify(order) for order in shopify], "orders/create")
    _place(sandbox, home, "woocommerce", [as_woocommerce(order) for order in woocommerce], "order.created")
    _drop_file(home, in_file)
    return Sent({"shopify": len(shopify), "woocommerce": len(woocommerce), "order_file": len(in_file)})


def _place(sandbox: SandboxServer, home: Home, channel: str, orders: Sequence[dict[str, Any]], topic: str) -> None:
    request = {"deliver_to": f"{home.receiver_address}/webhooks/{channel}", "secret": WEBHOOK_SECRET, "topic": topic}
    sandbox.control(channel, "_orders", orders=list(orders), **request)
    repeated = list(orders[:5])
    sandbox.control(channel, "_orders", orders=repeated, copies=2, shuffled=True, **request)


def _drop_file(home: Home, orders: Sequence[DemoOrder]) -> None:
    lines = "".join(json.dumps(as_file_lines(order)) + "\n" for order in orders)
    draft = home.folders.orders / "demo.part"
    draft.write_text(lines, encoding="utf-8")
    draft.replace(home.folders.orders / "demo-orders.jsonl")


def send_file(home: Home, database: Database, file: Path, limit: int, document: Mapping[str, Any]) -> Sent:
    """Drops the first lines of an order file into the folder, with stock for most of what they ask for."""
    lines = read_lines(file, limit)
    levels = stock_of_orders([json.loads(line) for line in lines], [place["code"] for place in document["locations"]])
    _count(database, levels)
    draft = home.folders.orders / "orders.part"
    draft.write_text("".join(lines), encoding="utf-8")
    draft.replace(home.folders.orders / "orders.jsonl")
    return Sent({"order_file": len(lines)})


def read_lines(file: Path, limit: int) -> list[str]:
    """The first lines of a text file, which may be packed with gzip."""
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as text:
        return [line for _, line in zip(range(limit), text, strict=False)]


def _count(database: Database, levels: Sequence[StockLevel]) -> None:
    with database.write() as conn:
        stock.set_counts(conn, levels, source_version=database.now_ms(conn))
