"""Whatever happens to stock in whatever order, no unit is promised twice and none gets lost."""

from collections import Counter
from pathlib import Path

import pytest
from databases import ENGINES, empty_database, memory_database
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from connectors.database.invariants import offenders
from connectors.database.session import Database
from connectors.database.stock import (
    ReservationRequest,
    adjust,
    release,
    reservations_of,
    reserve,
    set_counts,
    ship,
    stock_view,
    unship,
)
from orderflow.inventory import StockLevel

CELLS = [("east", "A"), ("east", "B"), ("west", "A")]
cells = st.sampled_from(CELLS)
units = st.integers(1, 6)
order_lines = st.lists(st.tuples(cells, units), min_size=1, max_size=3, unique_by=lambda line: line[0])


class Warehouse(RuleBasedStateMachine):
    """The database beside a model of it that is kept in plain numbers."""

    def __init__(self, db: Database) -> None:
        super().__init__()
        self.db = db
        self.version = 0
        self.on_hand: Counter[tuple[str, str]] = Counter()
        # (order, line, location) → (cell, units held, units shipped)
        self.held: dict[tuple[str, int, str], tuple[tuple[str, str], int, int]] = {}
        self.orders = 0

    def teardown(self) -> None:
        self.db.close()

    def promised(self, cell: tuple[str, str]) -> int:
        return sum(held for where, held, _ in self.held.values() if where == cell)

    @rule(cell=cells, on_hand=st.integers(0, 12), is_old=st.booleans())
    def count(self, cell: tuple[str, str], on_hand: int, is_old: bool) -> None:
        self.version += 1
        location, sku = cell
        with self.db.write() as conn:
            version = -1 if is_old else self.version
            set_counts(conn, [StockLevel(location=location, sku=sku, on_hand=on_hand)], source_version=version)
        if not is_old:
            self.on_hand[cell] = on_hand

    @rule(cell=cells, delta=st.integers(-3, 5))
    def receive_goods(self, cell: tuple[str, str], delta: int) -> None:
        with self.db.write() as conn:
            adjust(conn, cell[0], cell[1], "", delta, "goods")
        self.on_hand[cell] += delta

    @rule(batch=st.lists(order_lines, min_size=1, max_size=4))
    def reserve_a_batch(self, batch: list[list[tuple[tuple[str, str], int]]]) -> None:
        orders = {f"O{self.orders + number}": lines for number, lines in enumerate(batch)}
        self.orders += len(batch)
        requests = [
            ReservationRequest(order_id, line_no, sku, "", location, quantity)
            for order_id, lines in orders.items()
            for line_no, ((location, sku), quantity) in enumerate(lines, start=1)
        ]
        with self.db.write() as conn:
            refused = reserve(conn, requests)
        for order_id, lines in orders.items():
            fits = all(self.on_hand[cell] - self.promised(cell) >= quantity for cell, quantity in lines)
            assert (order_id in refused) != fits
            for line_no, (cell, quantity) in enumerate(lines, start=1):
                if fits:
                    self.held[order_id, line_no, cell[0]] = (cell, quantity, 0)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release_an_order(self, data: st.DataObject) -> None:
        order_id = data.draw(st.sampled_from(sorted({key[0] for key in self.held})))
        with self.db.write() as conn:
            release(conn, order_id)
        for key in [key for key in self.held if key[0] == order_id]:
            cell, _, shipped = self.held[key]
            self.held[key] = (cell, 0, shipped)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), quantity=units)
    def ship_a_line(self, data: st.DataObject, quantity: int) -> None:
        key = data.draw(st.sampled_from(sorted(self.held)))
        cell, held, shipped = self.held[key]
        with self.db.write() as conn:
            refused = ship(conn, key[0], [(key[1], key[2], quantity)])
        assert bool(refused) == (quantity > held)
        if not refused:
            self.held[key] = (cell, held - quantity, shipped + quantity)
            self.on_hand[cell] -= quantity

    @precondition(lambda self: self.held)
    @rule(data=st.data(), quantity=units)
    def void_a_label(self, data: st.DataObject, quantity: int) -> None:
        key = data.draw(st.sampled_from(sorted(self.held)))
        cell, held, shipped = self.held[key]
        with self.db.write() as conn:
            refused = unship(conn, key[0], [(key[1], key[2], quantity)])
        assert bool(refused) == (quantity > shipped)
        if not refused:
            self.held[key] = (cell, held + quantity, shipped - quantity)
            self.on_hand[cell] += quantity

    @invariant()
    def the_books_agree(self) -> None:
        with self.db.read() as conn:
            assert not offenders(conn).keys() & {"I5", "I6"}
            levels = {(level.location, level.sku): level for level in stock_view(conn, None).levels()}
            for order_id in {key[0] for key in self.held}:
                for one in reservations_of(conn, order_id):
                    _, held, shipped = self.held[order_id, one.line_no, one.location]
                    assert (one.held, one.shipped) == (held, shipped)
        assert {cell: level.on_hand for cell, level in levels.items()} == {cell: self.on_hand[cell] for cell in levels}
        assert {cell: level.reserved for cell, level in levels.items()} == {
            cell: self.promised(cell) for cell in levels
        }


@pytest.mark.requirement("OF-44", "FUL-10", "FUL-20")
@pytest.mark.parametrize("engine", ENGINES)
def test_stock_adds_up_after_any_history(engine: str, tmp_path: Path) -> None:
    def fresh() -> Warehouse:
        return Warehouse(start(engine, tmp_path))

    examples = 25 if engine == "sqlite" else 6
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    quick = settings(max_examples=examples, stateful_step_count=15, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(fresh, settings=quick)


def start(engine: str, folder: Path) -> Database:
    if engine == "sqlite":
        return memory_database()
    with empty_database(engine, folder) as db:
        return db
