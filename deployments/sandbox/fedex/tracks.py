"""Where FedEx says parcels are."""

from typing import Any

from deployments.sandbox.journeys import Journey, Step

Body = dict[str, Any]

_CODES = {
    "": "",
    "pre_transit": "OC",
    "in_transit": "IT",
    "out_for_delivery": "OD",
    "delivered": "DL",
    "exception": "DE",
    "returned": "RS",
}


def result(journey: Journey, *, known: bool) -> Body:
    """The complete result of one number."""
    return {"trackingNumber": journey.tracking_number, "trackResults": [_track(journey) if known else _NOT_FOUND]}


_NOT_FOUND = {
    "error": {
        "code": "TRACKING.TRACKINGNUMBER.NOTFOUND",
        "message": "Tracking number cannot be found. Please correct the tracking number and try again.",
    }
}


def _track(journey: Journey) -> Body:
    code = _CODES[journey.status]
    forecast = [{"type": "ESTIMATED_DELIVERY", "dateTime": _time(journey.expected_at)}] if journey.expected_at else []
    return {
        "trackingNumberInfo": {"trackingNumber": journey.tracking_number, "carrierCode": "FDXE"},
        "latestStatusDetail": {"code": code, "derivedCode": code, "description": journey.status},
        "dateAndTimes": forecast,
        "scanEvents": [_event(step) for step in reversed(journey.steps)],
        "deliveryDetails": {"receivedByName": journey.signed_by},
    }


def _event(step: Step) -> Body:
    return {
        "date": _time(step.at),
        "eventType": _CODES[step.status],
        "eventDescription": step.text or step.status,
        "scanLocation": {"city": step.city, "stateOrProvinceCode": step.region, "countryCode": step.country},
    }


def _time(at: Any) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
