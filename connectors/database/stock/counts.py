"""What the outside world says lies where: counts of a source, and goods that came or went."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Row,
    String,
    Update,
    and_,
    bindparam,
    update,
)

from connectors.database.session import milliseconds, now_ms
from connectors.database.statements.batch import as_parameter, insert_new_rows, rows_as_table, table_to_come
from connectors.database.stock.cells import Movement, lock_cells, move, record_movements
from connectors.database.tables import stock
from orderflow.inventory import StockLevel

_KEY = {"sku": String(), "variant": String(), "location": String()}


@dataclass(frozen=True)
class CountChange:
    """Units on hand of one cell before and after. `shortfall` are units promised that are not there any more."""

    location: str
    sku: str
    variant: str
    before: int
    after: int
    shortfall: int


def set_counts(conn: Connection, levels: Sequence[StockLevel], *, source_version: int) -> list[CountChange]:
    """Takes over on-hand counts of a source; returns those that changed the stock or leave a shortfall.

    A count whose `source_version` is not above the stored one is old and ignored. Reservations stay: a count below
    them leaves a shortfall, which is an inventory exception. Safety stock is taken only for a new cell.

    1. Make the rows that are missing, at 0. 2. Lock all. 3. Move each newer one by the difference. 4. Stamp them.
    """
    counted = {(level.sku, level.variant, level.location): level for level in levels}
    if not counted:
        return []
    _make_missing(conn, counted.values())
    newer = {cell: row for cell, row in lock_cells(conn, counted).items() if row.source_version < source_version}
    reason = f"count {source_version}"
    differences = {cell: counted[cell].on_hand - row.on_hand for cell, row in newer.items()}
    move(conn, "count", [Movement(cell, on_hand=units, reason=reason) for cell, units in differences.items() if units])
    _stamp(conn, [counted[cell] for cell in newer], source_version)
    changes = [_change(row, counted[cell].on_hand) for cell, row in newer.items()]
    return [change for change in changes if change.before != change.after or change.shortfall]


def adjust(  # noqa: PLR0917 - a cell has three names
    conn: Connection, location: str, sku: str, variant: str, delta: int, reason: str
) -> CountChange:
    """Adds units that came (or takes away units that went) to what is on hand, making the cell where it is new."""
    cell = (sku, variant, location)
    _make_missing(conn, [StockLevel(location=location, sku=sku, variant=variant, on_hand=0)])
    row = lock_cells(conn, [cell])[cell]
    move(conn, "adjust", [Movement(cell, on_hand=delta, reason=reason)])
    return _change(row, row.on_hand + delta)


def note_drift(  # noqa: PLR0917 - a cell has three names
    conn: Connection, location: str, sku: str, variant: str, source: str, shown: int
) -> None:
    """Writes into the ledger that a source shows another number than we hold; the stock itself stays as it is."""
    record_movements(conn, "drift", [Movement((sku, variant, location), reason=f"{source} shows {shown}")])


def set_safety_stock(conn: Connection, levels: Iterable[StockLevel]) -> None:
    """Sets what is withheld from promise; units already promised stay so."""
    columns = {**_KEY, "safety_stock": Integer()}
    wanted = rows_as_table(conn, "wanted", columns, [level.model_dump(include=set(columns)) for level in levels])
    conn.execute(update(stock).where(_same(wanted)).values(safety_stock=wanted.c.safety_stock))


def _make_missing(conn: Connection, levels: Iterable[StockLevel]) -> None:
    rows = [level.model_dump(include={"sku", "variant", "location", "safety_stock"}) for level in levels]
    rows.sort(key=lambda row: (row["sku"], row["variant"], row["location"]))
    insert_new_rows(conn, stock, rows)


def _stamp(conn: Connection, levels: Sequence[StockLevel], source_version: int) -> None:
    now = now_ms(conn)
    rows = [
        {
            "sku": level.sku,
            "variant": level.variant,
            "location": level.location,
            "counted_at": milliseconds(level.counted_at) if level.counted_at else now,
        }
        for level in levels
    ]
    conn.execute(_stamping(conn.dialect.name), {"counted_rows": as_parameter(rows), "version": source_version})


@cache
def _stamping(engine: str) -> Update:
    counted = table_to_come(engine, "counted", {**_KEY, "counted_at": BigInteger()})
    version = bindparam("version", type_=BigInteger)
    return update(stock).where(_same(counted)).values(counted_at=counted.c.counted_at, source_version=version)


def _same(rows: FromClause) -> ColumnElement[bool]:
    return and_(*(stock.c[name] == rows.c[name] for name in _KEY))


def _change(row: Row, after: int) -> CountChange:
    shortfall = max(0, row.reserved - after)
    return CountChange(row.location, row.sku, row.variant, before=row.on_hand, after=after, shortfall=shortfall)
