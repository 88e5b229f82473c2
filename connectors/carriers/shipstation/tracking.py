"""ShipStation's tracking of a label, asked for or posted.

It tells statuses as two letters (DE) in some places and as words (DELIVERED) in others; both are understood.
"""

from typing import Any

from pydantic import BaseModel

from connectors.protocols import WebhookNotice
from connectors.reading import Many, Moment, Text, read_as
from orderflow.shipping.tracking import Scan, TrackingStatus, TrackingUpdate, update_of

TOPIC = "API_TRACK"

_LETTERS = {
    "AC": TrackingStatus.IN_TRANSIT,
    "IT": TrackingStatus.IN_TRANSIT,
    "AT": TrackingStatus.EXCEPTION,
    "EX": TrackingStatus.EXCEPTION,
    "DE": TrackingStatus.DELIVERED,
    "SP": TrackingStatus.DELIVERED,
    "NY": TrackingStatus.PRE_TRANSIT,
    "UN": TrackingStatus.PRE_TRANSIT,
}
_BEFORE_TRANSIT = {
    "AWAITING_DESPATCH",
    "COLLECTION_REQUESTED",
    "ELEC_ADVICE_RECD_BY_CARRIER",
    "NOT_YET_RECEIVED_BY_CARRIER",
    "AWAITING_ELECTRONIC_ADVICE",
    "UNKNOWN",
}
_ON_THE_VAN = {
    "OUT_FOR_DELIVERY",
    "AWAITING_COLLECTION_FROM_PICKUP_POINT",
    "COLLECT_AT_LOCAL_PO",
    "CUSTOMER_TO_COLLECT_FROM_CARRIER",
    "DELIVERED_TO_LOCKER_COLLECTION_POINT",
}
_ARRIVED = {"PARCEL_COLLECTED_FROM_PICKUP_POINT", "PROOF_OF_DELIVERY"}
_SENT_BACK = {"RETURN_TO_SENDER", "REFUSED_BY_CUSTOMER", "NOT_COLLECTED_FROM_PICKUP_POINT"}
_TROUBLE = {
    "ERROR",
    "COLLECTION_FAILED",
    "COD_AMOUNT_NOT_PAID",
    "CUSTOMER_CARDED",
    "CUSTOMER_IDENTIFICATION_FAILED",
    "INVALID_METHOD_OF_PAYMENT",
    "NO_ACCESS_TO_RECIPIENTS_ADDRESS",
    "CUSTOMER_MOVED",
    "HAZARDOUS_PROHIBITED",
    "ADDRESS_QUERY",
    "CARRIER_DELAYS",
    "INCORRECT_DECLARATION",
    "ROUTING_ERROR",
    "MISSORTED",
}
_TROUBLE_BEGINNINGS = ("ATTEMPTED_", "NOT_DELIVERED", "PARCEL_DAMAGED", "PARCEL_DISPOSED", "PARCEL_LOST", "CANCELLED")


class _Event(BaseModel):
    occurred_at: Moment
    city_locality: Text = ""
    state_province: Text = ""
    country_code: Text = ""
    description: Text = ""
    event_code: Text = ""
    status_code: Text = ""
    status_detail_code: Text = ""
    signer: Text = ""
    proof_of_delivery_url: Text = ""

    def as_scan(self) -> Scan:
        place = ", ".join(part for part in (self.city_locality, self.state_province, self.country_code) if part)
        status = status_of(self.status_detail_code or self.status_code)
        return Scan(status=status, at=self.occurred_at, place=place, text=self.description, code=self.event_code)


class Tracking(BaseModel):
    """Where one parcel is and was."""

    tracking_number: Text
    status_code: Text = ""
    status_detail_code: Text = ""
    estimated_delivery_date: Moment | None = None
    events: Many[_Event] = ()

    def as_update(self) -> TrackingUpdate:
        """The tracking as ours."""
        return update_of(
            self.tracking_number,
            (event.as_scan() for event in self.events),
            status=status_of(self.status_detail_code or self.status_code),
            expected_at=self.estimated_delivery_date,
            signed_by=next((event.signer for event in self.events if event.signer), ""),
            proof_url=next((event.proof_of_delivery_url for event in self.events if event.proof_of_delivery_url), ""),
        )


class _Delivery(BaseModel):
    resource_type: Text = ""
    data: dict[str, Any] = {}


def status_of(code: str) -> TrackingStatus:
    """What a code of either kind means."""
    word = code.upper()
    if word in _LETTERS:
        return _LETTERS[word]
    if word in _ON_THE_VAN:
        return TrackingStatus.OUT_FOR_DELIVERY
    if word in _ARRIVED or word.startswith("DELIVERED"):
        return TrackingStatus.DELIVERED
    if word in _SENT_BACK:
        return TrackingStatus.RETURNED
    if word in _TROUBLE or word.startswith(_TROUBLE_BEGINNINGS):
        return TrackingStatus.EXCEPTION
    return TrackingStatus.PRE_TRANSIT if word in _BEFORE_TRANSIT or not word else TrackingStatus.IN_TRANSIT


def notice_of(document: Any) -> WebhookNotice | None:
    """What a delivery is about; None for one of another kind. Number, status and newest scan stand for an id."""
    delivery = read_as(_Delivery, document)
    if delivery.resource_type != TOPIC:
        return None
    told = read_as(Tracking, delivery.data).as_update()
    newest = told.newest.key if told.newest else ""
    key = f"{told.tracking_number}:{told.status}:{newest}"
    return WebhookNotice(topic=TOPIC, dedup_key=key, occurred_at=told.newest.at if told.newest else None)


def updates_of(document: Any) -> tuple[TrackingUpdate, ...]:
    """What a delivery says of its parcel."""
    return (read_as(Tracking, read_as(_Delivery, document).data).as_update(),)
