"""The audit queries find what is wrong, and nothing where all is well."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from connectors.database.backorders import open_backorders
from connectors.database.decisions import save_decisions
from connectors.database.invariants import MEANING, offenders, violations
from connectors.database.orders import StoredOrder, record
from connectors.database.outbox import OutboxItem, begin_sending, claim_outbox, enqueue
from connectors.database.session import Database
from connectors.database.shipments import KeptLabel, mark_labelled, plan_shipments
from connectors.database.steps import StepIntent, begin_steps
from connectors.database.stock import ReservationRequest, reserve, set_counts, ship
from connectors.protocols import Label
from orderflow.decision import Decision, Outcome, PlannedLine, PlannedShipment
from orderflow.inventory import StockLevel
from orderflow.lifecycle import OrderStatus
from orderflow.location import LocationKind
from orderflow.money import Money
from orderflow.order import Order
from orderflow.shipping.rate import ShippingSpeed

MakeOrder = Callable[..., Order]
PaidOrders = Callable[..., list[StoredOrder]]
S = OrderStatus
LINE = PlannedLine(line_no=1, sku="WIDGET", quantity=2)
LABEL = Label("shippo", "tr_1", "usps", "priority", "9400", Money.of(8, "USD"))


@pytest.fixture
def fulfilled(db: Database, make_order: MakeOrder, paid_orders: PaidOrders) -> StoredOrder:
    """An order of two units that went the whole way."""
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        set_counts(conn, [StockLevel(location="east", sku="WIDGET", on_hand=10)], source_version=1)
        reserve(conn, [ReservationRequest(order.id, 1, "WIDGET", "", "east", 2)])
        (row,) = plan_shipments(conn, order.id, [_parcel()])
        save_decisions(conn, [(order.id, _decision(order))])
        order = record(
            conn, order, owner=None, to_status=S.AWAITING_FULFILLMENT, step="label", kind="d", actor="system"
        )
        mark_labelled(conn, [KeptLabel(row.id, LABEL, "1.pdf", "ab")])
        ship(conn, order.id, [(1, "east", 2)])
        order = record(conn, order, owner=None, to_status=S.FULFILLED, step="none", kind="l", actor="system")
        enqueue(
            conn, [OutboxItem(f"{order.id}/{stage}", stage, "told", order.id) for stage in ("notify", "log", "sync")]
        )
    return order


def _parcel() -> PlannedShipment:
    return PlannedShipment(
        number=1,
        location="east",
        source=LocationKind.WAREHOUSE,
        lines=(LINE,),
        weight_grams=1,
        speed=ShippingSpeed.STANDARD,
    )


def _decision(order: StoredOrder) -> Decision:
    now = datetime(2024, 1, 15, tzinfo=UTC)
    return Decision(
        source="shopify", external_id=order.order.external_id, outcome=Outcome.SHIP, reason="", decided_at=now
    )


def broken(db: Database, *statements: str, **values: Any) -> list[str]:
    """Which invariants these changes break; they are rolled back."""
    found: list[str] = []
    try:
        with db.write() as conn:
            for statement in statements:
                conn.execute(text(statement), {key: value for key, value in values.items() if f":{key}" in statement})
            found += offenders(conn)
            raise LookupError
    except LookupError:
        return found


def test_books_that_agree_break_nothing(db: Database, fulfilled: StoredOrder) -> None:
    with db.read() as conn:
        assert violations(conn) == dict.fromkeys(MEANING, 0)


def test_an_empty_database_breaks_nothing(db: Database) -> None:
    with db.read() as conn:
        assert offenders(conn) == {}


@pytest.mark.parametrize(
    ("name", "statements"),
    [
        ("I6", ["UPDATE stock SET reserved = 1"]),
        ("I6", ["UPDATE stock SET on_hand = 1"]),
        ("I6", ["UPDATE reservation SET state = 'held', shipped = 0"]),
        ("I8", ["DELETE FROM outbox WHERE stage = 'sync'"]),
        ("I8", ["DELETE FROM outbox WHERE stage = 'log'"]),
        ("I9", ["UPDATE orders SET version = version + 1"]),
        ("I10", ["UPDATE orders SET status = 'delivered'"]),
        ("I13", ["UPDATE orders SET status = 'awaiting_fulfillment'"]),
        ("I15", ["UPDATE reservation SET state = 'held', shipped = 0"]),
        ("I15", ["DELETE FROM shipment_line"]),
        ("I15", ["UPDATE reservation SET shipped = 3, quantity = 3"]),
    ],
)
def test_each_audit_finds_what_it_looks_for(
    db: Database, fulfilled: StoredOrder, name: str, statements: Sequence[str]
) -> None:
    assert name in broken(db, *statements)


def test_a_way_that_does_not_exist_is_found(db: Database, fulfilled: StoredOrder) -> None:
    jump = (
        "INSERT INTO order_event (order_id, seq, kind, from_status, to_status, actor_id, occurred_at)"
        " VALUES (:id, :seq, 'x', 'fulfilled', 'pending', 'x', 1)"
    )
    assert broken(db, jump, id=fulfilled.id, seq=fulfilled.version + 1) == ["I9", "I11"]


def test_reserved_beyond_stock_is_found(db: Database, fulfilled: StoredOrder) -> None:
    if db.is_sqlite:
        assert "I5" in broken(db, "PRAGMA ignore_check_constraints = ON", "UPDATE stock SET reserved = 99")
    else:
        lift = "ALTER TABLE stock DROP CONSTRAINT stock_check"
        assert "I5" in broken(db, lift, "UPDATE stock SET reserved = 99")


def test_a_message_left_in_the_middle_of_sending_is_found(db: Database, fulfilled: StoredOrder) -> None:
    rows = claim_outbox(db, "notify", "worker-1", limit=5, lease_seconds=0.0)
    with db.write() as conn:
        begin_sending(conn, rows, "worker-1")
        assert list(offenders(conn)) == ["I14"]


def test_a_purchase_nobody_will_ask_about_is_found(db: Database, fulfilled: StoredOrder) -> None:
    intent = StepIntent("k", fulfilled.id, "label", "shippo", "main", "h")
    with db.write() as conn:
        begin_steps(conn, [intent], "worker-1")
        assert list(offenders(conn)) == ["I14"]


def test_units_that_wait_although_they_were_sent_are_found(db: Database, fulfilled: StoredOrder) -> None:
    with db.write() as conn:
        open_backorders(conn, fulfilled.id, [LINE])
        assert list(offenders(conn)) == ["I15"]


def test_an_order_that_waits_for_a_label_made_by_hand_is_not_forgotten(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        plan_shipments(conn, order.id, [_parcel()])
        record(conn, order, owner=None, to_status=S.AWAITING_FULFILLMENT, step="none", kind="d", actor="system")
        assert violations(conn)["I13"] == 1
        assert violations(conn, labels_by_hand=True)["I13"] == 0
