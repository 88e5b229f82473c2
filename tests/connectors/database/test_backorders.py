"""Customers wait in the order in which they ordered."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from connectors.database.backorders import (
    allocate_part,
    backorders_of,
    open_backorders,
    open_backorders_batch,
    pending_backorders,
    settle_backorder,
)
from connectors.database.orders import StoredOrder
from connectors.database.session import Database
from orderflow.decision import PlannedLine
from orderflow.order import Order

MakeOrder = Callable[..., Order]
PaidOrders = Callable[..., list[StoredOrder]]
LINE = PlannedLine(line_no=1, sku="WIDGET", quantity=5)


@pytest.mark.requirement("OMS-27")
def test_backorders_are_listed_by_the_date_of_the_order(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    late = make_order(1)
    early = make_order(2, placed_at=late.placed_at - timedelta(days=1))
    middle = make_order(3, placed_at=late.placed_at - timedelta(hours=1))
    stored = paid_orders(late, early, middle)
    with db.write() as conn:
        assert open_backorders_batch(conn, {one.id: [LINE] for one in stored}) == 3
        waiting = pending_backorders(conn)
        assert [row.number for row in waiting] == ["#2", "#3", "#1"]
        assert pending_backorders(conn, sku="WIDGET", limit=1) == waiting[:1]
        assert pending_backorders(conn, sku="WIDGET", variant="red") == []


def test_a_line_waits_once(db: Database, make_order: MakeOrder, paid_orders: PaidOrders) -> None:
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        assert open_backorders(conn, order.id, [LINE]) == 1
        assert open_backorders(conn, order.id, [LINE]) == 0
        assert open_backorders(conn, order.id, []) == 0


@pytest.mark.requirement("OMS-23")
def test_a_backorder_goes_from_pending_to_allocated_to_shipped_and_no_other_way(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        open_backorders(conn, order.id, [LINE])
        (row,) = backorders_of(conn, order.id)
        assert (row.state, row.quantity) == ("pending", 5)
        assert not settle_backorder(conn, row.id, "shipped")
        assert settle_backorder(conn, row.id, "allocated")
        assert pending_backorders(conn) == []
        assert settle_backorder(conn, row.id, "pending")
        assert settle_backorder(conn, row.id, "allocated")
        assert settle_backorder(conn, row.id, "shipped")
        assert not settle_backorder(conn, row.id, "cancelled")
        assert [one.state for one in backorders_of(conn, order.id)] == ["shipped"]


def test_part_of_a_backorder_is_allocated_and_the_rest_keeps_its_place(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        open_backorders(conn, order.id, [LINE])
        (row,) = pending_backorders(conn)
        assert not allocate_part(conn, row.id, 5)
        assert allocate_part(conn, row.id, 2)
        (waiting,) = pending_backorders(conn)
        states = sorted((one.state, one.quantity) for one in backorders_of(conn, order.id))
    assert (waiting.id, waiting.quantity, waiting.placed_at_ms) == (row.id, 3, row.placed_at_ms)
    assert states == [("allocated", 2), ("pending", 3)]
