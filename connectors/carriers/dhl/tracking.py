"""Where DHL says parcels are. Times are those of the place, with its offset beside them."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from connectors.reading import Many, Moment, Text, read_as
from orderflow.shipping.tracking import Scan, TrackingStatus, TrackingUpdate, update_of

_TROUBLES = ("BA", "CA", "CD", "CM", "CS", "DM", "HX", "LX", "MC", "MS", "NA", "NH", "OH", "RD", "SS", "TD", "UD")
_STATUSES = {
    **dict.fromkeys(("OK", "PD", "DL"), TrackingStatus.DELIVERED),
    **dict.fromkeys(("WC", "CC"), TrackingStatus.OUT_FOR_DELIVERY),
    **dict.fromkeys(_TROUBLES, TrackingStatus.EXCEPTION),
    "RT": TrackingStatus.RETURNED,
    "SA": TrackingStatus.PRE_TRANSIT,
}


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _At(BaseModel):
    at: Moment


class _Area(_Answer):
    description: Text = ""


class _Event(_Answer):
    date: Text
    time: Text = "00:00:00"
    offset: Text = Field(default="+00:00", alias="GMTOffset")
    type_code: Text = ""
    description: Text = ""
    service_area: Many[_Area] = ()
    signed_by: Text = ""

    def as_scan(self) -> Scan:
        told = read_as(_At, {"at": f"{self.date}T{self.time}{self.offset or '+00:00'}"})
        place = next((area.description for area in self.service_area), "")
        status = _STATUSES.get(self.type_code, TrackingStatus.IN_TRANSIT)
        return Scan(status=status, at=told.at, place=place, text=self.description, code=self.type_code)


class _Shipment(_Answer):
    estimated_delivery_date: Text = ""
    events: Many[_Event] = ()


class TrackingAnswer(_Answer):
    """Where shipments are."""

    shipments: Many[_Shipment] = ()

    def as_update(self, tracking_number: str) -> TrackingUpdate | None:
        """What is said of the asked number; None for a number without a shipment."""
        if not self.shipments:
            return None
        shipment = self.shipments[0]
        return update_of(
            tracking_number,
            (event.as_scan() for event in shipment.events),
            expected_at=_forecast(shipment.estimated_delivery_date),
            signed_by=next((event.signed_by for event in shipment.events if event.signed_by), ""),
        )


def tracking_question() -> dict[str, str]:
    """Every checkpoint of one shipment, each with the offset of its time."""
    return {"trackingView": "all-checkpoints", "levelOfDetail": "shipment", "requestGMTOffsetPerEvent": "true"}


def _forecast(text: str) -> datetime | None:
    """The day or time DHL reckons with, in UTC where it names no offset; None where there is none to be read."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
