"""The statuses of an order and the only ways between them."""

from datetime import UTC, datetime
from itertools import product

import pytest

from orderflow.lifecycle import (
    CORE_EDGES,
    EDGES,
    HOLD_EDGES,
    InvalidTransitionError,
    OrderStatus,
    StatusChange,
    advance,
)

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
CORE = (
    "pending",
    "payment_processing",
    "paid",
    "awaiting_fulfillment",
    "partially_fulfilled",
    "fulfilled",
    "delivered",
    "cancelled",
    "refunded",
)
# The table as it was agreed, written out once more by hand.
AGREED = {
    "pending": {"payment_processing", "cancelled"},
    "payment_processing": {"paid", "cancelled"},
    "paid": {"awaiting_fulfillment", "cancelled"},
    "awaiting_fulfillment": {"partially_fulfilled", "fulfilled", "cancelled"},
    "partially_fulfilled": {"fulfilled"},
    "fulfilled": {"delivered", "refunded"},
    "delivered": {"refunded"},
    "cancelled": set(),
    "refunded": set(),
}
HOLDING = {
    "paid": {"hold", "fraud_check"},
    "hold": {"paid", "cancelled"},
    "fraud_check": {"paid", "cancelled"},
}


def moved(from_status: str, to_status: str) -> tuple[OrderStatus, StatusChange]:
    return advance(OrderStatus(from_status), OrderStatus(to_status), actor="system", now=NOW, note="why")


@pytest.mark.requirement("OMS-37")
def test_the_nine_statuses_and_the_two_kinds_of_waiting_exist():
    assert {status.value for status in OrderStatus} == {*CORE, "hold", "fraud_check"}


@pytest.mark.requirement("OMS-38")
@pytest.mark.parametrize(("from_status", "to_status"), list(product(CORE, CORE)))
def test_among_the_nine_core_statuses_only_the_thirteen_agreed_ways_are_open(from_status, to_status):
    if to_status in AGREED[from_status]:
        assert moved(from_status, to_status)[0] == to_status
    else:
        with pytest.raises(InvalidTransitionError):
            moved(from_status, to_status)


@pytest.mark.requirement("OMS-38")
def test_there_are_thirteen_core_ways_and_six_for_holds():
    assert (len(CORE_EDGES), len(HOLD_EDGES), len(EDGES)) == (13, 6, 19)
    waiting = {(a, b) for a, ends in HOLDING.items() for b in ends}
    assert waiting == {(a.value, b.value) for a, b in HOLD_EDGES}


@pytest.mark.requirement("OMS-39")
@pytest.mark.parametrize(
    ("from_status", "to_status"), [("pending", "delivered"), ("cancelled", "paid"), ("hold", "fulfilled")]
)
def test_a_way_that_is_not_open_is_refused_by_name_and_leaves_no_event(from_status, to_status):
    with pytest.raises(InvalidTransitionError) as refused:
        moved(from_status, to_status)
    assert str(refused.value) == f"Invalid transition: {from_status} → {to_status}"


@pytest.mark.requirement("OMS-35")
def test_a_change_of_status_is_told_as_from_and_to():
    status, change = moved("paid", "hold")
    assert status is OrderStatus.HOLD
    assert change.sentence == "from paid to hold"
    assert (change.actor, change.note, change.occurred_at) == ("system", "why", NOW)


def test_every_status_can_be_reached_and_every_order_can_end():
    ahead = {status: {b for a, b in EDGES if a is status} for status in OrderStatus}
    reached, frontier = {OrderStatus.PENDING}, [OrderStatus.PENDING]
    while frontier:
        frontier = [b for a in frontier for b in ahead[a] - reached]
        reached |= set(frontier)
    assert reached == set(OrderStatus)
    assert {status.value for status in OrderStatus if not ahead[status]} == {"cancelled", "refunded"}
