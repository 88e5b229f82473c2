"""Where UPS says packages are, and the Track Alerts it posts. It signs nothing: the address is the secret."""

import json
from typing import Any

from deployments.sandbox.deliveries import Delivery
from deployments.sandbox.journeys import Journey, Step

Body = dict[str, Any]

_TYPES = {
    "pre_transit": ("M", "MP"),
    "in_transit": ("I", "DP"),
    "out_for_delivery": ("I", "OT"),
    "delivered": ("D", "FS"),
    "exception": ("X", "X1"),
    "returned": ("RS", "RS"),
}


def details(journey: Journey) -> Body:
    """The package, its activity newest first; an activity of one still is a list here."""
    scheduled = [{"type": "SDD", "date": f"{journey.expected_at:%Y%m%d}"}] if journey.expected_at else []
    package = {
        "trackingNumber": journey.tracking_number,
        "deliveryDate": scheduled,
        "activity": [_activity(step) for step in reversed(journey.steps)],
        "packageCount": 1,
    }
    if journey.signed_by:
        package["deliveryInformation"] = {"receivedBy": journey.signed_by}
    shipment = {"inquiryNumber": journey.tracking_number, "package": [package], "userRelation": ["SHIPPER"]}
    return {"trackResponse": {"shipment": [shipment]}}


def alert(journey: Journey, secret: str) -> Delivery:
    """The alert UPS posts of the newest activity."""
    step = journey.steps[-1]
    day, time = f"{step.at:%Y%m%d}", f"{step.at:%H%M%S}"
    told = {
        "trackingNumber": journey.tracking_number,
        "localActivityDate": day,
        "localActivityTime": time,
        "activityLocation": {"city": step.city.upper(), "stateProvince": step.region, "country": step.country},
        "activityStatus": _status(step),
        "scheduledDeliveryDate": "",
        "gmtActivityDate": day,
        "gmtActivityTime": time,
        "receivedBy": step.signed_by,
    }
    headers = {"Content-Type": "application/json", "User-Agent": "UPSPubSubTrackingService"}
    return Delivery(headers, json.dumps(told).encode())


def _activity(step: Step) -> Body:
    day, time = f"{step.at:%Y%m%d}", f"{step.at:%H%M%S}"
    place = {"city": step.city, "stateProvince": step.region, "countryCode": step.country, "country": step.country}
    return {
        "location": {"address": place},
        "status": _status(step),
        "date": day,
        "time": time,
        "gmtDate": day,
        "gmtTime": f"{step.at:%H:%M:%S}",
        "gmtOffset": "+00:00",
    }


def _status(step: Step) -> Body:
    kind, code = _TYPES[step.status]
    return {"type": kind, "code": code, "description": step.text or step.status}
