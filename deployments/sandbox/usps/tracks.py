"""Where USPS says parcels are."""

from typing import Any

from deployments.sandbox.journeys import Journey, Step

Body = dict[str, Any]

_WORDS = {
    "": ("", "Pre-Shipment"),
    "pre_transit": ("GX", "Pre-Shipment"),
    "in_transit": ("10", "In Transit"),
    "out_for_delivery": ("OF", "Out for Delivery"),
    "delivered": ("01", "Delivered"),
    "exception": ("05", "Alert"),
    "returned": ("09", "Return to Sender"),
}


def tracking(journey: Journey, *, detail: bool) -> Body:
    """One parcel with its events, newest first."""
    category = _WORDS[journey.status][1]
    events = [_event(step) for step in reversed(journey.steps)]
    forecast = {"expectedDeliveryTimeStamp": journey.expected_at.isoformat()} if journey.expected_at else {}
    told = {"trackingNumber": journey.tracking_number, "statusCategory": category, "status": category}
    return told | forecast | {"trackingEvents": events if detail else events[:1]}


def _event(step: Step) -> Body:
    return {
        "eventType": step.text or step.status,
        "eventTimestamp": f"{step.at:%Y-%m-%dT%H:%M:%S}",
        "GMTTimestamp": f"{step.at:%Y-%m-%dT%H:%M:%SZ}",
        "GMTOffset": "+00:00",
        "eventCity": step.city,
        "eventState": step.region,
        "eventZIP": "38101",
        "eventCountry": None if step.country == "US" else step.country,
        "eventCode": _WORDS[step.status][0],
        "name": step.signed_by or None,
    }
