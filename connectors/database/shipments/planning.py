"""Planning the parcels of orders."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select

from connectors.database.session import milliseconds, now_ms
from connectors.database.shipments.rows import ShipmentRow
from connectors.database.statements.batch import insert_rows
from connectors.database.statements.identifiers import new_id
from connectors.database.statements.lists import among
from connectors.database.tables import shipment, shipment_line
from orderflow.decision import PlannedLine, PlannedShipment

_OF_ORDERS = among(shipment.c.order_id, "order_ids")
_PENDING = _OF_ORDERS & (shipment.c.state == "pending")
_FORGET_LINES = delete(shipment_line).where(shipment_line.c.shipment_id.in_(select(shipment.c.id).where(_PENDING)))
_FORGET = delete(shipment).where(_PENDING)
_LAST_NUMBERS = select(shipment.c.order_id, func.max(shipment.c.number)).where(_OF_ORDERS).group_by(shipment.c.order_id)


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
    last = _last_numbers(conn, plans)
    if last:
        _forget_pending(conn, plans)
        last = _last_numbers(conn, plans)
    return _plan(conn, plans, services or {}, last)


def plan_beside(
    conn: Connection, order_id: str, shipments: Sequence[PlannedShipment], services: Sequence[str] = ()
) -> list[ShipmentRow]:
    """Plans further parcels of one order; those planned before stay as they are."""
    last = _last_numbers(conn, [order_id])
    return _plan(conn, {order_id: shipments}, {order_id: services}, last)[order_id]


def _plan(
    conn: Connection,
    plans: Mapping[str, Sequence[PlannedShipment]],
    services: Mapping[str, Sequence[str]],
    last: Mapping[str, int],
) -> dict[str, list[ShipmentRow]]:
    planned = {
        order_id: [
            _planned(order_id, one, number, services.get(order_id, ()))
            for number, one in enumerate(shipments, start=last.get(order_id, 0) + 1)
        ]
        for order_id, shipments in plans.items()
    }
    rows = [row for many in planned.values() for row in many]
    if rows:
        now = now_ms(conn)
        insert_rows(conn, shipment, [_shipment_columns(row, now) for row in rows])
        insert_rows(conn, shipment_line, [_line_columns(row, line) for row in rows for line in row.lines])
    return planned


def _forget_pending(conn: Connection, order_ids: Iterable[str]) -> None:
    """Deletes what is planned without a label."""
    for forget in (_FORGET_LINES, _FORGET):
        conn.execute(forget, {"order_ids": list(order_ids)})


def _last_numbers(conn: Connection, order_ids: Iterable[str]) -> dict[str, int]:
    """The last number of each order that has parcels."""
    return {order_id: number for order_id, number in conn.execute(_LAST_NUMBERS, {"order_ids": list(order_ids)})}


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
