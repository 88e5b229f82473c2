"""Scans of parcels, each kept once whoever tells of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from connectors.database.session import milliseconds, moment, now_ms
from connectors.database.statements.batch import insert_new_rows
from connectors.database.tables import scan
from orderflow.shipping.tracking import Scan, TrackingStatus

_OF_PARCEL = select(scan).where(scan.c.shipment_id == bindparam("parcel")).order_by(scan.c.at, scan.c.key)


@dataclass(frozen=True)
class KeptScan:
    """A scan as it is kept; `source` told of it first."""

    scan: Scan
    source: str


def keep_scans(conn: Connection, shipment_id: str, told: Sequence[Scan], source: str) -> int:
    """Keeps the scans of one parcel; returns how many were not kept before."""
    now = now_ms(conn)
    rows = {one.key: {"key": one.key, **_columns(one), "noted_at": now} for one in told}
    same = {"shipment_id": shipment_id, "source": source}
    return len(insert_new_rows(conn, scan, [row | same for _, row in sorted(rows.items())]))


def scans_of(conn: Connection, shipment_id: str) -> list[KeptScan]:
    """The scans of a parcel, oldest first."""
    return [
        KeptScan(
            Scan(status=TrackingStatus(row.status), at=moment(row.at), place=row.place, text=row.text, code=row.code),
            row.source,
        )
        for row in conn.execute(_OF_PARCEL, {"parcel": shipment_id})
    ]


def _columns(one: Scan) -> dict[str, str | int]:
    return {
        "status": one.status.value,
        "at": milliseconds(one.at),
        "place": one.place,
        "text": one.text,
        "code": one.code,
    }
