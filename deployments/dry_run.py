"""Deciding an order without leaving a trace: nothing is written, nobody outside is asked.

An order of the database is decided on a connection that cannot write. An id that begins with "test_" and is nobody's
gets the sample order below, decided in a database in memory where every configured location has ten of the sample item.
"""

import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

from pydantic import SecretStr
from sqlalchemy import Connection, make_url

from connectors.database import orders, policy, stock
from connectors.database.migrations import migrate
from connectors.database.orders import StoredOrder
from connectors.database.session import Database
from connectors.shop import Shop
from connectors.vault import new_key
from deployments.first_steps import CONFIGURATION
from deployments.home import Home
from orderflow.address import Address
from orderflow.configuration import Configuration, load_configuration
from orderflow.decision import Decision
from orderflow.inventory import StockLevel
from orderflow.lifecycle import OrderStatus
from orderflow.money import Money
from orderflow.order import Customer, Order, OrderLine, PaymentStatus

SAMPLE_PREFIX = "test_"
SAMPLE_UNITS = 10


class ReadOnlyDatabase(Database):
    """A database that refuses every write: SQLite opened with mode=ro, PostgreSQL in read-only transactions."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            address = address.set(database=f"file:{address.database}", query={"mode": "ro", "uri": "true"})
        super().__init__(address.render_as_string(hide_password=False))

    @contextmanager
    def read(self) -> Generator[Connection]:
        """A connection for reading, which the database itself keeps from writing."""
        with super().read() as conn:
            if not self.is_sqlite:
                conn.exec_driver_sql("SET TRANSACTION READ ONLY")
            yield conn

    @contextmanager
    def write(self) -> Generator[Connection]:
        """Refused: a dry run writes nothing."""
        raise PermissionError("a dry run writes nothing")
        yield


def sample_order(order_id: str, configuration: Configuration, now: datetime) -> Order:
    """The sample: a paid order for two of the shop's first product, to the address of its first location.

    Without products in the configuration the item is called SAMPLE-1 and weighs 500 grams; each costs 49.50.
    """
    product = configuration.products[0] if configuration.products else None
    currency = configuration.shop.currency
    line = OrderLine(
        line_no=1,
        line_id="1",
        sku=product.sku if product else "SAMPLE-1",
        variant=product.variant if product else "",
        title=product.title if product else "Sample item",
        quantity=2,
        unit_price=Money(amount=Decimal("49.50"), currency=currency),
        weight_grams=(product.weight_grams if product else None) or 500,
        category=product.category if product else "",
    )
    return Order(
        source="sample",
        external_id=order_id,
        number=order_id,
        placed_at=now,
        updated_at=now,
        payment_status=PaymentStatus.PAID,
        total=line.value,
        customer=Customer(customer_id="sample", name="Sample Customer", email="sample@example.com"),
        destination=configuration.locations[0].address if configuration.locations else Address(),
        lines=(line,),
    )


def decide_stored(home: Home, configuration: Configuration, order_id: str) -> tuple[Order, Decision] | None:
    """The decision an order of the database would get now; None where nobody knows the order."""
    database = ReadOnlyDatabase(home.database_address)
    try:
        shop = Shop(home, database, configuration)
        with database.read() as conn:
            stored = orders.find_order(conn, shop.vault, order_id)
        return _decide(shop, stored) if stored else None
    finally:
        database.close()


def decide_sample(home: Home, configuration: Configuration, order_id: str) -> tuple[Order, Decision]:
    """The decision the sample order would get, with ten of its item at every location."""
    throwaway = home.model_copy(update={"secret_key": SecretStr(new_key())})
    order = sample_order(order_id, configuration, datetime.now(UTC))
    line = order.lines[0]
    levels = [
        StockLevel(location=location.code, sku=line.sku, variant=line.variant, on_hand=SAMPLE_UNITS)
        for location in configuration.locations
    ]
    database = Database("sqlite://")
    try:
        migrate(database)
        with database.write() as conn:
            stock.set_counts(conn, levels, source_version=1)
        return _decide(Shop(throwaway, database, configuration), _as_stored(order))
    finally:
        database.close()


def active_or_written(home: Home) -> Configuration | None:
    """The active configuration, else the one in the configuration file, else None."""
    document = _active_document(home) or _written_document(home)
    return load_configuration(json.loads(document))[0] if document else None


def _active_document(home: Home) -> str:
    if not home.database_file_exists:
        return ""
    database = ReadOnlyDatabase(home.database_address)
    try:
        with database.read() as conn:
            version = policy.active(conn, CONFIGURATION)
        return version.document if version else ""
    finally:
        database.close()


def _written_document(home: Home) -> str:
    path = home.configuration()
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _decide(shop: Shop, stored: StoredOrder) -> tuple[Order, Decision]:
    # Prefect comes with the tasks; only this command needs to wait for its import.
    from tasks.routing.deciding import decide_all

    return stored.order, decide_all(shop, [stored])[0].decision


def _as_stored(order: Order) -> StoredOrder:
    return StoredOrder(
        id=order.external_id,
        version=1,
        status=OrderStatus.PAID,
        step="route",
        order=order,
        attempts=0,
        cancel_requested=False,
        next_at_ms=0,
    )
