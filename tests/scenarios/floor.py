"""A shop whose stages tests work by hand: real connectors, the sandbox outside, and a clock that can be moved on."""

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from databases import postgresql_url, sqlite_url
from prefect import Task
from shop_floor import NOW, RunningSandbox, fill
from sqlalchemy import Connection, text

from connectors.database import audit, decisions, holds, inbox, orders, shipments, stock
from connectors.database.audit import EventRow
from connectors.database.holds import HoldRow
from connectors.database.invariants import offenders
from connectors.database.operation import counts
from connectors.database.orders import StoredOrder
from connectors.database.session import Database
from connectors.database.shipments import ShipmentRow
from connectors.database.stock import Reservation
from connectors.shop import Shop
from connectors.vault import create_key_file
from deployments.demo.dress import as_shopify
from deployments.demo.orders import PRICES, DemoLine, DemoOrder
from deployments.demo.story import demo_configuration
from deployments.first_steps import deploy_configuration
from deployments.home import Home
from orderflow.configuration import load_configuration
from orderflow.decision import Decision
from tasks.ingest import ingest_orders
from tasks.labelling.label import label_orders
from tasks.log import log_decisions
from tasks.resolve import Resolution, resolve_order
from tasks.routing.route import route_orders
from tasks.sync import sync_shipments
from tasks.telling.notify import notify_people

Document = dict[str, Any]
STAGES = (ingest_orders, route_orders, label_orders, notify_people, log_decisions, sync_shipments)
UP_TO_LABELS = STAGES[:3]
_numbers = itertools.count(700_001)


class MovedClock:
    """The database's clock: the real time, moved on by as much as a test says."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def __call__(self, _: Connection) -> int:
        return int(time.time() * 1000) + self.ahead_ms

    def forward(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        self.ahead_ms += round(1000 * (seconds + 60 * (minutes + 60 * hours)))


def an_order(*lines: tuple[str, int], **changes: Any) -> DemoOrder:
    """An order from New Jersey for one lamp, of a number nobody else has, unless something else is said."""
    asked = [
        DemoLine(sku, sku.title(), units, PRICES.get(sku, "9.00"), 300) for sku, units in lines or [("LAMP-LED", 1)]
    ]
    facts = {"number": next(_numbers), "placed_at": NOW, "plot": "", "name": "Ada Baker", "tags": (), "paid": True}
    facts |= {"line1": "12 Main Street", "city": "Newark", "region": "NJ", "postal_code": "07102"}
    facts |= {"email": f"ada{facts['number']}@example.com", "lines": tuple(asked)}
    return DemoOrder(**facts | changes)


def document_of(order: DemoOrder, **changes: Any) -> Document:
    """The order as Shopify tells of it, some fields replaced."""
    return as_shopify(order) | changes


@dataclass
class ShopFloor:
    """One shop, worked by hand."""

    shop: Shop
    sandbox: RunningSandbox
    clock: MovedClock
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.shop.database

    def run(self, work: Awaitable[Any]) -> Any:
        async def wait() -> Any:
            return await work

        return self.runner.run(wait())

    def stock(self, units: int, *, skus: tuple[str, ...] = (), places: tuple[str, ...] = ()) -> None:
        fill(self.database, units, skus=skus, places=places)

    def deliver(self, *documents: Document | DemoOrder | bytes, topic: str = "orders/create") -> None:
        """Puts documents into the inbox as webhooks would, each as a delivery of its own."""
        with self.database.write() as conn:
            for document in documents:
                told = as_shopify(document) if isinstance(document, DemoOrder) else document
                body = told if isinstance(told, bytes) else json.dumps(told).encode()
                about = {} if isinstance(told, bytes) else told
                key, external_id = f"delivery-{next(_numbers)}", str(about.get("id", ""))
                named = {"source": "shopify", "topic": topic, "dedup_key": key, "external_id": external_id}
                inbox.receive(conn, **named, occurred_at_ms=None, body=body)

    def do(self, stage: Task[..., Any], owner: str = "worker-1", **more: Any) -> Any:
        """One stage once, as this worker."""
        return self.run(stage.fn(self.shop, owner, **more))

    def work(self, *stages: Task[..., Any], owner: str = "worker-1", rounds: int = 8) -> None:
        """These stages (all of them, where none is named) until nothing of theirs is due, as one worker."""
        wanted = stages or STAGES
        names = {stage.name for stage in wanted}
        aliases = {"ingest": "inbox"}
        for _ in range(rounds):
            for stage in wanted:
                self.do(stage, owner)
            with self.database.read() as conn:
                due = counts.due_counts(conn)
            if not any(due[aliases.get(name, name)] for name in names):
                return

    def answer(self, order: DemoOrder, answer: Any, **more: Any) -> str:
        """A person's answer to a held order, at once."""
        return self.resolve(order, Resolution(answer, "user:kim", **more))

    def resolve(self, order: DemoOrder, resolution: Resolution) -> str:
        """The same, from whoever gives it."""
        return self.by_hand(order, lambda claimed: resolve_order(self.shop, "person-1", claimed, resolution))

    def by_hand(self, order: DemoOrder, act: Callable[[StoredOrder], str]) -> str:
        """What a person does to an order they have claimed; its lease is given back whatever comes of it."""
        stored = orders.claim_order(self.database, self.shop.vault, self.stored(order).id, "person-1")
        assert stored is not None, "somebody else is at the order"
        try:
            return act(stored)
        finally:
            orders.release_lease(self.database, stored.id, "person-1")

    def database_now(self) -> int:
        """The shop's clock, in epoch milliseconds."""
        with self.database.read() as conn:
            return self.database.now_ms(conn)

    def stored(self, order: DemoOrder) -> StoredOrder:
        with self.database.read() as conn:
            found = orders.find_order(conn, self.shop.vault, str(order.number))
        assert found is not None, f"order {order.number} is not in our books"
        return found

    def status(self, order: DemoOrder) -> str:
        return self.stored(order).status.value

    def hold(self, order: DemoOrder) -> HoldRow | None:
        with self.database.read() as conn:
            return holds.hold_of(conn, self.stored(order).id)

    def held(self, order: DemoOrder) -> tuple[str, str, str]:
        """Reason, code and field of the order's open case."""
        found = self.hold(order)
        assert found is not None, f"order {order.number} is not held: {self.stored(order)}"
        return found.hold.reason.value, found.hold.code, found.hold.field

    def decision(self, order: DemoOrder) -> Decision:
        with self.database.read() as conn:
            found = decisions.latest_decision(conn, self.stored(order).id)
        assert found is not None
        return found

    def shipments(self, order: DemoOrder) -> list[ShipmentRow]:
        stored = self.stored(order)
        with self.database.read() as conn:
            return shipments.shipments_of(conn, [stored.id])[stored.id]

    def reservations(self, order: DemoOrder) -> list[Reservation]:
        with self.database.read() as conn:
            return stock.reservations_of(conn, self.stored(order).id)

    def timeline(self, order: DemoOrder) -> list[EventRow]:
        with self.database.read() as conn:
            return audit.timeline(conn, self.stored(order).id)

    def reserved(self, sku: str) -> int:
        return self.rows("SELECT COALESCE(SUM(reserved), 0) AS units FROM stock WHERE sku = :sku", sku=sku)[0]["units"]

    def on_hand(self, sku: str) -> int:
        return self.rows("SELECT COALESCE(SUM(on_hand), 0) AS units FROM stock WHERE sku = :sku", sku=sku)[0]["units"]

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        with self.database.read() as conn:
            return [dict(row) for row in conn.execute(text(query), values).mappings()]

    def change(self, statement: str, **values: Any) -> None:
        with self.database.write() as conn:
            conn.execute(text(statement), values)

    def outbox(self, **wanted: str) -> list[dict[str, Any]]:
        """The messages of these columns' values, oldest first."""
        rows = self.rows("SELECT * FROM outbox ORDER BY created_at, id")
        return [row for row in rows if all(row[name] == value for name, value in wanted.items())]

    def books(self, service: str, kind: str) -> list[dict[str, Any]]:
        """What the service wrote down since this test began."""
        return self.sandbox.books(service, kind)[self.seen.get((service, kind), 0) :]

    def labels(self, order: DemoOrder | None = None, *, void: bool = False) -> list[dict[str, Any]]:
        """The labels both platforms sold since this test began; of one order where it is named, void ones on demand."""
        mine = None if order is None else {row.id for row in self.shipments(order)}
        sold = self.books("shipstation", "labels") + self.books("shippo", "labels")
        return [row for row in sold if (mine is None or row["reference"] in mine) and (void or not row["voided"])]

    def labels_agree(self) -> None:
        """No reference was sold twice, and every label sold and not void is in our books."""
        sold = [row["reference"] for row in self.labels()]
        ours = self.rows("SELECT id FROM shipment WHERE state IN ('labelled', 'delivered')")
        assert sorted(sold) == sorted(row["id"] for row in ours)

    def books_agree(self) -> None:
        """Our own books hold together, and the carriers' agree with them."""
        with self.database.read() as conn:
            assert offenders(conn) == {}
        self.labels_agree()

    def close(self) -> None:
        self.run(self.shop.aclose())
        self.runner.close()
        self.database.close()


def open_floor(sandbox: RunningSandbox, folder: Path, engine: str = "sqlite", **changes: Any) -> ShopFloor:
    """A fresh shop of the demonstration's configuration, its sections replaced by `changes`."""
    url = sqlite_url(folder) if engine == "sqlite" else postgresql_url()
    home = Home(home=folder, database_url=url)
    home.folders.create()
    create_key_file(home.key_file)
    document = merged(demo_configuration("configuration"), changes)
    clock = MovedClock()
    database = Database(url, clock=clock)
    deploy_configuration(database, document, actor="user:test")
    shop = Shop(home, database, load_configuration(document)[0])
    return ShopFloor(shop, sandbox, clock, seen=already_written(sandbox))


def merged(document: Document, changes: Document) -> Document:
    """The document with sections changed; of a section that is an object only the named settings."""
    return document | {
        name: document[name] | change if isinstance(change, dict) and isinstance(document.get(name), dict) else change
        for name, change in changes.items()
    }


def already_written(sandbox: RunningSandbox) -> dict[tuple[str, str], int]:
    """How long each of the services' books is now."""
    books = sandbox.app.state.books
    return {(service, kind): len(rows) for service, book in books.items() for kind, rows in book.dump().items()}


def keys_of(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The senders' keys of messages."""
    return [row["key"] for row in rows]


Opener = Callable[..., ShopFloor]
