"""Planning the parcels of orders."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select

from connectors.database.session import milliseconds, now_ms
from connectors.database.shipments.rows import ShipmentRow
from connectors.database.statements.batch import insert_rows
from connectors.database.statements.identifiers import new_id
from connectors.database.tables import shipment, shipment_line
from orderflow.decision import PlannedLine, PlannedShipment


def plan_shipments(
    conn: Connection, order_id: str, shipments: Sequence[PlannedShipment], services: Sequence[str] = ()
) -> list[ShipmentRow]:
    """Plans the parcels of one order; see `plan_shipments_batch`."""
    return plan_shipments_batch(conn, {order_id: shipments}, {order_id: services})[order_id]


def plan_shipments_batch(
    conn: Connection,
    plans: Mapping[str, Sequence[PlannedShipment]],
    services: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, list[ShipmentRow]]:
    """Plans the parcels of many orders, in place of those planned before that have no label yet.

    Parcels with a label, void or not, stay, and the new ones are numbered after them. Do not plan again while the
    outcome of a purchase for the order is unknown: its parcel would be gone.
    """
    _forget_pending(conn, plans)
    return _plan(conn, plans, services or {})


def plan_beside(
    conn: Connection, order_id: str, shipments: Sequence[PlannedShipment], services: Sequence[str] = ()
) -> list[ShipmentRow]:
    """Plans further parcels of one order; those planned before stay as they are."""
    return _plan(conn, {order_id: shipments}, {order_id: services})[order_id]


def _plan(
    conn: Connection, plans: Mapping[str, Sequence[PlannedShipment]], services: Mapping[str, Sequence[str]]
) -> dict[str, list[ShipmentRow]]:
    last = _last_numbers(conn, plans)
    planned = {
        order_id: [
            _planned(order_id, one, number, services.get(order_id, ()))
            for number, one in enumerate(shipments, start=last.get(order_id, 0) + 1)
        ]
        for order_id, shipments in plans.items()
    }
    rows = [row for many in planned.values() for row in many]
    now = now_ms(conn)
    insert_rows(conn, shipment, [_shipment_columns(row, now) for row in rows])
    insert_rows(conn, shipment_line, [_line_columns(row, line) for row in rows for line in row.lines])
    return planned


def _forget_pending(conn: Connection, order_ids: Iterable[str]) -> None:
    """Deletes what is planned without a label."""
    pending = shipment.c.order_id.in_(list(order_ids)) & (shipment.c.state == "pending")
    gone = select(shipment.c.id).where(pending)
    conn.execute(delete(shipment_line).where(shipment_line.c.shipment_id.in_(gone)))
    conn.execute(delete(shipment).where(pending))


def _last_numbers(conn: Connection, order_ids: Iterable[str]) -> dict[str, int]:
    """The last number of each order that has parcels."""
    last = select(shipment.c.order_id, func.max(shipment.c.number)).where(shipment.c.order_id.in_(list(order_ids)))
    return {order_id: number for order_id, number in conn.execute(last.group_by(shipment.c.order_id))}


def _planned(order_id: str, planned: PlannedShipment, number: int, services: Sequence[str]) -> ShipmentRow:
    return ShipmentRow(
        id=new_id(),
        order_id=order_id,
        number=number,
        location=planned.location,
        source=planned.source,
        state="pending",
        lines=planned.lines,
        weight_grams=planned.weight_grams,
        speed=planned.speed,
        services=tuple(services),
        promised_from_ms=milliseconds(planned.promised_from) if planned.promised_from else None,
        promised_to_ms=milliseconds(planned.promised_to) if planned.promised_to else None,
    )


def _shipment_columns(row: ShipmentRow, now: int) -> dict[str, Any]:
    return {
        "id": row.id,
        "order_id": row.order_id,
        "number": row.number,
        "location": row.location,
        "source": row.source,
        "state": row.state,
        "weight_grams": row.weight_grams,
        "speed": row.speed,
        "services": json.dumps(row.services),
        "promised_from": row.promised_from_ms,
        "promised_to": row.promised_to_ms,
        "planned_at": now,
    }


def _line_columns(row: ShipmentRow, line: PlannedLine) -> dict[str, Any]:
    return {"shipment_id": row.id, "order_id": row.order_id, **line.model_dump()}
