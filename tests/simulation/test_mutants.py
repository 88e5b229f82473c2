"""Whoever breaks what the design rests on is found out."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from databases import empty_database
from simulation.mutants import LOCKS_IN_NO_ORDER, MUTANTS, Mutant, applied, killer_of
from simulation.world import open_world

from connectors.database.session import Database, DatabaseUnavailable
from connectors.database.stock import ReservationRequest, reserve, set_counts
from orderflow.inventory import StockLevel

SKUS = [f"S{number}" for number in range(8)]
ROUNDS = 40


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_fault_put_in_on_purpose_is_found_by_a_schedule(mutant: Mutant) -> None:
    with open_world() as world:
        judged, tried = killer_of(world, mutant)
    assert judged is not None, f"{tried} schedules found nothing wrong with a product in which {mutant.name}"


@pytest.mark.postgresql
def test_writers_that_lock_stock_in_no_order_are_found_by_a_race(tmp_path: Path) -> None:
    with empty_database("postgresql", tmp_path) as db:
        with db.write() as conn:
            set_counts(conn, [StockLevel(location="east", sku=sku, on_hand=10_000) for sku in SKUS], source_version=1)
        assert deadlocks(db, "sound") == 0
        with applied(LOCKS_IN_NO_ORDER):
            assert deadlocks(db, "mutant") > 0


def deadlocks(db: Database, name: str) -> int:
    """How many of the transactions of four racing writers fail."""

    def race(writer: int) -> int:
        failed = 0
        for number in range(ROUNDS):
            order_id = f"{name}-{writer}-{number}"
            requests = [ReservationRequest(order_id, line, sku, "", "east", 1) for line, sku in enumerate(SKUS, 1)]
            try:
                with db.write() as conn:
                    reserve(conn, requests)
            except DatabaseUnavailable:
                failed += 1
        return failed

    with ThreadPoolExecutor(4) as pool:
        return sum(pool.map(race, range(4)))
