"""Promising units to orders, so that no unit is promised twice.

1. Lock the cells that are asked for, in the order of their key.
2. Go through the orders by priority. An order gets all its lines or nothing; what it gets is gone for the next.
3. Take the units from the cells in one statement, which checks again that they are there.
4. Write the reservations and the ledger.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select

from connectors.database.statements.batch import Kept, as_parameter, insert_to_come, kept_text
from connectors.database.stock.cells import Cell, Movement, lock_cells, promise
from connectors.database.tables import reservation

_OF_ORDER = select(reservation).where(reservation.c.order_id == bindparam("order"))
_IN_ORDER = _OF_ORDER.order_by(reservation.c.line_no, reservation.c.location)


class AlreadyReserved(RuntimeError):
    """A line that holds units at this location already was to be reserved there again: release it first."""


@dataclass(frozen=True)
class ReservationRequest:
    """Units of one order line wanted at one location."""

    order_id: str
    line_no: int
    sku: str
    variant: str
    location: str
    quantity: int

    @property
    def cell(self) -> Cell:
        """The cell of the stock table the units are taken from."""
        return (self.sku, self.variant, self.location)


@dataclass(frozen=True)
class Reservation:
    """Units of one order line promised at one location; `shipped` of `quantity` have left. `state` is held, shipped
    or released.
    """

    order_id: str
    line_no: int
    location: str
    sku: str
    variant: str
    quantity: int
    shipped: int
    state: str

    @property
    def cell(self) -> Cell:
        """The cell of the stock table that holds the units."""
        return (self.sku, self.variant, self.location)

    @property
    def held(self) -> int:
        """Units still promised and still there."""
        return self.quantity - self.shipped if self.state == "held" else 0


def reserve(conn: Connection, requests: Sequence[ReservationRequest]) -> set[str]:
    """Reserves all lines of an order or none; returns the ids of the orders that were refused.

    Orders are served in the order in which they first appear. Raises AlreadyReserved.
    """
    if not requests:
        return set()
    rows = lock_cells(conn, (request.cell for request in requests))
    available = {cell: row.on_hand - row.reserved - row.safety_stock for cell, row in rows.items()}
    refused = _refused(requests, available)
    granted = [request for request in requests if request.order_id not in refused]
    if granted:
        _write(conn, granted)
        promise(conn, [Movement(r.cell, reserved=r.quantity, order_id=r.order_id) for r in granted])
    return refused


def reservations_of(conn: Connection, order_id: str) -> list[Reservation]:
    """Every reservation the order has or had, by line and location."""
    return as_reservations(conn.execute(_IN_ORDER, {"order": order_id}))


def as_reservations(rows: Iterable[Any]) -> list[Reservation]:
    """Rows of the reservation table as values."""
    return [Reservation(**row._mapping) for row in rows]


def _refused(requests: Sequence[ReservationRequest], available: Mapping[Cell, int]) -> set[str]:
    left = Counter(available)
    wanted: dict[str, Counter[Cell]] = {}
    for request in requests:
        wanted.setdefault(request.order_id, Counter())[request.cell] += request.quantity
    refused = set()
    for order_id, cells in wanted.items():
        if all(left[cell] >= units for cell, units in cells.items()):
            left.subtract(cells)
        else:
            refused.add(order_id)
    return refused


def _write(conn: Connection, granted: Sequence[ReservationRequest]) -> None:
    """A row per line and location; one that was released is taken up again, keeping what had shipped of it."""
    # A request has the names of the table's columns.
    statement, defaults = _taking_up(conn.dialect.name)
    rows = as_parameter(map(vars, granted))
    written = conn.execute(statement, {**defaults, "fresh_rows": rows}).all()
    if len(written) != len(granted):
        raise AlreadyReserved("a line holds units at this location already: release them first")


@cache
def _taking_up(engine: str) -> Kept:
    statement = insert_to_come(engine, reservation, tuple(field.name for field in fields(ReservationRequest)))
    again = statement.on_conflict_do_update(
        index_elements=["order_id", "line_no", "location"],
        set_={"quantity": reservation.c.shipped + statement.excluded.quantity, "state": "held"},
        where=reservation.c.state == "released",
    )
    return kept_text(engine, reservation, again.returning(reservation.c.order_id))
