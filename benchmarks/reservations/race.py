"""Many writers race for stock that is not enough for all; afterwards the books are added up."""

import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing import get_context
from random import Random
from typing import NamedTuple

from sqlalchemy import select

from connectors.database.invariants import offenders
from connectors.database.session import Database
from connectors.database.stock import ReservationRequest, reserve, set_counts
from connectors.database.stock.cells import Cell
from connectors.database.tables import stock
from orderflow.inventory import StockLevel

WRITERS = 16
CELLS = 40
# Of the units the writers ask for, one in four is there.
SCARCITY = 4
UNITS_PER_ATTEMPT = 2.25

FORK = get_context("fork")


class Attempt(NamedTuple):
    """One try to reserve an order's lines: how long it took until it was committed or refused."""

    seconds: float
    granted: bool


class Race(NamedTuple):
    """What a race came to. `oversold` is units promised that were not there, by the writers' own count."""

    attempts: list[Attempt]
    oversold: int
    broken_invariants: int
    seconds: float


def race(db: Database, attempts: int) -> Race:
    """Lets 16 processes reserve one order at a time, each in a transaction of its own."""
    on_hand = _fill(db, attempts)
    db.close()
    started = time.perf_counter()
    answers = _in_processes(db.url, attempts // WRITERS)
    seconds = time.perf_counter() - started
    won = sum((units for _, units in answers), Counter[Cell]())
    with db.read() as conn:
        promised = {(row.sku, row.variant, row.location): row.reserved for row in conn.execute(select(stock))}
        broken = sum(map(len, offenders(conn).values()))
    unlike = sum(won[cell] != units for cell, units in promised.items())
    oversold = sum(max(0, units - on_hand) for units in won.values())
    return Race([attempt for done, _ in answers for attempt in done], oversold, broken + unlike, seconds)


def _fill(db: Database, attempts: int) -> int:
    """Puts the same number of units into every cell; returns that number."""
    on_hand = round(attempts * UNITS_PER_ATTEMPT / SCARCITY / CELLS)
    levels = [StockLevel(location="east", sku=f"S{number}", on_hand=on_hand) for number in range(CELLS)]
    with db.write() as conn:
        set_counts(conn, levels, source_version=1)
    return on_hand


def _in_processes(url: str, attempts: int) -> list[tuple[list[Attempt], Counter[Cell]]]:
    answers, start = FORK.Queue(), FORK.Barrier(WRITERS)

    def run(number: int) -> None:
        start.wait()
        answers.put(_write(Database(url), number, attempts))

    processes = [FORK.Process(target=run, args=(number,)) for number in range(WRITERS)]
    for process in processes:
        process.start()
    given = [answers.get(timeout=1800) for _ in processes]
    for process in processes:
        process.join()
    return given


def _write(db: Database, number: int, attempts: int) -> tuple[list[Attempt], Counter[Cell]]:
    random = Random(number)
    done: list[Attempt] = []
    won: Counter[Cell] = Counter()
    for turn in range(attempts):
        requests = _lines(f"{number}-{turn}", random)
        started = time.perf_counter()
        with db.write() as conn:
            granted = not reserve(conn, requests)
        done.append(Attempt(time.perf_counter() - started, granted))
        if granted:
            won.update({request.cell: request.quantity for request in requests})
    return done, won


def _lines(order_id: str, random: Random) -> Sequence[ReservationRequest]:
    """One or two lines of one or two units, in no order."""
    skus = random.sample(range(CELLS), random.choice((1, 2)))
    return [
        ReservationRequest(order_id, line, f"S{sku}", "", "east", random.choice((1, 2)))
        for line, sku in enumerate(skus)
    ]
