"""What becomes of reserved units: they ship, come back from a void label, or are set free."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, String, Update, and_, bindparam, select, update

from connectors.database.statements.batch import as_parameter, table_to_come
from connectors.database.statements.lists import among
from connectors.database.stock.cells import Movement, lock_cells, move
from connectors.database.stock.reservations import Reservation, as_reservations
from connectors.database.tables import reservation

ShippedLine = tuple[int, str, int]
"""(line_no, location, units)"""

_KEY: dict[str, Any] = {"order_id": String(), "line_no": Integer(), "location": String()}
_VALUE: dict[str, Any] = {"quantity": Integer(), "shipped": Integer(), "state": String()}

_HELD = select(reservation).where(reservation.c.order_id == bindparam("order"), reservation.c.state == "held")
_HELD_LOCKED = _HELD.order_by(reservation.c.line_no, reservation.c.location).with_for_update()
_OF_ORDERS = select(reservation).where(among(reservation.c.order_id, "orders"))
_OF_ORDERS_LOCKED = _OF_ORDERS.order_by(reservation.c.order_id, reservation.c.line_no).with_for_update()


@dataclass(frozen=True)
class Shipped:
    """Units of one order line that left one location."""

    order_id: str
    line_no: int
    location: str
    quantity: int


def release(conn: Connection, order_id: str, line_nos: Collection[int] | None = None) -> list[Reservation]:
    """Sets free what the order still holds, or only these lines of it; returns what it held."""
    rows = as_reservations(conn.execute(_HELD_LOCKED, {"order": order_id}))
    held = [one for one in rows if line_nos is None or one.line_no in line_nos]
    if not held:
        return []
    lock_cells(conn, (one.cell for one in held))
    _write(conn, [replace(one, state="released") for one in held])
    move(conn, "release", [Movement(one.cell, reserved=-one.held, order_id=order_id) for one in held])
    return held


def ship(conn: Connection, order_id: str, lines: Sequence[ShippedLine]) -> list[Shipped]:
    """Takes units of one order out of stock; see `ship_batch`."""
    return ship_batch(conn, [Shipped(order_id, *line) for line in lines])


def ship_batch(conn: Connection, shipped: Sequence[Shipped]) -> list[Shipped]:
    """Takes reserved units out of stock: on hand and reserved both fall.

    Returns the lines that hold fewer units than should ship; nothing is moved for those.
    """
    return _move(conn, "ship", shipped, sign=1)


def unship(conn: Connection, order_id: str, lines: Sequence[ShippedLine]) -> list[Shipped]:
    """Undoes `ship` after the label was voided: the units are on hand and reserved again.

    Returns the lines of which fewer units had shipped; nothing is moved for those.
    """
    return _move(conn, "unship", [Shipped(order_id, *line) for line in lines], sign=-1)


def _move(conn: Connection, kind: str, shipped: Sequence[Shipped], *, sign: int) -> list[Shipped]:
    if not shipped:
        return []
    current = _locked(conn, shipped)
    changed: dict[tuple[str, int, str], Reservation] = {}
    movements, refused = [], []
    for line in shipped:
        key = (line.order_id, line.line_no, line.location)
        before = changed.get(key) or current.get(key)
        after = _after(before, sign * line.quantity)
        if before is None or after is None:
            refused.append(line)
            continue
        changed[key] = after
        units = -sign * line.quantity
        movements.append(Movement(before.cell, on_hand=units, reserved=units, order_id=line.order_id))
    lock_cells(conn, (movement.cell for movement in movements))
    _write(conn, list(changed.values()))
    move(conn, kind, movements)
    return refused


def _after(before: Reservation | None, units: int) -> Reservation | None:
    """The reservation with so many more (or fewer) units shipped; None where it has not so many to give.

    Of a reservation whose rest was set free only what has shipped counts any more.
    """
    if before is None:
        return None
    quantity = before.shipped if before.state == "released" else before.quantity
    shipped = before.shipped + units
    if not 0 <= shipped <= quantity:
        return None
    return replace(before, quantity=quantity, shipped=shipped, state="shipped" if shipped == quantity else "held")


def _locked(conn: Connection, shipped: Sequence[Shipped]) -> dict[tuple[str, int, str], Reservation]:
    ids = sorted({line.order_id for line in shipped})
    rows = conn.execute(_OF_ORDERS_LOCKED, {"orders": ids})
    return {(one.order_id, one.line_no, one.location): one for one in as_reservations(rows)}


def _write(conn: Connection, changed: Sequence[Reservation]) -> None:
    rows = as_parameter({name: getattr(one, name) for name in (*_KEY, *_VALUE)} for one in changed)
    conn.execute(_writing(conn.dialect.name), {"change_rows": rows})


@cache
def _writing(engine: str) -> Update:
    change = table_to_come(engine, "change", {**_KEY, **_VALUE})
    same = and_(*(reservation.c[name] == change.c[name] for name in _KEY))
    return update(reservation).where(same).values({name: change.c[name] for name in _VALUE})
