"""The cells of the stock table, one per SKU, variant and location, and the only ways they change.

Cells are locked in the order of their key before they are changed (on SQLite the write turn is lock enough), so two
writers never wait for each other in a circle: without that, 194 of 600 racing transactions ended in a deadlock.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, String, Update, and_, case, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from connectors.database.session import now_ms
from connectors.database.statements.batch import as_parameter, insert_rows, table_to_come
from connectors.database.tables import stock, stock_ledger

# (sku, variant, location), in the order of the table's key.
Cell = tuple[str, str, str]

_KEY = {"sku": String(), "variant": String(), "location": String()}
_CHANGE = {**_KEY, "on_hand": Integer(), "reserved": Integer()}


@dataclass(frozen=True)
class Movement:
    """One change of one cell and whom it is for; the ledger keeps it."""

    cell: Cell
    on_hand: int = 0
    reserved: int = 0
    order_id: str = ""
    reason: str = ""


def lock_cells(conn: Connection, cells: Iterable[Cell]) -> dict[Cell, Row]:
    """The rows of these cells, locked until the end of the transaction; a cell without a row is left out."""
    wanted = as_parameter(_key(cell) for cell in sorted(set(cells)))
    rows = conn.execute(_locking(conn.dialect.name), {"wanted_rows": wanted})
    return {(row.sku, row.variant, row.location): row for row in rows}


def promise(conn: Connection, movements: Sequence[Movement]) -> None:
    """Reserves units of locked cells; fails, with nothing written, where a cell has fewer available."""
    changed = conn.execute(_promising(conn.dialect.name), {"change_rows": _changes(movements)}).all()
    if len(changed) != len({movement.cell for movement in movements}):
        raise RuntimeError("units were promised that are not there: the cells were not locked")
    record_movements(conn, "reserve", movements)


def move(conn: Connection, kind: str, movements: Sequence[Movement]) -> None:
    """Changes what is on hand and what is reserved of locked cells; what is promised but gone is the shortfall."""
    if not movements:
        return
    conn.execute(_moving(conn.dialect.name), {"change_rows": _changes(movements)})
    record_movements(conn, kind, movements)


def record_movements(conn: Connection, kind: str, movements: Sequence[Movement]) -> None:
    """Writes the movements to the ledger."""
    now = now_ms(conn)
    insert_rows(conn, stock_ledger, [_ledger_row(kind, movement, now) for movement in movements])


@cache
def _locking(engine: str) -> Select:
    wanted = table_to_come(engine, "wanted", _KEY)
    query = select(stock).join(wanted, _same(wanted)).order_by(stock.c.sku, stock.c.variant, stock.c.location)
    return query.with_for_update(of=stock)


@cache
def _promising(engine: str) -> ReturningUpdate:
    change = table_to_come(engine, "change", _CHANGE)
    enough = stock.c.on_hand - stock.c.reserved - stock.c.safety_stock >= change.c.reserved
    statement = update(stock).where(_same(change), enough).values(reserved=stock.c.reserved + change.c.reserved)
    return statement.returning(stock.c.sku)


@cache
def _moving(engine: str) -> Update:
    change = table_to_come(engine, "change", _CHANGE)
    on_hand = stock.c.on_hand + change.c.on_hand
    reserved = stock.c.reserved + change.c.reserved
    shortfall = case((reserved > on_hand, reserved - on_hand), else_=0)
    return update(stock).where(_same(change)).values(on_hand=on_hand, reserved=reserved, shortfall=shortfall)


def _changes(movements: Sequence[Movement]) -> str:
    """The movements summed by cell, as the rows of a table to come."""
    on_hand: Counter[Cell] = Counter()
    reserved: Counter[Cell] = Counter()
    for movement in movements:
        on_hand[movement.cell] += movement.on_hand
        reserved[movement.cell] += movement.reserved
    return as_parameter(
        {**_key(cell), "on_hand": on_hand[cell], "reserved": reserved[cell]} for cell in sorted(on_hand)
    )


def _key(cell: Cell) -> Mapping[str, str]:
    sku, variant, location = cell
    return {"sku": sku, "variant": variant, "location": location}


def _same(rows: Any) -> Any:
    return and_(*(stock.c[name] == rows.c[name] for name in _KEY))


def _ledger_row(kind: str, movement: Movement, now: int) -> dict[str, Any]:
    return {
        **_key(movement.cell),
        "kind": kind,
        "delta_on_hand": movement.on_hand,
        "delta_reserved": movement.reserved,
        "order_id": movement.order_id,
        "reason": movement.reason,
        "at": now,
    }
