"""What becomes of a parcel: labelled, delivered or voided."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, update

from connectors.database.session import now_ms
from connectors.database.statements.batch import as_parameter, columns_of, table_to_come
from connectors.database.tables import shipment
from connectors.protocols import Label

_TURN = update(shipment).where(shipment.c.id == bindparam("turned"), shipment.c.state.in_(bindparam("turned_from")))


@dataclass(frozen=True)
class KeptLabel:
    """The label of a planned parcel and the file it lies in."""

    shipment_id: str
    label: Label
    path: str
    sha256: str


def mark_labelled(conn: Connection, labels: Sequence[KeptLabel]) -> frozenset[str]:
    """Notes the labels of parcels; returns the ids of those noted, the others are not pending any more."""
    if not labels:
        return frozenset()
    now = now_ms(conn)
    rows = as_parameter(_label_columns(one) | {"labelled_at": now} for one in labels)
    return frozenset(conn.scalars(_labelled(conn.dialect.name), {"bought_rows": rows}))


def mark_voided(conn: Connection, shipment_id: str) -> bool:
    """Notes that the parcel will not leave; False where it was delivered or is void already."""
    return _turn(conn, shipment_id, ("pending", "labelled"), state="voided")


def mark_delivered(conn: Connection, shipment_id: str, delivered_at_ms: int | None = None) -> bool:
    """Notes that the parcel arrived (now, unless the carrier told when); False where it is not under way."""
    at = now_ms(conn) if delivered_at_ms is None else delivered_at_ms
    return _turn(conn, shipment_id, ("labelled",), state="delivered", delivered_at=at)


def _turn(conn: Connection, shipment_id: str, states: Sequence[str], **values: Any) -> bool:
    return conn.execute(_TURN, {"turned": shipment_id, "turned_from": states, **values}).rowcount == 1


_BROUGHT = (
    *("carrier", "service", "provider", "provider_reference", "tracking_number", "tracking_url"),
    *("cost_minor", "currency", "label_path", "label_sha256", "labelled_at"),
)


@cache
def _labelled(engine: str) -> Update:
    bought = table_to_come(engine, "bought", columns_of(shipment, ("id", *_BROUGHT)))
    pending = (shipment.c.id == bought.c.id, shipment.c.state == "pending")
    label = {name: bought.c[name] for name in _BROUGHT}
    return update(shipment).where(*pending).values(state="labelled", **label).returning(shipment.c.id)


def _label_columns(kept: KeptLabel) -> dict[str, Any]:
    label = kept.label
    return {
        "id": kept.shipment_id,
        "carrier": label.carrier,
        "service": label.service,
        "provider": label.provider,
        "provider_reference": label.provider_reference,
        "tracking_number": label.tracking_number,
        "tracking_url": label.tracking_url,
        "cost_minor": label.cost.minor,
        "currency": label.cost.currency,
        "label_path": kept.path,
        "label_sha256": kept.sha256,
    }
