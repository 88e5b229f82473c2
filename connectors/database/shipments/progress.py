"""What becomes of a parcel: labelled, delivered or voided."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, update

from connectors.database.session import now_ms
from connectors.database.tables import shipment
from connectors.protocols import Label


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
