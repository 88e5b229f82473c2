"""Stock that came goes to the orders that wait for it, oldest first, and every unit is accounted for."""

from datetime import timedelta

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order
from shop_floor import NOW

from connectors.database import backorders, stock
from connectors.database.backorders import BackorderRow
from deployments.demo.orders import DemoOrder
from orderflow.rulings import Rejection
from tasks.refilling.refill import refill_backorders
from tasks.rerouting.reroute import reject_location
from tasks.resolve import Answer

LAMP = "LAMP-LED"


@pytest.fixture
def empty(opener: Opener) -> ShopFloor:
    """A shop that has nothing of anything."""
    floor = opener()
    floor.stock(0)
    return floor


def place_of(floor: ShopFloor) -> str:
    return next(iter(floor.shop.locations))


def came(floor: ShopFloor, units: int, place: str = "") -> dict[str, int]:
    """Units arrive, and the shift that notices gives them out."""
    with floor.database.write() as conn:
        stock.adjust(conn, place or place_of(floor), LAMP, "", units, "purchase order")
    return floor.do(refill_backorders)


def waiting(floor: ShopFloor, *units: int) -> list[DemoOrder]:
    """Orders for so many lamps each, placed a minute apart, in the books in the opposite order."""
    placed = [an_order((LAMP, count), placed_at=NOW + timedelta(minutes=n)) for n, count in enumerate(units)]
    for order in reversed(placed):
        floor.deliver(order)
        floor.work(*UP_TO_LABELS)
    return placed


def rows(floor: ShopFloor, order: DemoOrder) -> list[BackorderRow]:
    with floor.database.read() as conn:
        return backorders.backorders_of(conn, floor.stored(order).id)


def states(floor: ShopFloor, order: DemoOrder) -> dict[str, int]:
    return {row.state: row.quantity for row in rows(floor, order)}


@pytest.mark.requirement("OMS-23", "OMS-28", "OMS-53")
def test_the_oldest_order_is_served_first_and_the_next_keeps_its_turn(empty: ShopFloor) -> None:
    first, second, third = waiting(empty, 2, 5, 1)
    assert [empty.status(order) for order in (first, second, third)] == ["awaiting_fulfillment"] * 3
    assert came(empty, 4) == {"orders": 1, "units": 2}
    assert states(empty, first) == {"allocated": 2}
    empty.work(*UP_TO_LABELS)
    assert (empty.status(first), states(empty, first)) == ("fulfilled", {"shipped": 2})
    assert states(empty, second) == {"pending": 5} and states(empty, third) == {"pending": 1}
    assert came(empty, 3) == {"orders": 1, "units": 5}
    assert came(empty, 1) == {"orders": 1, "units": 1}
    empty.work(*UP_TO_LABELS)
    assert [empty.status(order) for order in (second, third)] == ["fulfilled"] * 2
    empty.books_agree()


@pytest.mark.requirement("OMS-53")
def test_a_part_may_be_sent_ahead_where_the_shop_allows_it_and_the_timeline_says_so(opener: Opener) -> None:
    floor = opener(inventory_sync={"refill": {"partly": True}})
    floor.stock(0)
    first, second = waiting(floor, 2, 5)
    assert came(floor, 4) == {"orders": 2, "units": 4}
    floor.work(*UP_TO_LABELS)
    assert (floor.status(first), floor.status(second)) == ("fulfilled", "partially_fulfilled")
    assert states(floor, second) == {"shipped": 2, "pending": 3}
    assert "refill.partly" in next(event.note for event in floor.timeline(second) if event.kind == "refilled")
    came(floor, 3)
    floor.work(*UP_TO_LABELS)
    assert floor.status(second) == "fulfilled" and len(floor.labels(second)) == 2
    floor.books_agree()


@pytest.mark.requirement("OMS-06", "OMS-53")
def test_an_order_whose_first_part_has_shipped_gets_the_rest_from_the_same_place(empty: ShopFloor) -> None:
    with empty.database.write() as conn:
        stock.adjust(conn, place_of(empty), LAMP, "", 3, "count")
    (order,) = waiting(empty, 5)
    assert empty.status(order) == "partially_fulfilled"
    came(empty, 2)
    empty.work()
    assert empty.status(order) == "fulfilled"
    assert [sum(line.quantity for line in parcel.lines) for parcel in empty.shipments(order)] == [3, 2]
    assert empty.on_hand(LAMP) == empty.reserved(LAMP) == 0
    empty.books_agree()


def test_units_a_location_may_not_send_to_the_first_go_to_the_next(empty: ShopFloor) -> None:
    first, second = waiting(empty, 1, 1)
    place = place_of(empty)
    no = Rejection(location=place, reason="closed to them", actor="user:kim")
    empty.by_hand(first, lambda stored: reject_location(empty.shop, "person-1", stored, no))
    empty.work(*UP_TO_LABELS)
    assert came(empty, 1, place) == {"orders": 1, "units": 1}
    assert states(empty, second) == {"allocated": 1}
    assert "pending" in states(empty, first)


def test_an_order_that_was_cancelled_has_no_turn(empty: ShopFloor) -> None:
    first, second = waiting(empty, 1, 1)
    empty.change(
        "UPDATE orders SET cancel_requested = :yes WHERE number LIKE :number", yes=True, number=f"%{first.number}"
    )
    came(empty, 1)
    assert states(empty, second) == {"allocated": 1}


def test_an_order_over_the_limit_that_was_approved_is_not_asked_about_again(empty: ShopFloor) -> None:
    (order,) = waiting(empty, 1)
    assert empty.hold(order) is None
    tent = an_order(("TENT-4P", 4))
    with empty.database.write() as conn:
        stock.adjust(conn, place_of(empty), "TENT-4P", "", 1, "count")
    empty.deliver(tent)
    empty.work(*UP_TO_LABELS)
    if empty.hold(tent):
        empty.answer(tent, Answer.APPROVE)
    empty.work(*UP_TO_LABELS)
    assert empty.status(tent) == "partially_fulfilled"
    with empty.database.write() as conn:
        stock.adjust(conn, place_of(empty), "TENT-4P", "", 3, "purchase order")
    empty.do(refill_backorders)
    empty.work(*UP_TO_LABELS)
    assert empty.status(tent) == "fulfilled"
    empty.books_agree()


def test_nothing_is_done_where_nothing_came_or_nobody_waits(empty: ShopFloor) -> None:
    waiting(empty, 1)
    assert came(empty, 0) == {"orders": 0, "units": 0}
    empty.stock(9, skus=("MUG-ENAMEL",))
    assert empty.do(refill_backorders) == {"orders": 0, "units": 0}
    assert empty.do(refill_backorders, everything=True) == {"orders": 0, "units": 0}


@pytest.mark.requirement("OMS-28")
def test_on_postgresql_too_units_are_given_once(opener: Opener) -> None:
    floor = opener(engine="postgresql")
    floor.stock(0)
    first, second = waiting(floor, 2, 2)
    assert came(floor, 3) == {"orders": 1, "units": 2}
    assert floor.do(refill_backorders, "worker-2", everything=True) == {"orders": 0, "units": 0}
    floor.work(*UP_TO_LABELS)
    assert (floor.status(first), floor.status(second)) == ("fulfilled", "awaiting_fulfillment")
    floor.books_agree()
