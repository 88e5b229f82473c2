"""What ShipBob answers, in our words. Fields and states are those of its OpenAPI document 2026-01."""

from datetime import datetime

from pydantic import BaseModel, model_validator

from connectors.protocols import PartnerOrder, PartnerParcel, Stage
from orderflow.inventory import StockLevel
from orderflow.shipping.tracking import Scan, TrackingStatus, TrackingUpdate, update_of

# LabeledCreated: the label is printed, so it is packed. All others that have not ended are on their way.
_STAGES = {
    "Processing": Stage.ACCEPTED,
    "OnHold": Stage.ACCEPTED,
    "Exception": Stage.ACCEPTED,
    "LabeledCreated": Stage.PACKED,
    "Completed": Stage.SHIPPED,
    "Cancelled": Stage.CANCELLED,
}
_TROUBLED = {"OnHold", "Exception", "ImportReview"}


class _Detail(BaseModel):
    name: str | None = None
    description: str | None = None


class _Tracking(BaseModel):
    carrier: str | None = None
    carrier_service: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None


class _Shipment(BaseModel):
    status: str = "None"
    status_details: tuple[_Detail, ...] = ()
    tracking: _Tracking | None = None
    delivery_date: datetime | None = None

    @property
    def stage(self) -> Stage:
        return _STAGES.get(self.status, Stage.REQUESTED)

    @property
    def trouble(self) -> str:
        words = (detail.description or detail.name or "" for detail in self.status_details)
        return f"{self.status}: {'; '.join(filter(None, words))}" if self.status in _TROUBLED else ""

    def parcel(self) -> PartnerParcel | None:
        told = self.tracking
        if told is None or not told.tracking_number:
            return None
        return PartnerParcel(
            carrier=(told.carrier or "shipbob").lower(),
            service=told.carrier_service or "",
            tracking_number=told.tracking_number,
            tracking_url=told.tracking_url or "",
        )


class Order(BaseModel):
    """An order with its shipments."""

    id: int
    reference_id: str | None = None
    status: str = ""
    shipments: tuple[_Shipment, ...] = ()


class Event(BaseModel):
    """What a webhook carries: an order, or one of its shipments, which names its order."""

    id: int | str | None = None
    order_id: int | str | None = None
    reference_id: str | None = None

    @model_validator(mode="after")
    def _names_an_order(self) -> "Event":
        if not self.references():
            raise ValueError("expected an order's id or reference")
        return self

    def references(self) -> tuple[str, ...]:
        """The ids by which the order can be known; that of a shipment stands for its order's."""
        named = (self.reference_id, self.order_id, self.id)
        return tuple(str(one) for one in named if one not in (None, ""))


class Cancellation(BaseModel):
    """How cancelling ended: Success, PartialSuccess or Failure."""

    status: str


class _Place(BaseModel):
    location_id: int
    on_hand_quantity: int = 0


class _Item(BaseModel):
    sku: str | None = None
    locations: tuple[_Place, ...] = ()


class Inventory(BaseModel):
    """A page of inventory; `next` is the address of the one that follows."""

    items: tuple[_Item, ...]
    next: str | None = None

    def levels(self) -> list[StockLevel]:
        """What each building holds of what has an SKU."""
        return [
            StockLevel(location=str(place.location_id), sku=item.sku, on_hand=place.on_hand_quantity)
            for item in self.items
            if item.sku
            for place in item.locations
        ]


def told_by(order: Order) -> PartnerOrder:
    """What the order says. Of several shipments the slowest counts, and the first parcel with a number is told."""
    live = [one for one in order.shipments if one.stage is not Stage.CANCELLED]
    stages = sorted((one.stage for one in live), key=list(Stage).index)
    stage = stages[0] if stages else Stage.REQUESTED
    if order.status == "Cancelled" or (order.shipments and not live):
        stage = Stage.CANCELLED
    return PartnerOrder(
        provider_reference=str(order.id),
        stage=stage,
        parcel=next((parcel for one in live if (parcel := one.parcel())), None),
        reason=next((one.trouble for one in order.shipments if one.trouble), ""),
    )


def delivery_of(order: Order, tracking_number: str) -> TrackingUpdate | None:
    """The delivery of the parcel with this number; None while there is none."""
    for one in order.shipments:
        parcel = one.parcel()
        if parcel and parcel.tracking_number == tracking_number and one.delivery_date:
            return update_of(tracking_number, [Scan(status=TrackingStatus.DELIVERED, at=one.delivery_date)])
    return None
