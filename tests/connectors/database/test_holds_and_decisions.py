"""Why an order waits, and what was decided for it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from connectors.database.decisions import decisions_of, latest_decision, save_decisions
from connectors.database.holds import close_hold, open_cases_of, open_hold, open_holds
from connectors.database.orders import StoredOrder
from connectors.database.session import Database
from orderflow.decision import Decision, Outcome
from orderflow.holds import Hold, HoldReason
from orderflow.money import Money
from orderflow.order import Order

MakeOrder = Callable[..., Order]
PaidOrders = Callable[..., list[StoredOrder]]

UNKNOWN_SKU = Hold(
    reason=HoldReason.INVENTORY, code="unknown_sku", field="lines[0].sku", detail="WIDGT", remedy="Correct the SKU"
)


def decision(order: StoredOrder, reason: str) -> Decision:
    decided_at = datetime(2024, 1, 15, 10, tzinfo=UTC)
    return Decision(
        source="shopify",
        external_id=order.order.external_id,
        outcome=Outcome.SHIP,
        reason=reason,
        decided_at=decided_at,
    )


def test_an_open_hold_is_in_the_queue_until_it_is_closed(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order(1001))
    with db.write() as conn:
        hold_id = open_hold(conn, order.id, UNKNOWN_SKU)
        (row,) = open_holds(conn, 10)
        assert (row.id, row.order_id, row.number, row.hold) == (hold_id, order.id, "#1001", UNKNOWN_SKU)
        assert row.total == Money.of(20, "USD")
        assert open_cases_of(conn, [order.id]) == {order.id: [UNKNOWN_SKU]}
        assert close_hold(conn, order.id, resolution="corrected", actor="user:lead") == 1
        assert open_holds(conn, 10) == []
        assert open_cases_of(conn, [order.id]) == {order.id: []}


def test_the_same_case_is_opened_once_and_may_come_again(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        first = open_hold(conn, order.id, UNKNOWN_SKU)
        assert open_hold(conn, order.id, UNKNOWN_SKU) == first
        close_hold(conn, order.id, resolution="corrected", actor="user:lead")
        assert open_hold(conn, order.id, UNKNOWN_SKU) != first


@pytest.mark.requirement("LANE-11")
def test_a_reason_in_free_text_is_refused_by_the_table(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())
    with db.write() as conn:
        open_hold(conn, order.id, UNKNOWN_SKU)
    with pytest.raises(DBAPIError), db.write() as conn:
        conn.execute(text("UPDATE hold SET reason = 'a feeling'"))


def test_every_decision_is_kept_and_the_newest_counts(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    first, second = paid_orders(make_order(), make_order())
    with db.write() as conn:
        assert latest_decision(conn, first.id) is None
        save_decisions(conn, [(first.id, decision(first, "nearest")), (second.id, decision(second, "cheapest"))])
        save_decisions(conn, [(first.id, decision(first, "by hand"))])
        assert latest_decision(conn, first.id) == decision(first, "by hand")
        assert [one.reason for one in decisions_of(conn, first.id)] == ["by hand", "nearest"]
