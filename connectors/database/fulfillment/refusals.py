"""Units a partner will not send: they leave its shipment, their stock is free again, and they wait for a new plan."""

import json
from collections.abc import Mapping

from sqlalchemy import Connection, delete, select, update

from connectors.database.fulfillment.handovers import HandoverRow
from connectors.database.session import now_ms
from connectors.database.shipments import ShipmentRow, mark_voided
from connectors.database.stock.cells import Movement, lock_cells, move
from connectors.database.stock.reservations import as_reservations
from connectors.database.tables import handover, reservation, shipment_line


def note_refused(conn: Connection, row: HandoverRow, units: Mapping[int, int]) -> bool:
    """Notes all that the partner refuses by now, by line; False where that was noted before."""
    return units != row.refused and _note(conn, row.id, refused=units)


def note_replanned(conn: Connection, row: HandoverRow) -> bool:
    """Notes that all it refuses has a new plan."""
    return _note(conn, row.id, replanned=row.refused)


def _note(conn: Connection, shipment_id: str, **units: Mapping[int, int]) -> bool:
    texts = {name: json.dumps(dict(sorted(each.items()))) for name, each in units.items()}
    mine = handover.c.id == shipment_id
    return conn.execute(update(handover).where(mine).values(**texts, changed_at=now_ms(conn))).rowcount == 1


def split_off(conn: Connection, row: ShipmentRow, units: Mapping[int, int]) -> None:
    """Takes the units of these lines out of the shipment and sets their stock free.

    A shipment of which nothing is left is void and keeps its lines, so that its history can be read.
    """
    _set_free(conn, row, units)
    left = {line.line_no: line.quantity - units.get(line.line_no, 0) for line in row.lines}
    if not any(left.values()):
        mark_voided(conn, row.id)
        return
    for line_no in units:
        mine = (shipment_line.c.shipment_id == row.id) & (shipment_line.c.line_no == line_no)
        if left[line_no] > 0:
            conn.execute(update(shipment_line).where(mine).values(quantity=left[line_no]))
        else:
            conn.execute(delete(shipment_line).where(mine))


def _set_free(conn: Connection, row: ShipmentRow, units: Mapping[int, int]) -> None:
    wanted = (reservation.c.order_id == row.order_id) & (reservation.c.location == row.location)
    wanted &= reservation.c.line_no.in_(list(units)) & (reservation.c.state == "held")
    held = as_reservations(conn.execute(select(reservation).where(wanted).with_for_update()))
    lock_cells(conn, (one.cell for one in held))
    for one in held:
        rest = one.held - units[one.line_no]
        same = (reservation.c.order_id == row.order_id) & (reservation.c.location == row.location)
        values = {"quantity": one.shipped + rest} if rest > 0 else {"state": "released"}
        conn.execute(update(reservation).where(same, reservation.c.line_no == one.line_no).values(**values))
    freed = [Movement(one.cell, reserved=-min(units[one.line_no], one.held), order_id=row.order_id) for one in held]
    move(conn, "release", freed)
