"""One order has many shipments, each with its own label and its own way."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from connectors.database.orders import StoredOrder
from connectors.database.session import Database
from connectors.database.shipments import (
    KeptLabel,
    mark_delivered,
    mark_labelled,
    mark_voided,
    plan_shipments,
    plan_shipments_batch,
    shipment_tracked,
    shipments_of,
    shipments_under_way,
)
from connectors.protocols import Label
from orderflow.decision import PlannedLine, PlannedShipment
from orderflow.location import LocationKind
from orderflow.money import Money
from orderflow.order import Order
from orderflow.shipping.rate import ShippingSpeed

MakeOrder = Callable[..., Order]
PaidOrders = Callable[..., list[StoredOrder]]

LABEL = Label(
    provider="shippo",
    provider_reference="tr_1",
    carrier="usps",
    service="priority",
    tracking_number="9400",
    cost=Money.of("7.85", "USD"),
)
OTHER_LABEL = replace(LABEL, tracking_number="9401", cost=Money.of("6.10", "EUR"))


def planned(number: int = 1, location: str = "east", line_no: int = 1) -> PlannedShipment:
    return PlannedShipment(
        number=number,
        location=location,
        source=LocationKind.WAREHOUSE,
        lines=(PlannedLine(line_no=line_no, sku="WIDGET", quantity=2),),
        weight_grams=500,
        speed=ShippingSpeed.EXPEDITED,
    )


@pytest.mark.requirement("OMS-48")
def test_one_order_has_three_shipments_apart_from_the_order(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        rows = plan_shipments(conn, order.id, [planned(1), planned(2, "west"), planned(3, "north")], ["gift_wrap"])
        assert shipments_of(conn, [order.id, "another"]) == {order.id: rows, "another": []}
    assert [(row.number, row.location, row.services) for row in rows] == [
        (1, "east", ("gift_wrap",)),
        (2, "west", ("gift_wrap",)),
        (3, "north", ("gift_wrap",)),
    ]


@pytest.mark.requirement("OMS-45")
def test_a_fulfilment_line_says_order_line_source_and_state(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    query = text(
        "SELECT line.order_id, line.line_no, shipment.source, shipment.location, shipment.state"
        " FROM shipment_line AS line JOIN shipment ON shipment.id = line.shipment_id"
    )
    with db.write() as conn:
        plan_shipments(conn, order.id, [planned(line_no=2)])
        assert tuple(conn.execute(query).one()) == (order.id, 2, "warehouse", "east", "pending")


def test_a_source_nobody_knows_is_refused(db: Database, make_order: MakeOrder, paid_orders: PaidOrders) -> None:
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        plan_shipments(conn, order.id, [planned()])
    with pytest.raises(DBAPIError), db.write() as conn:
        conn.execute(text("UPDATE shipment SET source = 'teleport'"))


def test_planning_again_replaces_what_has_no_label(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        plan_shipments(conn, order.id, [planned(1), planned(2)])
        (row,) = plan_shipments(conn, order.id, [planned(1, "west")])
        assert shipments_of(conn, [order.id])[order.id] == [row]
    assert (row.number, row.location) == (1, "west")


def test_a_number_that_had_a_label_is_never_given_again(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        (first,) = plan_shipments(conn, order.id, [planned()])
        mark_labelled(conn, [KeptLabel(first.id, LABEL, "labels/1.pdf", "ab")])
        assert mark_voided(conn, first.id)
        (second,) = plan_shipments(conn, order.id, [planned()])
        states = [(row.number, row.state) for row in shipments_of(conn, [order.id])[order.id]]
    assert second.number == 2
    assert states == [(1, "voided"), (2, "pending")]


def test_a_label_is_noted_once(db: Database, make_order: MakeOrder, paid_orders: PaidOrders) -> None:
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        row, other = plan_shipments(conn, order.id, [planned(1), planned(2)])
        assert mark_labelled(conn, [KeptLabel(row.id, LABEL, "labels/1.pdf", "ab")]) == {row.id}
        again = [KeptLabel(row.id, LABEL, "labels/2.pdf", "cd"), KeptLabel(other.id, OTHER_LABEL, "", "")]
        assert mark_labelled(conn, again) == {other.id}
        ((labelled, other),) = shipments_of(conn, [order.id]).values()
    assert (labelled.state, labelled.label_path, labelled.cost) == ("labelled", "labels/1.pdf", Money.of("7.85", "USD"))
    assert (labelled.provider_reference, labelled.tracking_number) == ("tr_1", "9400")
    assert (other.state, other.tracking_number, other.cost) == ("labelled", "9401", Money.of("6.10", "EUR"))


def test_a_parcel_is_followed_from_label_to_door(db: Database, make_order: MakeOrder, paid_orders: PaidOrders) -> None:
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        first, _second = plan_shipments(conn, order.id, [planned(1), planned(2)])
        assert shipments_under_way(conn, limit=10) == []
        mark_labelled(conn, [KeptLabel(first.id, LABEL, "labels/1.pdf", "ab")])
        assert [row.id for row in shipments_under_way(conn, limit=10)] == [first.id]
        assert mark_delivered(conn, first.id, 1_705_000_000_000)
        assert not mark_voided(conn, first.id)
        assert shipments_under_way(conn, limit=10) == []
        found = shipment_tracked(conn, "9400")
        assert found and (found.state, found.delivered_at_ms) == ("delivered", 1_705_000_000_000)
        assert shipment_tracked(conn, "") is None


def test_a_batch_is_planned_together(db: Database, make_order: MakeOrder, paid_orders: PaidOrders) -> None:
    first, second = paid_orders(make_order(), make_order())
    with db.write() as conn:
        plans = plan_shipments_batch(conn, {first.id: [planned()], second.id: [planned(), planned(2)]})
        assert shipments_of(conn, [first.id, second.id]) == plans
    assert [len(rows) for rows in plans.values()] == [1, 2]
