"""Where USPS says parcels are. Event codes are those of its Publication 199 (01 delivered, OF out for delivery)."""

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from connectors.reading import Many, Text, UtcMoment
from orderflow.shipping.tracking import Scan, TrackingStatus, TrackingUpdate, update_of

_TROUBLES = ("02", "04", "05", "08", *map(str, range(21, 30)), *map(str, range(51, 58)))
_CODES = {
    "01": TrackingStatus.DELIVERED,
    "OF": TrackingStatus.OUT_FOR_DELIVERY,
    "09": TrackingStatus.RETURNED,
    "31": TrackingStatus.RETURNED,
    **dict.fromkeys(("MA", "GX", "DG"), TrackingStatus.PRE_TRANSIT),
    **dict.fromkeys(_TROUBLES, TrackingStatus.EXCEPTION),
}
_CATEGORIES = {
    "pre-shipment": TrackingStatus.PRE_TRANSIT,
    "delivered": TrackingStatus.DELIVERED,
    "out for delivery": TrackingStatus.OUT_FOR_DELIVERY,
    "alert": TrackingStatus.EXCEPTION,
    "delivery attempt": TrackingStatus.EXCEPTION,
    "return to sender": TrackingStatus.RETURNED,
}


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Event(_Answer):
    at: UtcMoment = Field(alias="GMTTimestamp")
    event_type: Text = ""
    event_code: Text = ""
    event_city: Text = ""
    event_state: Text = ""
    event_country: Text = ""
    name: Text = ""

    def as_scan(self) -> Scan:
        place = ", ".join(part for part in (self.event_city, self.event_state, self.event_country) if part)
        status = _CODES.get(self.event_code, TrackingStatus.IN_TRANSIT)
        return Scan(status=status, at=self.at, place=place, text=self.event_type, code=self.event_code)


class TrackingAnswer(_Answer):
    """Where one parcel is and was."""

    tracking_number: Text
    status_category: Text = ""
    expected_delivery_time_stamp: UtcMoment | None = None
    tracking_events: Many[_Event] = ()

    def as_update(self) -> TrackingUpdate:
        """The answer as ours."""
        return update_of(
            self.tracking_number,
            (event.as_scan() for event in self.tracking_events),
            status=_CATEGORIES.get(self.status_category.casefold()),
            expected_at=self.expected_delivery_time_stamp,
            signed_by=next((event.name for event in self.tracking_events if event.event_code == "01"), ""),
        )
