"""Parcels their carriers are asked about: who is due, what is known, and when to look again."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, literal, literal_column, or_, select, update

from connectors.database.session import Database, milliseconds, now_ms
from connectors.database.statements.batch import insert_new_rows, storable
from connectors.database.statements.claims import FREE, NOW, claim, claiming, due
from connectors.database.statements.lists import among
from connectors.database.tables import shipment, tracking
from orderflow.shipping.tracking import FINAL, TrackingStatus, TrackingUpdate, wait_until_next_look

_OPEN = tracking.c.state == literal_column("'open'")
_BY_IDS = select(tracking).where(among(tracking.c.id, "ids"))
_OF_ONE = update(tracking).where(tracking.c.id == bindparam("parcel")).values(**FREE)
_KNOWN_NOW = _OF_ONE.returning(*tracking.c)
_WHILE_OPEN = _OF_ONE.where(_OPEN)
_CLAIM = claiming(tracking, due(tracking, NOW, _OPEN), [tracking.c.id, tracking.c.next_at])


@dataclass(frozen=True)
class TrackingRow:
    """What is known of a parcel's way; the id is the shipment's, `signed_by` is sealed."""

    id: str
    is_open: bool
    status: TrackingStatus
    status_at_ms: int
    expected_at_ms: int | None
    signed_by: str
    proof_url: str
    looks: int
    late_told: bool
    last_error: str


def open_tracking(conn: Connection, providers: Collection[str]) -> int:
    """Begins to track every labelled parcel of these label sellers that is not tracked yet; returns how many."""
    known = select(tracking.c.id).where(tracking.c.id == shipment.c.id).exists()
    labelled = shipment.c.state == literal_column("'labelled'")
    fresh = select(shipment.c.id).where(labelled, shipment.c.provider.in_(list(providers)), ~known)
    return begin_tracking(conn, conn.scalars(fresh).all())


def begin_tracking(conn: Connection, shipment_ids: Iterable[str]) -> int:
    """Begins to track these parcels, due at once; returns how many were not tracked yet."""
    now = now_ms(conn)
    rows = [{"id": shipment_id, "next_at": now} for shipment_id in sorted(set(shipment_ids))]
    return len(insert_new_rows(conn, tracking, rows))


def claim_tracking(db: Database, owner: str, *, limit: int, lease_seconds: float = 120) -> list[str]:
    """Leases up to `limit` parcels that are due for a look; returns their shipments' ids, longest due first."""
    with db.write() as conn:
        rows = claim(conn, _CLAIM, owner=owner, now=now_ms(conn), lease_seconds=lease_seconds, limit=limit)
    return [row.id for row in rows]


def tracking_of(conn: Connection, shipment_ids: Iterable[str]) -> dict[str, TrackingRow]:
    """What is known of these parcels, of those that are tracked."""
    return {row.id: _row(row) for row in conn.execute(_BY_IDS, {"ids": list(shipment_ids)})}


def note_update(conn: Connection, before: TrackingRow, told: TrackingUpdate, *, has_news: bool) -> TrackingRow:
    """Notes what the carrier says and when to look again; returns what is known now.

    News that are older than what is known do not turn the parcel back, and a parcel that arrived stays arrived.
    """
    at = told.delivered_at or (told.newest.at if told.newest else None)
    told_at = milliseconds(at) if at else before.status_at_ms
    is_newer = before.is_open and (told.status in FINAL or told_at >= before.status_at_ms)
    status = told.status if is_newer else before.status
    looks = 0 if has_news else before.looks + 1
    values: dict[str, Any] = {
        "state": "closed" if status in FINAL else "open",
        "status": status,
        "status_at": max(told_at, before.status_at_ms),
        "expected_at": milliseconds(told.expected_at) if told.expected_at else before.expected_at_ms,
        "signed_by": storable(told.signed_by) or before.signed_by,
        "proof_url": storable(told.proof_url) or before.proof_url,
        "looks": looks,
        "next_at": now_ms(conn) + round(wait_until_next_look(status, looks).total_seconds() * 1000),
        "last_error": "",
    }
    return _row(conn.execute(_KNOWN_NOW, {"parcel": before.id, **values}).one())


def look_later(conn: Connection, shipment_id: str, *, wait_seconds: float, error: str = "") -> None:
    """Puts a look off, for the carrier knows nothing yet, could not be asked or has been asked enough for now."""
    next_at = now_ms(conn) + round(wait_seconds * 1000)
    conn.execute(_WHILE_OPEN, {"parcel": shipment_id, "next_at": next_at, "last_error": storable(error)})


def stop_tracking(conn: Connection, shipment_id: str) -> None:
    """Looks no more: the parcel was delivered, or its label was voided."""
    conn.execute(_OF_ONE, {"parcel": shipment_id, "state": "closed"})


def late_parcels(conn: Connection, *, limit: int) -> list[str]:
    """Tracked parcels that missed their promise, or will by the carrier's forecast, of which nobody was told yet."""
    missed = or_(shipment.c.promised_to < now_ms(conn), tracking.c.expected_at > shipment.c.promised_to)
    under_way = shipment.c.state == literal_column("'labelled'")
    query = select(tracking.c.id).join(shipment, shipment.c.id == tracking.c.id)
    query = query.where(_OPEN, under_way, tracking.c.late_told == literal(False), missed)
    return list(conn.scalars(query.order_by(tracking.c.id).limit(limit)))


def mark_late_told(conn: Connection, shipment_id: str) -> bool:
    """Notes that the customer is told of the delay; False where that was noted before."""
    untold = (tracking.c.id == shipment_id) & (tracking.c.late_told == literal(False))
    return conn.execute(update(tracking).where(untold).values(late_told=True)).rowcount == 1


def _row(row: Any) -> TrackingRow:
    return TrackingRow(
        id=row.id,
        is_open=row.state == "open",
        status=TrackingStatus(row.status),
        status_at_ms=row.status_at,
        expected_at_ms=row.expected_at,
        signed_by=row.signed_by,
        proof_url=row.proof_url,
        looks=row.looks,
        late_told=bool(row.late_told),
        last_error=row.last_error,
    )
