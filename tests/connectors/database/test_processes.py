"""Several processes work on one database: nothing is promised, claimed or written twice."""

from collections.abc import Callable, Iterator
from multiprocessing import get_context
from typing import Any

import pytest
from sqlalchemy import make_url

from connectors.database.inbox import claim_inbox, receive
from connectors.database.invariants import offenders
from connectors.database.orders import StaleOrder, StoredOrder, claim_orders, record
from connectors.database.session import Database
from connectors.database.stock import ReservationRequest, reserve, set_counts
from connectors.vault import Vault
from orderflow.inventory import StockLevel
from orderflow.lifecycle import OrderStatus
from orderflow.order import Order

MakeOrder = Callable[..., Order]
PaidOrders = Callable[..., list[StoredOrder]]

PROCESSES = 6
FORK = get_context("fork")


def in_processes(db: Database, work: Callable[[Database, int], Any], processes: int = PROCESSES) -> list[Any]:
    """What the work gave, or raised, in each of the processes, which all start together."""
    db.close()
    answers, start = FORK.Queue(), FORK.Barrier(processes)

    def run(number: int) -> None:
        mine = Database(db.url)
        start.wait()
        try:
            answers.put(work(mine, number))
        except Exception as error:
            answers.put(repr(error))

    started = [FORK.Process(target=run, args=(number,)) for number in range(processes)]
    for process in started:
        process.start()
    given = [answers.get(timeout=60) for _ in started]
    for process in started:
        process.join()
    return given


@pytest.mark.requirement("OF-44")
def test_of_many_processes_that_want_the_last_units_none_gets_one_too_many(db: Database) -> None:
    skus = [f"S{number}" for number in range(8)]
    with db.write() as conn:
        set_counts(conn, [StockLevel(location="east", sku=sku, on_hand=3) for sku in skus], source_version=1)

    def buy(mine: Database, number: int) -> int:
        won = 0
        for turn in range(10):
            lines = skus if number % 2 else skus[::-1]
            requests = [ReservationRequest(f"{number}-{turn}-{sku}", 1, sku, "", "east", 1) for sku in lines]
            with mine.write() as conn:
                won += len(requests) - len(reserve(conn, requests))
        return won

    assert sum(in_processes(db, buy)) == 3 * len(skus)
    with db.read() as conn:
        assert offenders(conn) == {}


_NESTED_LOOPS_ONLY = ("enable_hashjoin", "enable_mergejoin", "enable_seqscan")


@pytest.fixture
def large_table_plans(db: Database) -> Iterator[None]:
    """Makes PostgreSQL look rows up one by one in the order asked for, as it does in tables of many rows."""
    _set_up(db, "ALTER DATABASE {name} SET {setting} = off")
    yield
    _set_up(db, "ALTER DATABASE {name} RESET {setting}")


def _set_up(db: Database, statement: str) -> None:
    if not db.is_sqlite:
        with db.write() as conn:
            for setting in _NESTED_LOOPS_ONLY:
                conn.exec_driver_sql(statement.format(name=make_url(db.url).database, setting=setting))


@pytest.mark.usefixtures("large_table_plans")
def test_processes_that_ask_in_opposite_orders_do_not_deadlock(db: Database) -> None:
    skus = [f"S{number}" for number in range(150)]
    with db.write() as conn:
        levels = [StockLevel(location="east", sku=sku, on_hand=10_000) for sku in skus]
        set_counts(conn, levels, source_version=1)

    def write(mine: Database, number: int) -> int:
        refused = 0
        for turn in range(12):
            lines = skus if number % 2 else skus[::-1]
            requests = [
                ReservationRequest(f"{number}-{turn}", line, sku, "", "east", 1) for line, sku in enumerate(lines)
            ]
            with mine.write() as conn:
                refused += len(reserve(conn, requests))
        return refused

    assert in_processes(db, write, processes=4) == [0] * 4


@pytest.mark.requirement("OF-44")
def test_of_many_processes_that_want_the_last_unit_exactly_one_gets_it(db: Database) -> None:
    with db.write() as conn:
        set_counts(conn, [StockLevel(location="east", sku="LAST", on_hand=1)], source_version=1)

    def buy(mine: Database, number: int) -> bool:
        with mine.write() as conn:
            return not reserve(conn, [ReservationRequest(f"O{number}", 1, "LAST", "", "east", 1)])

    assert in_processes(db, buy).count(True) == 1


def test_the_same_delivery_to_many_processes_makes_one_row(db: Database) -> None:
    def deliver(mine: Database, _number: int) -> int:
        stored = 0
        for key in range(20):
            with mine.write() as conn:
                stored += receive(
                    conn,
                    source="shopify",
                    topic="orders/create",
                    dedup_key=str(key),
                    external_id="1",
                    occurred_at_ms=None,
                    body=b"{}",
                )
        return stored

    assert sum(in_processes(db, deliver)) == 20
    assert len(claim_inbox(db, "worker-1")) == 20


def test_orders_are_worked_on_by_one_process_each_and_moved_once(
    db: Database, vault: Vault, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    orders = paid_orders(*(make_order() for _ in range(60)))

    def route(mine: Database, number: int) -> list[str]:
        owner, done = f"worker-{number}", []
        while claimed := claim_orders(mine, vault, "route", owner, limit=4):
            with mine.write() as conn:
                for order in claimed:
                    change = {"to_status": OrderStatus.AWAITING_FULFILLMENT, "step": "label", "kind": "routed"}
                    record(conn, order, owner=owner, actor="system:process-orders", **change)
                    done.append(order.id)
        return done

    moved = [order_id for ids in in_processes(db, route) for order_id in ids]
    assert sorted(moved) == sorted(order.id for order in orders)
    with db.read() as conn:
        assert not offenders(conn).keys() & {"I9", "I10", "I11"}


def test_of_many_processes_that_change_one_version_one_succeeds(
    db: Database, make_order: MakeOrder, paid_orders: PaidOrders
) -> None:
    (order,) = paid_orders(make_order())

    def note(mine: Database, number: int) -> bool:
        try:
            with mine.write() as conn:
                record(conn, order, owner=None, kind="noted", actor=f"user:{number}")
        except StaleOrder:
            return False
        return True

    assert in_processes(db, note).count(True) == 1
