"""What the arrival or change of an order leads to."""

from datetime import UTC, datetime

import pytest

from orderflow.holds import HoldReason
from orderflow.intake import take_in
from orderflow.lifecycle import EDGES, OrderStatus
from orderflow.money import Money
from orderflow.order import Order, PaymentStatus

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def an_order(payment: PaymentStatus = PaymentStatus.PAID, *, cancelled: bool = False) -> Order:
    return Order(
        source="shopify",
        external_id="1",
        number="#1",
        placed_at=NOON,
        updated_at=NOON,
        payment_status=payment,
        cancelled_at=NOON if cancelled else None,
        total=Money.of("10", "USD"),
    )


@pytest.mark.requirement("FUL-03")
def test_a_paid_order_walks_to_paid_and_is_routed() -> None:
    intake = take_in(OrderStatus.PENDING, an_order())
    assert intake.statuses == (OrderStatus.PAYMENT_PROCESSING, OrderStatus.PAID)
    assert intake.route


@pytest.mark.requirement("FUL-03", "LANE-16")
def test_an_unpaid_order_waits_until_the_channel_says_it_is_paid() -> None:
    assert take_in(OrderStatus.PENDING, an_order(PaymentStatus.PENDING)).statuses == ()
    assert not take_in(OrderStatus.PENDING, an_order(PaymentStatus.AUTHORIZED)).route
    later = take_in(OrderStatus.PAYMENT_PROCESSING, an_order())
    assert later.statuses == (OrderStatus.PAID,) and later.route


@pytest.mark.requirement("OF-75")
def test_a_failed_payment_opens_a_case_that_names_the_field() -> None:
    hold = take_in(OrderStatus.PENDING, an_order(PaymentStatus.FAILED)).hold
    assert hold is not None
    assert (hold.reason, hold.field) == (HoldReason.PAYMENT, "payment_status")


def test_an_order_that_waits_for_approval_is_not_let_through_by_an_update() -> None:
    assert not take_in(OrderStatus.HOLD, an_order(), HoldReason.APPROVAL).route
    assert take_in(OrderStatus.HOLD, an_order(), HoldReason.ADDRESS).route


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("payment", PaymentStatus)
@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.requirement("OMS-38")
def test_taking_an_order_in_only_ever_walks_along_edges(
    status: OrderStatus, payment: PaymentStatus, cancelled: bool
) -> None:
    for reason in (None, *HoldReason):
        here = status
        for there in take_in(status, an_order(payment, cancelled=cancelled), reason).statuses:
            assert (here, there) in EDGES
            here = there


def test_a_cancelled_order_that_is_planned_asks_for_its_cancellation() -> None:
    intake = take_in(OrderStatus.AWAITING_FULFILLMENT, an_order(cancelled=True))
    assert intake.cancel and intake.statuses == ()
    assert take_in(OrderStatus.PAID, an_order(cancelled=True)).statuses == (OrderStatus.CANCELLED,)
