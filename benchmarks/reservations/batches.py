"""Batches of orders reserved in three manners, each with its ledger, each batch one transaction.

Stock is plenty, so that all three write the same rows. The product's manner also finds out which orders of a batch
must be refused; the other two would have to write the whole batch again without them. The commit is not measured: it
is the same for all three, and depends on the disk alone.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from random import Random
from statistics import median

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.orm import Session

from connectors.database.session import Database, now_ms
from connectors.database.stock import ReservationRequest, reserve, set_counts
from connectors.database.tables import reservation, stock, stock_ledger
from connectors.database.tables.inventory import ReservationTable, StockLedgerTable, StockTable
from orderflow.inventory import StockLevel

Batch = Sequence[ReservationRequest]
Manner = Callable[[Connection, Batch], object]

ORDERS = 50
CELLS = 500
ROUNDS = 15


def lines_per_second(db: Database) -> Mapping[str, float]:
    """The median rate of every manner; they take turns, so that whatever else the machine does strikes all alike."""
    levels = [StockLevel(location="east", sku=f"S{number:03}", on_hand=1_000_000) for number in range(CELLS)]
    with db.write() as conn:
        set_counts(conn, levels, source_version=1)
    random = Random(1)
    rates: dict[str, list[float]] = {name: [] for name in MANNERS}
    for turn, (name, manner) in enumerate(list(MANNERS.items()) * (ROUNDS + 1)):
        batch = _batch(turn, random)
        with db.write() as conn:
            started = time.perf_counter()
            manner(conn, batch)
            rates[name].append(len(batch) / (time.perf_counter() - started))
    # The first round fills the caches of all three.
    return {name: median(measured[1:]) for name, measured in rates.items()}


def _batch(turn: int, random: Random) -> Batch:
    return [
        ReservationRequest(f"{turn}-{number}", line, f"S{sku:03}", "", "east", random.choice((1, 2)))
        for number in range(ORDERS)
        for line, sku in enumerate(random.sample(range(CELLS), random.choice((1, 2, 3))))
    ]


def _core_executemany(conn: Connection, batch: Batch) -> None:
    """Conditional updates in the order of the key, as many executions of one statement; then the inserts likewise."""
    enough = stock.c.on_hand - stock.c.reserved - stock.c.safety_stock >= bindparam("units")
    same = (stock.c.sku == bindparam("s"), stock.c.variant == bindparam("v"), stock.c.location == bindparam("l"))
    take = update(stock).where(*same, enough).values(reserved=stock.c.reserved + bindparam("units"))
    rows = sorted(batch, key=lambda request: request.cell)
    now = now_ms(conn)
    taken = conn.execute(take, [{"s": r.sku, "v": r.variant, "l": r.location, "units": r.quantity} for r in rows])
    if taken.rowcount != len(rows):
        raise RuntimeError("a line was refused")
    conn.execute(insert(reservation), [_reservation(request) for request in rows])
    conn.execute(insert(stock_ledger), [_ledger(request, now) for request in rows])


def _orm(conn: Connection, batch: Batch) -> None:
    """Objects, locked as they are looked at."""
    with Session(conn) as session:
        now = now_ms(conn)
        for request in sorted(batch, key=lambda one: one.cell):
            query = select(StockTable).where(stock.c.sku == request.sku, stock.c.location == request.location)
            cell = session.scalars(query.with_for_update()).one()
            if cell.on_hand - cell.reserved - cell.safety_stock < request.quantity:
                raise RuntimeError("a line was refused")
            cell.reserved += request.quantity
            session.add(ReservationTable(**_reservation(request)))
            session.add(StockLedgerTable(**_ledger(request, now)))
        session.flush()


def _reservation(request: ReservationRequest) -> dict[str, object]:
    return {
        "order_id": request.order_id,
        "line_no": request.line_no,
        "location": request.location,
        "sku": request.sku,
        "variant": request.variant,
        "quantity": request.quantity,
    }


def _ledger(request: ReservationRequest, now: int) -> dict[str, object]:
    return {
        "location": request.location,
        "sku": request.sku,
        "variant": request.variant,
        "kind": "reserve",
        "delta_on_hand": 0,
        "delta_reserved": request.quantity,
        "order_id": request.order_id,
        "at": now,
    }


MANNERS: Mapping[str, Manner] = {"product": reserve, "core_executemany": _core_executemany, "orm": _orm}
