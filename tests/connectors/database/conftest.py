"""Every test here runs on both engines."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from databases import ENGINES, empty_database

from connectors.database.orders import OrderChange, StoredOrder, insert_orders, record_batch
from connectors.database.session import Database
from connectors.vault import Vault, new_key
from orderflow.address import Address
from orderflow.lifecycle import OrderStatus
from orderflow.money import Money
from orderflow.order import Customer, Order, OrderLine

PLACED = datetime(2024, 1, 15, 9, 30, tzinfo=UTC)


def order_line(line_no: int, sku: str) -> OrderLine:
    return OrderLine(line_no=line_no, line_id=f"L{line_no}", sku=sku, quantity=2, unit_price=Money.of(10, "USD"))


@pytest.fixture(params=ENGINES)
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with empty_database(request.param, tmp_path) as database:
        yield database


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault([new_key()])


@pytest.fixture
def make_order() -> Callable[..., Order]:
    """Builds an order of the shop; each call without a number makes another one."""
    counter = count(1001)

    def build(number: int | None = None, *, skus: Sequence[str] = ("WIDGET",), **changes: Any) -> Order:
        number = number or next(counter)
        lines = [order_line(line_no, sku) for line_no, sku in enumerate(skus, start=1)]
        values: dict[str, Any] = {
            "source": "shopify",
            "external_id": f"55{number}",
            "number": f"#{number}",
            "placed_at": PLACED,
            "updated_at": PLACED,
            "total": Money.of(20 * len(lines), "USD"),
            "customer": Customer(customer_id="77", name="Ada Lovelace", email="ada@example.org", phone="+15550100"),
            "destination": Address(name="Ada Lovelace", line1="12 Analytical Row", city="Austin", country="US"),
            "lines": tuple(lines),
        }
        return Order(**{**values, **changes})

    return build


@pytest.fixture
def paid_orders(db: Database, vault: Vault) -> Callable[..., list[StoredOrder]]:
    """Takes orders in and walks them to paid, due for a step."""

    def take_in(*orders: Order, step: str = "route") -> list[StoredOrder]:
        with db.write() as conn:
            taken = insert_orders(conn, vault, orders, actor="channel:shopify")
            stored = list(taken.values())
            for status, target in ((OrderStatus.PAYMENT_PROCESSING, None), (OrderStatus.PAID, step)):
                changes = [OrderChange(one, "payment", "system", to_status=status, step=target) for one in stored]
                stored = list(record_batch(conn, changes, None).orders.values())
        by_number = {one.order.number: one for one in stored}
        return [by_number[order.number] for order in orders]

    return take_in
