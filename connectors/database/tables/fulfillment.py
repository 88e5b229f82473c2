"""Shipments handed over to fulfilment partners, and how far these are with them."""

from sqlalchemy import Index
from sqlmodel import Field

from connectors.database.tables.base import DatabaseTable, big, one_of, table_of
from connectors.protocols.fulfillment import Stage


class HandoverTable(DatabaseTable, table=True):
    """A shipment at a partner; the id is the shipment's. `refused` are units by line it will not send, `replanned`
    those of them that have a new plan.

    The row outlives the shipment where another location sends it.
    """

    __tablename__ = "handover"
    __table_args__ = (
        one_of("stage", Stage),
        Index("handover_by_order", "order_id"),
        Index("handover_by_reference", "partner", "provider_reference"),
    )
    id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.id")
    location: str
    partner: str
    provider_reference: str
    request_hash: str
    stage: str
    reason: str = ""
    refused: str = "{}"
    replanned: str = "{}"
    requested_at: int = big()
    changed_at: int = big()
    confirm_by: int = big()


handover = table_of(HandoverTable)
