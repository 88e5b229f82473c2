"""What is asked of a fulfilment partner for one shipment, and what the partner has said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectors.database.fulfillment import HandoverRow
from connectors.database.orders import StoredOrder
from connectors.database.shipments import ShipmentRow
from connectors.database.steps import StepIntent
from connectors.protocols import FulfillmentRequest, Label, PartnerOrder, Stage
from connectors.shop import Shop
from orderflow.location import Partner
from orderflow.money import Money
from tasks.fulfilling.request import request_of
from tasks.labelling.job import LabelJob, Labelled, Result, products_of, shipment_request


@dataclass(frozen=True)
class HandoverJob(LabelJob):
    """One planned shipment of a location with a partner. `known` is the handover, where it was taken already."""

    partner: Partner
    order: FulfillmentRequest
    known: HandoverRow | None = None

    @property
    def step_key(self) -> str:
        """The ledger's name of this request."""
        return f"{self.shipment.id}/fulfillment"

    def intent(self) -> StepIntent:
        """The row to be written before the call."""
        code = self.partner.code
        return StepIntent(self.step_key, self.stored.id, "fulfillment", code, code, self.request_hash)


@dataclass(frozen=True)
class AtPartner:
    """The partner has the shipment. `attempt` is the ledger's, 0 where it was handed over in an earlier life."""

    job: HandoverJob
    told: PartnerOrder
    attempt: int = 0

    @property
    def is_rejected(self) -> bool:
        """Whether the partner, by its own doing, will not send it."""
        return self.told.stage in {Stage.REJECTED, Stage.CANCELLED}

    @property
    def is_shipped(self) -> bool:
        """Whether the parcel has left."""
        return self.told.stage is Stage.SHIPPED and self.told.parcel is not None

    def labelled(self) -> Labelled:
        """The parcel it sent, as a label somebody else bought."""
        parcel = self.told.parcel
        if parcel is None:
            raise ValueError("a parcel that was not sent has no label")
        label = Label(
            provider=self.job.partner.code,
            provider_reference=self.told.provider_reference or (self.job.known or self.told).provider_reference,
            carrier=parcel.carrier,
            service=parcel.service,
            tracking_number=parcel.tracking_number,
            cost=parcel.cost or Money.zero(self.job.stored.order.currency),
            cost_is_known=parcel.cost is not None,
            tracking_url=parcel.tracking_url,
        )
        return Labelled(self.job, label, self.attempt, self.job.request_hash, "sent by the partner", is_known=True)


JobResult = Result | AtPartner


def handover_jobs_of(
    shop: Shop,
    batch: Iterable[StoredOrder],
    rows: Mapping[str, Sequence[ShipmentRow]],
    known: Mapping[str, HandoverRow],
) -> list[HandoverJob]:
    """The shipments of a batch that a partner is to send and has not sent yet, in order of order and number."""
    products = products_of(shop)
    return [
        HandoverJob(
            stored,
            row,
            shipment_request(shop, stored, row, products),
            partner,
            request_of(stored, row, shop.locations[row.location], partner.code),
            known.get(row.id),
        )
        for stored in batch
        for row in rows.get(stored.id, ())
        if row.state == "pending" and (partner := partner_of(shop, row, known))
    ]


def partner_of(shop: Shop, row: ShipmentRow, known: Mapping[str, HandoverRow]) -> Partner | None:
    """Who sends the shipment for its location; None where our own people do.

    A shipment stays with the partner that took it, whoever the configuration names now.
    """
    place = shop.locations.get(row.location)
    partner = place.partner if place else None
    if taken := known.get(row.id):
        return partner if partner and partner.code == taken.partner else Partner(code=taken.partner)
    return partner
