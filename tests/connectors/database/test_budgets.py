"""Calls are budgeted for all workers together; a failing provider is tried by one worker at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from databases import ENGINES, empty_database

from connectors.database.budgets import allowed, failed, slow_down, succeeded, take
from connectors.database.session import Database


class Clock:
    """A clock the test turns, in milliseconds."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def __call__(self, _conn: object) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=ENGINES)
def db(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Database]:
    with empty_database(request.param, tmp_path, clock=clock) as database:
        yield database


def ask(db: Database, *, tokens: int = 1, per_minute: int = 60, burst: int = 3) -> float:
    with db.write() as conn:
        return take(conn, "usps", per_minute=per_minute, burst=burst, tokens=tokens)


def test_a_burst_is_granted_and_then_the_steady_rate(db: Database, clock: Clock) -> None:
    assert [ask(db) for _ in range(4)] == [0, 0, 0, 1]
    clock.now += 999
    assert ask(db) == pytest.approx(0.001)
    clock.now += 1
    assert ask(db) == 0
    assert ask(db) == 1


def test_after_a_rest_no_more_than_a_burst_is_saved_up(db: Database, clock: Clock) -> None:
    ask(db)
    clock.now += 3_600_000
    assert [ask(db) for _ in range(4)] == [0, 0, 0, 1]


def test_several_calls_are_taken_together_or_not_at_all(db: Database) -> None:
    assert ask(db, tokens=2) == 0
    assert ask(db, tokens=2) == 1
    assert ask(db) == 0


def test_more_than_a_burst_can_never_be_granted(db: Database) -> None:
    with pytest.raises(ValueError, match="never be granted"):
        ask(db, tokens=4)


def test_a_service_that_asks_for_patience_gets_it(db: Database, clock: Clock) -> None:
    with db.write() as conn:
        slow_down(conn, "usps", 30)
        slow_down(conn, "usps", 10)
    assert ask(db) == 30
    clock.now += 30_000
    assert ask(db) == 0


def test_workers_share_one_budget(db: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: ask(db, burst=10), range(40)))
    assert waits.count(0) == 10


def test_a_provider_that_never_failed_is_allowed(db: Database) -> None:
    with db.write() as conn:
        succeeded(conn, ["usps"])
        assert allowed(conn, "usps", owner="worker-1")


def test_after_five_failures_in_a_row_the_provider_rests(db: Database, clock: Clock) -> None:
    with db.write() as conn:
        for _ in range(4):
            failed(conn, "usps")
        assert allowed(conn, "usps", owner="worker-1")
        failed(conn, "usps")
        assert not allowed(conn, "usps", owner="worker-1")
        assert allowed(conn, "ups", owner="worker-1")
        clock.now += 29_999
        assert not allowed(conn, "usps", owner="worker-1")


def test_after_its_rest_exactly_one_worker_tries_it(db: Database, clock: Clock) -> None:
    with db.write() as conn:
        for _ in range(5):
            failed(conn, "usps")
    clock.now += 30_000

    def try_it(worker: int) -> bool:
        with db.write() as conn:
            return allowed(conn, "usps", owner=f"worker-{worker}")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(try_it, range(16))).count(True) == 1
    with db.write() as conn:
        succeeded(conn, ["usps"])
        assert allowed(conn, "usps", owner="worker-9")


def test_a_failed_try_begins_the_rest_anew(db: Database, clock: Clock) -> None:
    with db.write() as conn:
        for _ in range(5):
            failed(conn, "usps")
        clock.now += 30_000
        assert allowed(conn, "usps", owner="worker-1")
        failed(conn, "usps")
        clock.now += 1
        assert not allowed(conn, "usps", owner="worker-1")
        clock.now += 30_000
        assert allowed(conn, "usps", owner="worker-1")
