"""Shippo's tracks, asked for or posted. Out for delivery is a substatus of being in transit."""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from connectors.protocols import WebhookNotice
from connectors.reading import Many, Moment, Text, read_as
from orderflow.shipping.tracking import Scan, TrackingStatus, TrackingUpdate, update_of

TOPIC = "track_updated"

_STATUSES = {
    "UNKNOWN": TrackingStatus.PRE_TRANSIT,
    "PRE_TRANSIT": TrackingStatus.PRE_TRANSIT,
    "TRANSIT": TrackingStatus.IN_TRANSIT,
    "DELIVERED": TrackingStatus.DELIVERED,
    "RETURNED": TrackingStatus.RETURNED,
    "FAILURE": TrackingStatus.EXCEPTION,
}
_ON_THE_VAN = {"out_for_delivery", "delivery_scheduled_today"}


class _Location(BaseModel):
    city: Text = ""
    state: Text = ""
    country: Text = ""


class _Substatus(BaseModel):
    code: Text = ""
    text: Text = ""


class _Status(BaseModel):
    status: Text
    status_date: Moment | None = None
    status_details: Text = ""
    location: _Location | None = None
    substatus: _Substatus | None = None

    def meaning(self) -> TrackingStatus:
        if self.substatus and self.substatus.code in _ON_THE_VAN:
            return TrackingStatus.OUT_FOR_DELIVERY
        return _STATUSES.get(self.status, TrackingStatus.EXCEPTION)

    def as_scan(self) -> Scan | None:
        """The scan; None for a status without a time, which Shippo writes while it knows nothing."""
        if self.status_date is None:
            return None
        place = self.location or _Location()
        told = ", ".join(part for part in (place.city, place.state, place.country) if part)
        return Scan(status=self.meaning(), at=self.status_date, place=told, text=self.status_details)


class Track(BaseModel):
    """Where one parcel is and was."""

    tracking_number: Text
    eta: Moment | None = None
    tracking_status: _Status | None = None
    tracking_history: Many[_Status] = ()

    def as_update(self) -> TrackingUpdate | None:
        """The track as ours; None while Shippo knows nothing of the number."""
        if self.tracking_status is None:
            return None
        scans = (status.as_scan() for status in (*self.tracking_history, self.tracking_status))
        return update_of(
            self.tracking_number,
            (scan for scan in scans if scan),
            status=self.tracking_status.meaning(),
            expected_at=self.eta,
        )


class _Event(BaseModel):
    event: Text = ""
    data: dict[str, Any] = {}


def notice_of(document: Any) -> WebhookNotice | None:
    """What an event is about; None for one about something else. It has no id: number, status and time stand for it."""
    event = read_as(_Event, document)
    if event.event != TOPIC:
        return None
    track = read_as(Track, event.data)
    status = track.tracking_status
    at: datetime = (status.status_date if status else None) or datetime.fromtimestamp(0, UTC)
    told = status.meaning() if status else ""
    return WebhookNotice(topic=TOPIC, dedup_key=f"{track.tracking_number}:{told}:{at.isoformat()}", occurred_at=at)


def updates_of(document: Any) -> tuple[TrackingUpdate, ...]:
    """What an event says of its parcel."""
    update = read_as(Track, read_as(_Event, document).data).as_update()
    return (update,) if update else ()
