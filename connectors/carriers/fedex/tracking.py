"""Where FedEx says parcels are. Codes are those of its Track API: OC, PU, IT, OD, DL, DE, RS and their like."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from connectors.errors import Refused
from connectors.reading import Many, Moment, Text
from orderflow.shipping.tracking import Scan, TrackingStatus, TrackingUpdate, update_of

_STATUSES = {
    "OC": TrackingStatus.PRE_TRANSIT,
    "IN": TrackingStatus.PRE_TRANSIT,
    "OD": TrackingStatus.OUT_FOR_DELIVERY,
    "HL": TrackingStatus.OUT_FOR_DELIVERY,
    "DL": TrackingStatus.DELIVERED,
    "RS": TrackingStatus.RETURNED,
    **dict.fromkeys(("DE", "SE", "CA", "CD", "DY"), TrackingStatus.EXCEPTION),
}
_NOT_FOUND = "NOTFOUND"


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Place(_Answer):
    city: Text = ""
    state_or_province_code: Text = ""
    country_code: Text = ""

    def words(self) -> str:
        return ", ".join(part for part in (self.city, self.state_or_province_code, self.country_code) if part)


class _ScanEvent(_Answer):
    date: Moment
    event_type: Text = ""
    event_description: Text = ""
    derived_status_code: Text = ""
    scan_location: _Place = _Place()

    def as_scan(self) -> Scan:
        return Scan(
            status=status_of(self.event_type or self.derived_status_code),
            at=self.date,
            place=self.scan_location.words(),
            text=self.event_description,
            code=self.event_type,
        )


class _Status(_Answer):
    code: Text = ""


class _DateAndTime(_Answer):
    type: Text = ""
    date_time: Moment


class _Delivery(_Answer):
    received_by_name: Text = ""


class _Fault(_Answer):
    code: Text = ""
    message: Text = ""


class _Result(_Answer):
    latest_status_detail: _Status = _Status()
    date_and_times: Many[_DateAndTime] = ()
    scan_events: Many[_ScanEvent] = ()
    delivery_details: _Delivery = _Delivery()
    error: _Fault | None = None

    def as_update(self, tracking_number: str) -> TrackingUpdate | None:
        if self.error is not None:
            if _NOT_FOUND in self.error.code:
                return None
            raise Refused(self.error.message, code=self.error.code)
        forecasts = [one.date_time for one in self.date_and_times if one.type == "ESTIMATED_DELIVERY"]
        return update_of(
            tracking_number,
            (event.as_scan() for event in self.scan_events),
            status=status_of(self.latest_status_detail.code),
            expected_at=forecasts[0] if forecasts else None,
            signed_by=self.delivery_details.received_by_name,
        )


class _Complete(_Answer):
    track_results: Many[_Result] = ()


class _Output(_Answer):
    complete_track_results: Many[_Complete] = ()


class TrackAnswer(_Answer):
    """Where parcels are; a number FedEx does not know is an error inside a 200."""

    output: _Output

    def as_update(self, tracking_number: str) -> TrackingUpdate | None:
        """What is said of the asked number. Raises Refused for an error inside."""
        results = [result for each in self.output.complete_track_results for result in each.track_results]
        return results[0].as_update(tracking_number) if results else None


def track_question(tracking_number: str) -> dict[str, Any]:
    """Where one parcel is, with every scan."""
    number = {"trackingNumberInfo": {"trackingNumber": tracking_number}}
    return {"includeDetailedScans": True, "trackingInfo": [number]}


def status_of(code: str) -> TrackingStatus:
    """What a code means; those not named here are steps on the way."""
    return _STATUSES.get(code, TrackingStatus.IN_TRANSIT if code else TrackingStatus.PRE_TRANSIT)
