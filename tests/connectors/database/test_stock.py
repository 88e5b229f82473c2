"""Units are promised once, and every change of stock is in the ledger."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from connectors.database.session import Database
from connectors.database.stock import (
    AlreadyReserved,
    ReservationRequest,
    StockAlert,
    adjust,
    clear_alerts,
    known_skus,
    raise_alerts,
    raised_alerts,
    release,
    reservations_of,
    reserve,
    set_counts,
    set_safety_stock,
    ship,
    stock_view,
    unship,
)
from orderflow.inventory import StockLevel


def level(location: str = "east", sku: str = "WIDGET", on_hand: int = 10, **more: object) -> StockLevel:
    return StockLevel.model_validate({"location": location, "sku": sku, "on_hand": on_hand, **more})


def count_in(db: Database, *levels: StockLevel, version: int = 1) -> None:
    with db.write() as conn:
        set_counts(conn, levels, source_version=version)


def request(order_id: str, quantity: int = 1, line_no: int = 1, **more: str) -> ReservationRequest:
    cell = {"sku": "WIDGET", "variant": "", "location": "east", **more}
    return ReservationRequest(order_id, line_no, cell["sku"], cell["variant"], cell["location"], quantity)


def reserve_all(db: Database, *requests: ReservationRequest) -> set[str]:
    with db.write() as conn:
        return reserve(conn, requests)


def available(db: Database, sku: str = "WIDGET", location: str = "east", variant: str = "") -> int:
    with db.read() as conn:
        return stock_view(conn, None).available(location, sku, variant)


@pytest.mark.requirement("OF-46")
def test_stock_is_kept_by_location_sku_and_variant(db: Database) -> None:
    counted = datetime(2024, 1, 15, 12, tzinfo=UTC)
    count_in(
        db,
        level(on_hand=1, counted_at=counted),
        level(on_hand=2, variant="red"),
        level(location="west", on_hand=3),
        level(sku="GADGET", on_hand=4),
    )
    with db.read() as conn:
        view = stock_view(conn, [("WIDGET", ""), ("WIDGET", "red"), ("UNKNOWN", "")])
    assert [view.available(*cell) for cell in (("east", "WIDGET"), ("east", "WIDGET", "red"), ("west", "WIDGET"))] == [
        1,
        2,
        3,
    ]
    assert view.stocked_at("WIDGET") == ("east", "west")
    assert view.level("east", "GADGET") is None
    first = view.level("east", "WIDGET")
    assert first and first.counted_at == counted


@pytest.mark.requirement("OF-46")
def test_a_second_row_of_the_same_cell_is_refused(db: Database) -> None:
    count_in(db, level())
    again = text(
        "INSERT INTO stock"
        " (sku, variant, location, on_hand, reserved, shortfall, safety_stock, source_version, counted_at)"
        " VALUES ('WIDGET', '', 'east', 1, 0, 0, 0, 1, 1)"
    )
    with pytest.raises(DBAPIError), db.write() as conn:
        conn.execute(again)


@pytest.mark.requirement("FUL-10")
def test_reserving_lowers_what_is_available_until_it_is_released(db: Database) -> None:
    count_in(db, level(on_hand=10))
    assert reserve_all(db, request("A", 4)) == set()
    assert available(db) == 6
    with db.write() as conn:
        (held,) = release(conn, "A")
        assert held.held == 4
        assert release(conn, "A") == []
    assert available(db) == 10


@pytest.mark.requirement("FUL-10", "FUL-20")
def test_shipping_takes_units_from_on_hand_and_reserved_alike(db: Database) -> None:
    count_in(db, level(on_hand=10))
    reserve_all(db, request("A", 4))
    with db.write() as conn:
        assert ship(conn, "A", [(1, "east", 4)]) == []
        shipped = stock_view(conn, None).level("east", "WIDGET")
        (reservation,) = reservations_of(conn, "A")
    assert shipped and (shipped.on_hand, shipped.reserved, shipped.available) == (6, 0, 6)
    assert (reservation.state, reservation.held) == ("shipped", 0)


def test_part_of_a_line_may_ship_and_the_rest_be_released(db: Database) -> None:
    count_in(db, level(on_hand=10))
    reserve_all(db, request("A", 4))
    with db.write() as conn:
        assert ship(conn, "A", [(1, "east", 1)]) == []
        assert release(conn, "A")[0].held == 3
        left = stock_view(conn, None).level("east", "WIDGET")
        assert reserve(conn, [request("A", 2)]) == set()
        (again,) = reservations_of(conn, "A")
    assert left and (left.on_hand, left.reserved) == (9, 0)
    assert (again.quantity, again.shipped, again.held) == (3, 1, 2)


def test_more_than_was_reserved_cannot_ship(db: Database) -> None:
    count_in(db, level(on_hand=10))
    reserve_all(db, request("A", 4))
    with db.write() as conn:
        refused = ship(conn, "A", [(1, "east", 5), (2, "east", 1)])
        assert [line.line_no for line in refused] == [1, 2]
        assert len(ship(conn, "A", [(1, "east", 3), (1, "east", 3)])) == 1
    assert available(db) == 6


def test_a_voided_label_brings_the_units_back_reserved(db: Database) -> None:
    count_in(db, level(on_hand=10))
    reserve_all(db, request("A", 4))
    with db.write() as conn:
        ship(conn, "A", [(1, "east", 4)])
        assert unship(conn, "A", [(1, "east", 4)]) == []
        back = stock_view(conn, None).level("east", "WIDGET")
        assert len(unship(conn, "A", [(1, "east", 1)])) == 1
    assert back and (back.on_hand, back.reserved) == (10, 4)


def test_a_voided_label_brings_units_back_although_the_rest_was_released(db: Database) -> None:
    count_in(db, level(on_hand=10))
    reserve_all(db, request("A", 4))
    with db.write() as conn:
        ship(conn, "A", [(1, "east", 1)])
        release(conn, "A")
        assert len(ship(conn, "A", [(1, "east", 1)])) == 1
        assert unship(conn, "A", [(1, "east", 1)]) == []
        (back,) = reservations_of(conn, "A")
        stock = stock_view(conn, None).level("east", "WIDGET")
    assert (back.quantity, back.held, back.state) == (1, 1, "held")
    assert stock and (stock.on_hand, stock.reserved) == (10, 1)


def test_an_order_gets_all_its_lines_or_none(db: Database) -> None:
    count_in(db, level(on_hand=5), level(sku="GADGET", on_hand=1))
    refused = reserve_all(db, request("A", 2), request("A", 2, 2, sku="GADGET"), request("B", 5))
    assert refused == {"A"}
    assert (available(db), available(db, "GADGET")) == (0, 1)


def test_two_lines_of_one_sku_are_counted_together(db: Database) -> None:
    count_in(db, level(on_hand=3))
    assert reserve_all(db, request("A", 2, 1), request("A", 2, 2)) == {"A"}


def test_the_first_order_of_the_batch_goes_first(db: Database) -> None:
    count_in(db, level(on_hand=3))
    assert reserve_all(db, request("Z", 2), request("A", 2), request("M", 1)) == {"A"}


def test_an_order_refused_for_one_cell_leaves_the_others_to_the_next(db: Database) -> None:
    count_in(db, level(on_hand=3), level(sku="GADGET", on_hand=0))
    refused = reserve_all(db, request("A", 3), request("A", 1, 2, sku="GADGET"), request("B", 3))
    assert refused == {"A"}


def test_what_no_location_stocks_is_refused(db: Database) -> None:
    assert reserve_all(db, request("A", sku="UNKNOWN")) == {"A"}


def test_safety_stock_is_not_promised(db: Database) -> None:
    count_in(db, level(on_hand=10))
    with db.write() as conn:
        set_safety_stock(conn, [level(safety_stock=3)])
    assert reserve_all(db, request("A", 8)) == {"A"}
    assert reserve_all(db, request("A", 7)) == set()


def test_units_held_already_cannot_be_reserved_again(db: Database) -> None:
    count_in(db, level(on_hand=10))
    reserve_all(db, request("A", 2))
    with pytest.raises(AlreadyReserved):
        reserve_all(db, request("A", 2))
    assert available(db) == 8


def test_moving_a_reservation_leaves_nothing_behind(db: Database) -> None:
    count_in(db, level(on_hand=5), level(location="west", on_hand=5))
    reserve_all(db, request("A", 5))
    with db.write() as conn:
        release(conn, "A", [1])
        assert reserve(conn, [request("A", 5, location="west")]) == set()
    assert (available(db), available(db, location="west")) == (5, 0)


def test_an_older_count_is_ignored(db: Database) -> None:
    count_in(db, level(on_hand=10), version=5)
    count_in(db, level(on_hand=99), version=5)
    count_in(db, level(on_hand=99), version=4)
    assert available(db) == 10


def test_a_count_tells_what_it_changed(db: Database) -> None:
    count_in(db, level(on_hand=10), level(sku="GADGET", on_hand=1))
    with db.write() as conn:
        changes = set_counts(conn, [level(on_hand=4), level(sku="GADGET", on_hand=1)], source_version=2)
    assert [(change.sku, change.before, change.after, change.shortfall) for change in changes] == [("WIDGET", 10, 4, 0)]


def test_units_sold_elsewhere_leave_a_shortfall_not_a_lie(db: Database) -> None:
    count_in(db, level(on_hand=10))
    reserve_all(db, request("A", 8))
    with db.write() as conn:
        (change,) = set_counts(conn, [level(on_hand=5)], source_version=2)
        assert (change.after, change.shortfall) == (5, 3)
        assert reserve(conn, [request("B")]) == {"B"}
        release(conn, "A")
        shortfall = conn.execute(text("SELECT shortfall FROM stock")).scalar_one()
    assert (shortfall, available(db)) == (0, 5)


def test_goods_that_came_are_added(db: Database) -> None:
    with db.write() as conn:
        change = adjust(conn, "east", "WIDGET", "", 7, "purchase order 12")
        assert (change.before, change.after) == (0, 7)
        adjust(conn, "east", "WIDGET", "", -2, "damaged")
    assert available(db) == 5


def test_the_ledger_adds_up_to_the_stock(db: Database) -> None:
    count_in(db, level(on_hand=10))
    reserve_all(db, request("A", 4), request("B", 3))
    with db.write() as conn:
        ship(conn, "A", [(1, "east", 4)])
        release(conn, "B")
        adjust(conn, "east", "WIDGET", "", 2, "returned")
        set_counts(conn, [level(on_hand=3)], source_version=9)
        ledger = conn.execute(text("SELECT SUM(delta_on_hand), SUM(delta_reserved) FROM stock_ledger")).one()
        stock = conn.execute(text("SELECT on_hand, reserved FROM stock")).one()
    assert tuple(ledger) == tuple(stock) == (3, 0)


@pytest.mark.parametrize("statement", ["UPDATE stock_ledger SET delta_on_hand = 0", "DELETE FROM stock_ledger"])
def test_the_ledger_cannot_be_changed(db: Database, statement: str) -> None:
    count_in(db, level())
    with pytest.raises(DBAPIError, match="append-only"), db.write() as conn:
        conn.execute(text(statement))


def test_the_table_itself_refuses_more_reserved_than_there_is(db: Database) -> None:
    count_in(db, level(on_hand=1))
    with pytest.raises(DBAPIError), db.write() as conn:
        conn.execute(text("UPDATE stock SET reserved = 2"))


def test_skus_are_known_by_stock(db: Database) -> None:
    count_in(db, level(on_hand=0))
    with db.read() as conn:
        assert known_skus(conn, [("WIDGET", ""), ("WIDGET", "red"), ("NOPE", "")]) == {("WIDGET", "")}


def test_a_rung_is_told_once_until_the_stock_recovers(db: Database) -> None:
    low = StockAlert("WIDGET", "", "east", "low")
    with db.write() as conn:
        assert raise_alerts(conn, [low]) == [low]
        assert raise_alerts(conn, [low, low]) == []
        clear_alerts(conn, [low])
        assert raised_alerts(conn) == []
        assert raise_alerts(conn, [low]) == [low]


@pytest.mark.requirement("OF-44")
def test_of_many_threads_that_want_the_last_unit_one_gets_it(db: Database) -> None:
    count_in(db, level(on_hand=1))
    with ThreadPoolExecutor(16) as pool:
        refused = list(pool.map(lambda number: reserve_all(db, request(f"O{number}")), range(64)))
    assert sum(not orders for orders in refused) == 1
    assert available(db) == 0
