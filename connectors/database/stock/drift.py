"""Cells whose promised units are not the sum of what orders were promised: a fault of ours, shown and never mended."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, FromClause, func, literal, literal_column, select, union_all

from connectors.database.tables import reservation, stock


@dataclass(frozen=True)
class PromiseDrift:
    """One cell: `reserved` is what it says is promised, `held` what orders hold of it."""

    sku: str
    variant: str
    location: str
    reserved: int
    held: int


def promise_drifts(conn: Connection) -> Sequence[PromiseDrift]:
    """The cells that differ, by their key; reads the stock and what is held, not the ledger.

    One statement, so that a reservation made meanwhile is seen on both sides or on neither.
    """
    left, nothing = reservation.c.quantity - reservation.c.shipped, literal(0)
    said = select(*_key(stock), stock.c.reserved.label("reserved"), nothing.label("held"))
    held = select(*_key(reservation), nothing, left).where(reservation.c.state == literal_column("'held'"))
    cell = union_all(said, held).subquery()
    sums = func.sum(cell.c.reserved), func.sum(cell.c.held)
    query = select(*_key(cell), *sums).group_by(*_key(cell)).having(sums[0] != sums[1]).order_by(*_key(cell))
    return [PromiseDrift(*row[:3], int(row[3]), int(row[4])) for row in conn.execute(query)]


def _key(table: FromClause) -> tuple[ColumnElement[str], ...]:
    return table.c.sku, table.c.variant, table.c.location
