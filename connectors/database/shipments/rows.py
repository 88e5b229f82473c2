"""Parcels as the database has them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from connectors.database.tables import shipment, shipment_line
from orderflow.decision import PlannedLine
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


def shipments_of(conn: Connection, order_ids: Iterable[str]) -> dict[str, list[ShipmentRow]]:
    """The parcels of each order by number; an order without any has none."""
    wanted = list(order_ids)
    found: dict[str, list[ShipmentRow]] = {order_id: [] for order_id in wanted}
    for row in load_shipments(conn, shipment.c.order_id.in_(wanted)):
        found[row.order_id].append(row)
    return found


def shipments_by_id(conn: Connection, shipment_ids: Iterable[str]) -> dict[str, ShipmentRow]:
    """These parcels by their ids, those that exist."""
    return {row.id: row for row in load_shipments(conn, shipment.c.id.in_(list(shipment_ids)))}


def shipment_tracked(conn: Connection, tracking_number: str) -> ShipmentRow | None:
    """The parcel with this tracking number, the newest where a carrier reused it; None where it is not ours."""
    same = (shipment.c.tracking_number == tracking_number) & (shipment.c.tracking_number != "")
    found = load_shipments(conn, same)
    return max(found, key=lambda row: row.labelled_at_ms or 0) if found else None


def shipment_of_label(conn: Connection, sha256: str) -> ShipmentRow | None:
    """A parcel whose label is the file of this hash; None where there is none."""
    found = load_shipments(conn, (shipment.c.label_sha256 == sha256) & (shipment.c.label_sha256 != ""))
    return found[0] if found else None


def shipments_under_way(conn: Connection, *, limit: int) -> list[ShipmentRow]:
    """Parcels that have a label and are not delivered, oldest label first."""
    under_way = shipment.c.state == "labelled"
    oldest = select(shipment.c.id).where(under_way).order_by(shipment.c.labelled_at).limit(limit)
    rows = load_shipments(conn, shipment.c.id.in_(list(conn.scalars(oldest))))
    return sorted(rows, key=lambda row: row.labelled_at_ms or 0)


def load_shipments(conn: Connection, condition: ColumnElement[bool]) -> list[ShipmentRow]:
    """The parcels the condition is true of, with their lines, by order and number."""
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
