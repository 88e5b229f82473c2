"""How carriers were chosen, and what went wrong with their parcels."""

from sqlalchemy import Index
from sqlmodel import Field

from connectors.database.tables.base import DatabaseTable, big, big_or_null, one_of, table_of
from orderflow.shipping.performance import ClaimKind


class CarrierChoiceTable(DatabaseTable, table=True):
    """The offer that was taken for a parcel, beside what the market asked; the newest of a parcel counts."""

    __tablename__ = "carrier_choice"
    __table_args__ = (Index("carrier_choice_by_order", "order_id"),)
    shipment_id: str = Field(primary_key=True)
    order_id: str
    carrier: str
    selection: str
    reason: str
    cost_minor: int = big()
    market_minor: int | None = big_or_null()
    currency: str
    offers: int
    chosen_at: int = big()


class CarrierClaimTable(DatabaseTable, table=True):
    """A parcel that was lost or came damaged, or went wrong otherwise; one claim of a kind per parcel."""

    __tablename__ = "carrier_claim"
    __table_args__ = (one_of("kind", ClaimKind),)
    shipment_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    note: str = ""
    actor_id: str
    claimed_at: int = big()


carrier_choice = table_of(CarrierChoiceTable)
carrier_claim = table_of(CarrierClaimTable)
