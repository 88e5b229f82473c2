"""EasyPost's trackers, asked for or posted, and the signature of what it posts.

The signature is HMAC-SHA256 over the raw body, in hex behind "hmac-sha256-hex=", with the secret in Unicode's NFKD form
(EasyPost's own client libraries).
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from connectors.errors import SignatureRefused
from connectors.protocols import WebhookNotice
from connectors.reading import Many, Moment, Text, read_as
from orderflow.shipping.tracking import Scan, TrackingStatus, TrackingUpdate, update_of

SIGNATURE = "x-hmac-signature"
TOPIC = "tracker.updated"

_STATUSES = {
    "unknown": TrackingStatus.PRE_TRANSIT,
    "pre_transit": TrackingStatus.PRE_TRANSIT,
    "in_transit": TrackingStatus.IN_TRANSIT,
    "out_for_delivery": TrackingStatus.OUT_FOR_DELIVERY,
    "available_for_pickup": TrackingStatus.OUT_FOR_DELIVERY,
    "delivered": TrackingStatus.DELIVERED,
    "return_to_sender": TrackingStatus.RETURNED,
}


class _Location(BaseModel):
    city: Text = ""
    state: Text = ""
    country: Text = ""


class _Detail(BaseModel):
    status: Text = ""
    message: Text = ""
    datetime: Moment
    carrier_code: Text = ""
    tracking_location: _Location | None = None

    def as_scan(self) -> Scan:
        place = self.tracking_location or _Location()
        told = ", ".join(part for part in (place.city, place.state, place.country) if part)
        return Scan(status=status_of(self.status), at=self.datetime, place=told, text=self.message)


class Tracker(BaseModel):
    """One parcel's tracker."""

    tracking_code: Text
    status: Text = ""
    signed_by: Text = ""
    shipment_id: Text = ""
    est_delivery_date: Moment | None = None
    tracking_details: Many[_Detail] = ()

    def as_update(self) -> TrackingUpdate:
        """The tracker as ours."""
        return update_of(
            self.tracking_code,
            (detail.as_scan() for detail in self.tracking_details),
            status=status_of(self.status),
            expected_at=self.est_delivery_date,
            signed_by=self.signed_by,
        )


class Trackers(BaseModel):
    """A page of trackers, newest first."""

    trackers: Many[Tracker] = ()


class _Event(BaseModel):
    id: Text = ""
    description: Text = ""
    created_at: Moment | None = None
    result: dict[str, Any] = {}


def status_of(word: str) -> TrackingStatus:
    """What EasyPost's word means; failure, error, cancelled and words nobody knows are trouble."""
    return _STATUSES.get(word, TrackingStatus.EXCEPTION)


def check_signature(secrets: Sequence[str], signature: str, body: bytes) -> None:
    """Returns if the signature was made with one of the secrets; raises SignatureRefused otherwise."""
    keys = [unicodedata.normalize("NFKD", secret).encode() for secret in secrets]
    expected = [f"hmac-sha256-hex={hmac.digest(key, body, hashlib.sha256).hex()}" for key in keys]
    given = signature.encode("utf-8", "surrogateescape")
    if not any([hmac.compare_digest(one.encode(), given) for one in expected]):
        raise SignatureRefused("the signature does not fit the body")


def notice_of(document: Any) -> WebhookNotice | None:
    """What an event is about; None for one about something else than a parcel's way."""
    event = read_as(_Event, document)
    if not event.description.startswith("tracker."):
        return None
    occurred_at: datetime | None = event.created_at
    return WebhookNotice(topic=TOPIC, dedup_key=event.id, occurred_at=occurred_at)


def updates_of(document: Any) -> tuple[TrackingUpdate, ...]:
    """What an event says of its parcel."""
    return (read_as(Tracker, read_as(_Event, document).result).as_update(),)
