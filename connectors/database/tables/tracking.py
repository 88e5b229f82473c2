"""Where parcels are: one row for each parcel under way, and every scan of a carrier once."""

from sqlmodel import Field

from connectors.database.tables.base import DatabaseTable, big, big_or_null, one_of, partial_index, table_of
from orderflow.shipping.tracking import TrackingStatus


class TrackingTable(DatabaseTable, table=True):
    """A parcel its carrier is asked about; the id is the shipment's. `looks` count answers without news in a row.

    `signed_by` is whoever took the parcel, sealed.
    """

    __tablename__ = "tracking"
    __table_args__ = (
        one_of("state", ("open", "closed")),
        one_of("status", TrackingStatus),
        partial_index("tracking_due", "next_at", where="state = 'open'"),
    )
    id: str = Field(primary_key=True, foreign_key="shipment.id")
    state: str = "open"
    status: str = TrackingStatus.PRE_TRANSIT.value
    status_at: int = big()
    expected_at: int | None = big_or_null()
    signed_by: str = ""
    proof_url: str = ""
    looks: int = 0
    late_told: bool = False
    attempts: int = 0
    next_at: int = big()
    lease_owner: str = ""
    lease_until: int = big()
    last_error: str = ""


class ScanTable(DatabaseTable, table=True):
    """One scan of a parcel. `source` is who told of it first: the poll or the carrier's webhook."""

    __tablename__ = "scan"
    __table_args__ = (one_of("status", TrackingStatus),)
    shipment_id: str = Field(primary_key=True, foreign_key="shipment.id")
    key: str = Field(primary_key=True)
    status: str
    at: int = big()
    place: str = ""
    text: str = ""
    code: str = ""
    source: str
    noted_at: int = big()


tracking = table_of(TrackingTable)
scan = table_of(ScanTable)
