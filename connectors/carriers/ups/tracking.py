"""Where UPS says parcels are, asked for or posted as a Track Alert.

Activity types are those of UPS's Tracking API: D delivered, I in transit, X exception, M manifest, MV void,
RS returned, P pickup, O out for delivery.
"""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from connectors.errors import Unreadable
from connectors.protocols import WebhookNotice
from connectors.reading import Many, Text, read_as
from orderflow.shipping.tracking import Scan, TrackingStatus, TrackingUpdate, update_of

TOPIC = "track_alert"
# "Tracking number not found", and "no tracking information available".
NOTHING_KNOWN = {"151044", "TW0001"}

_TYPES = {
    "D": TrackingStatus.DELIVERED,
    "X": TrackingStatus.EXCEPTION,
    "M": TrackingStatus.PRE_TRANSIT,
    "MV": TrackingStatus.EXCEPTION,
    "RS": TrackingStatus.RETURNED,
    "O": TrackingStatus.OUT_FOR_DELIVERY,
}
_ON_THE_VAN = {"OT", "OF"}


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Address(_Answer):
    city: Text = ""
    state_province: Text = ""
    country_code: Text = ""
    country: Text = ""

    def words(self) -> str:
        parts = (self.city, self.state_province, self.country_code or self.country)
        return ", ".join(part for part in parts if part)


class _Location(_Answer):
    address: _Address = _Address()


class _Status(_Answer):
    type: Text = ""
    code: Text = ""
    description: Text = ""

    def meaning(self) -> TrackingStatus:
        if self.code in _ON_THE_VAN:
            return TrackingStatus.OUT_FOR_DELIVERY
        return _TYPES.get(self.type, TrackingStatus.IN_TRANSIT)


class _Activity(_Answer):
    gmt_date: Text = ""
    gmt_time: Text = ""
    date: Text = ""
    time: Text = ""
    status: _Status = _Status()
    location: _Location = _Location()

    def as_scan(self) -> Scan:
        at = moment_of(self.gmt_date or self.date, self.gmt_time or self.time)
        return _scan(self.status, at, self.location.address)


class _DeliveryDate(_Answer):
    type: Text = ""
    date: Text = ""


class _DeliveryInformation(_Answer):
    received_by: Text = ""


class _Package(_Answer):
    activity: Many[_Activity] = ()
    delivery_date: Many[_DeliveryDate] = ()
    delivery_information: _DeliveryInformation = _DeliveryInformation()

    def as_update(self, tracking_number: str) -> TrackingUpdate:
        forecasts = [one.date for one in self.delivery_date if one.type in {"SDD", "RDD"} and one.date]
        return update_of(
            tracking_number,
            (activity.as_scan() for activity in self.activity),
            expected_at=moment_of(forecasts[-1], "") if forecasts else None,
            signed_by=self.delivery_information.received_by,
        )


class _Shipment(_Answer):
    package: Many[_Package] = ()


class _TrackResponse(_Answer):
    shipment: Many[_Shipment] = ()


class TrackAnswer(_Answer):
    """Where a parcel is; a number UPS knows nothing of may come as a shipment without packages."""

    track_response: _TrackResponse

    def as_update(self, tracking_number: str) -> TrackingUpdate | None:
        """What is said of the asked number."""
        packages = [package for shipment in self.track_response.shipment for package in shipment.package]
        return packages[0].as_update(tracking_number) if packages else None


class _Alert(_Answer):
    tracking_number: Text
    gmt_activity_date: Text = ""
    gmt_activity_time: Text = ""
    local_activity_date: Text = ""
    local_activity_time: Text = ""
    activity_location: _Address = _Address()
    activity_status: _Status = _Status()
    scheduled_delivery_date: Text = ""
    received_by: Text = ""

    def as_update(self) -> TrackingUpdate:
        day = self.gmt_activity_date or self.local_activity_date
        at = moment_of(day, self.gmt_activity_time or self.local_activity_time)
        return update_of(
            self.tracking_number,
            [_scan(self.activity_status, at, self.activity_location)],
            expected_at=moment_of(self.scheduled_delivery_date, "") if self.scheduled_delivery_date else None,
            signed_by=self.received_by,
        )


def moment_of(day: str, time: str) -> datetime:
    """A time of UPS's: 20240423 and 131519, or with signs between. Raises Unreadable."""
    digits = "".join(filter(str.isdigit, day)) + ("".join(filter(str.isdigit, time)) or "000000")
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise Unreadable("expected a date and a time of UPS", field="activity") from None


def notice_of(document: Any) -> WebhookNotice | None:
    """What an alert is about. It has no id: number, status and time stand for it."""
    told = read_as(_Alert, document).as_update()
    (scan,) = told.scans
    return WebhookNotice(topic=TOPIC, dedup_key=f"{told.tracking_number}:{scan.key}", occurred_at=scan.at)


def updates_of(document: Any) -> tuple[TrackingUpdate, ...]:
    """What an alert says of its parcel."""
    return (read_as(_Alert, document).as_update(),)


def _scan(status: _Status, at: datetime, place: _Address) -> Scan:
    return Scan(status=status.meaning(), at=at, place=place.words(), text=status.description, code=status.code)
