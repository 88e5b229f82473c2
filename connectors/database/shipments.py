"""Shipments: the parcels of an order, from the plan to the door."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from connectors.database.identifiers import new_id
from connectors.database.session import milliseconds, now_ms
from connectors.database.statements.batch import insert_rows
from connectors.database.tables import shipment, shipment_line
from connectors.protocols import Label
from orderflow.decision import PlannedLine, PlannedShipment
from orderflow.location import LocationKind
from orderflow.money import Money
from orderflow.shipping.rate import ShippingSpeed


@dataclass(frozen=True)
class ShipmentRow:
    """One parcel. `state` is pending, labelled, delivered or voided; what a label brings is empty before it.

    The id is the reference carriers are given; `number` counts the order's parcels and is never given twice to parcels
    that had a label.
    """

    id: str
    order_id: str
    number: int
    location: str
    source: LocationKind
    state: str
    lines: tuple[PlannedLine, ...]
    weight_grams: int
    speed: ShippingSpeed
    services: tuple[str, ...] = ()
    promised_from_ms: int | None = None
    promised_to_ms: int | None = None
    carrier: str = ""
    service: str = ""
    provider: str = ""
    provider_reference: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    label_path: str = ""
    label_sha256: str = ""
    cost: Money | None = None
    labelled_at_ms: int | None = None
    delivered_at_ms: int | None = None


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
    last = _forget_pending(conn, plans)
    planned = {
        order_id: [
            _planned(order_id, one, number, (services or {}).get(order_id, ()))
            for number, one in enumerate(shipments, start=last.get(order_id, 0) + 1)
        ]
        for order_id, shipments in plans.items()
    }
    rows = [row for many in planned.values() for row in many]
    now = now_ms(conn)
    insert_rows(conn, shipment, [_shipment_columns(row, now) for row in rows])
    insert_rows(conn, shipment_line, [_line_columns(row, line) for row in rows for line in row.lines])
    return planned


def shipments_of(conn: Connection, order_ids: Iterable[str]) -> dict[str, list[ShipmentRow]]:
    """The parcels of each order by number; an order without any has none."""
    wanted = list(order_ids)
    found: dict[str, list[ShipmentRow]] = {order_id: [] for order_id in wanted}
    for row in _load(conn, shipment.c.order_id.in_(wanted)):
        found[row.order_id].append(row)
    return found


def shipment_tracked(conn: Connection, tracking_number: str) -> ShipmentRow | None:
    """The parcel with this tracking number, the newest where a carrier reused it; None where it is not ours."""
    same = (shipment.c.tracking_number == tracking_number) & (shipment.c.tracking_number != "")
    found = _load(conn, same)
    return max(found, key=lambda row: row.labelled_at_ms or 0) if found else None


def shipments_under_way(conn: Connection, *, limit: int) -> list[ShipmentRow]:
    """Parcels that have a label and are not delivered, oldest label first."""
    under_way = shipment.c.state == "labelled"
    oldest = select(shipment.c.id).where(under_way).order_by(shipment.c.labelled_at).limit(limit)
    rows = _load(conn, shipment.c.id.in_(list(conn.scalars(oldest))))
    return sorted(rows, key=lambda row: row.labelled_at_ms or 0)


def mark_labelled(conn: Connection, shipment_id: str, label: Label, *, path: str, sha256: str) -> bool:
    """Notes the label of a planned parcel and the file it lies in; False where the parcel is not pending any more."""
    bought = {
        "carrier": label.carrier,
        "service": label.service,
        "provider": label.provider,
        "provider_reference": label.provider_reference,
        "tracking_number": label.tracking_number,
        "tracking_url": label.tracking_url,
        "cost_minor": label.cost.minor,
        "currency": label.cost.currency,
    }
    file = {"label_path": path, "label_sha256": sha256}
    return _turn(conn, shipment_id, ("pending",), state="labelled", labelled_at=now_ms(conn), **bought, **file)


def mark_voided(conn: Connection, shipment_id: str) -> bool:
    """Notes that the parcel will not leave; False where it was delivered or is void already."""
    return _turn(conn, shipment_id, ("pending", "labelled"), state="voided")


def mark_delivered(conn: Connection, shipment_id: str, delivered_at_ms: int | None = None) -> bool:
    """Notes that the parcel arrived (now, unless the carrier told when); False where it is not under way."""
    at = now_ms(conn) if delivered_at_ms is None else delivered_at_ms
    return _turn(conn, shipment_id, ("labelled",), state="delivered", delivered_at=at)


def _turn(conn: Connection, shipment_id: str, states: Sequence[str], **values: Any) -> bool:
    current = (shipment.c.id == shipment_id) & shipment.c.state.in_(states)
    return conn.execute(update(shipment).where(current).values(**values)).rowcount == 1


def _forget_pending(conn: Connection, order_ids: Iterable[str]) -> dict[str, int]:
    """Deletes what is planned without a label; returns the last number of what stays, by order."""
    wanted = list(order_ids)
    pending = shipment.c.order_id.in_(wanted) & (shipment.c.state == "pending")
    gone = select(shipment.c.id).where(pending)
    conn.execute(delete(shipment_line).where(shipment_line.c.shipment_id.in_(gone)))
    conn.execute(delete(shipment).where(pending))
    last = select(shipment.c.order_id, func.max(shipment.c.number)).where(shipment.c.order_id.in_(wanted))
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


def _load(conn: Connection, condition: ColumnElement[bool]) -> list[ShipmentRow]:
    rows = conn.execute(select(shipment).where(condition).order_by(shipment.c.order_id, shipment.c.number)).all()
    among = shipment_line.c.shipment_id.in_([row.id for row in rows])
    lines: dict[str, list[PlannedLine]] = {}
    for line in conn.execute(select(shipment_line).where(among).order_by(shipment_line.c.line_no)):
        planned = PlannedLine(line_no=line.line_no, sku=line.sku, variant=line.variant, quantity=line.quantity)
        lines.setdefault(line.shipment_id, []).append(planned)
    return [_row(row, tuple(lines.get(row.id, ()))) for row in rows]


def _row(row: Any, lines: tuple[PlannedLine, ...]) -> ShipmentRow:
    return ShipmentRow(
        id=row.id,
        order_id=row.order_id,
        number=row.number,
        location=row.location,
        source=LocationKind(row.source),
        state=row.state,
        lines=lines,
        weight_grams=row.weight_grams,
        speed=ShippingSpeed(row.speed),
        services=tuple(json.loads(row.services)),
        promised_from_ms=row.promised_from,
        promised_to_ms=row.promised_to,
        carrier=row.carrier,
        service=row.service,
        provider=row.provider,
        provider_reference=row.provider_reference,
        tracking_number=row.tracking_number,
        tracking_url=row.tracking_url,
        label_path=row.label_path,
        label_sha256=row.label_sha256,
        cost=Money.from_minor(row.cost_minor, row.currency) if row.currency else None,
        labelled_at_ms=row.labelled_at,
        delivered_at_ms=row.delivered_at,
    )
