"""Parcels as the database has them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, bindparam, literal_column, select

from connectors.database.statements.lists import among
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


_LINE = (shipment_line.c.line_no, shipment_line.c.sku, shipment_line.c.variant, shipment_line.c.quantity)

# Each parcel as often as it has lines, and once where it has none.
_PARCELS = (
    select(shipment, *_LINE)
    .join(shipment_line, shipment_line.c.shipment_id == shipment.c.id, isouter=True)
    .order_by(shipment.c.order_id, shipment.c.number, shipment_line.c.line_no)
)
_OF_ORDERS = _PARCELS.where(among(shipment.c.order_id, "order_ids"))
_BY_IDS = _PARCELS.where(among(shipment.c.id, "ids"))
_TRACKED = _PARCELS.where(
    shipment.c.tracking_number == bindparam("told"),
    shipment.c.tracking_number != literal_column("''"),  # written out as in the partial index
)
_OLDEST_LABELS = (
    select(shipment.c.id)
    .where(shipment.c.state == literal_column("'labelled'"))
    .order_by(shipment.c.labelled_at)
    .limit(bindparam("most"))
)
_UNDER_WAY = _PARCELS.where(shipment.c.id.in_(_OLDEST_LABELS))
_OF_LABEL = _PARCELS.where(shipment.c.label_sha256 == bindparam("sha256"), shipment.c.label_sha256 != "")


def shipments_of(conn: Connection, order_ids: Iterable[str]) -> dict[str, list[ShipmentRow]]:
    """The parcels of each order by number; an order without any has none."""
    wanted = list(order_ids)
    found: dict[str, list[ShipmentRow]] = {order_id: [] for order_id in wanted}
    for row in _load(conn, _OF_ORDERS, order_ids=wanted):
        found[row.order_id].append(row)
    return found


def shipments_by_id(conn: Connection, shipment_ids: Iterable[str]) -> dict[str, ShipmentRow]:
    """These parcels by their ids, those that exist."""
    return {row.id: row for row in _load(conn, _BY_IDS, ids=list(shipment_ids))}


def shipment_tracked(conn: Connection, tracking_number: str) -> ShipmentRow | None:
    """The parcel with this tracking number, the newest where a carrier reused it; None where it is not ours."""
    found = _load(conn, _TRACKED, told=tracking_number)
    return max(found, key=lambda row: row.labelled_at_ms or 0) if found else None


def shipment_of_label(conn: Connection, sha256: str) -> ShipmentRow | None:
    """A parcel whose label is the file of this hash; None where there is none."""
    found = _load(conn, _OF_LABEL, sha256=sha256)
    return found[0] if found else None


def shipments_under_way(conn: Connection, *, limit: int) -> list[ShipmentRow]:
    """Parcels that have a label and are not delivered, oldest label first."""
    return sorted(_load(conn, _UNDER_WAY, most=limit), key=lambda row: row.labelled_at_ms or 0)


def _load(conn: Connection, parcels: Select, **wanted: Any) -> list[ShipmentRow]:
    """The parcels with their lines, by order and number."""
    rows = conn.execute(parcels, wanted)
    return [_row(list(lines)) for _, lines in groupby(rows, key=lambda row: row.id)]


def _row(lines: Sequence[Any]) -> ShipmentRow:
    """One parcel, told by the rows of its lines."""
    row = lines[0]
    return ShipmentRow(
        id=row.id,
        order_id=row.order_id,
        number=row.number,
        location=row.location,
        source=LocationKind(row.source),
        state=row.state,
        lines=tuple(_line(line) for line in lines if line.line_no is not None),
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


def _line(row: Any) -> PlannedLine:
    return PlannedLine(line_no=row.line_no, sku=row.sku, variant=row.variant, quantity=row.quantity)
