"""EasyPost's trackers, and the events it posts of them."""

import hashlib
import hmac
import json
import unicodedata
from typing import Any
from uuid import uuid4

from deployments.sandbox.deliveries import Delivery
from deployments.sandbox.journeys import Journey, Step

Body = dict[str, Any]

_WORDS = {"exception": "failure", "returned": "return_to_sender"}


def tracker(journey: Journey, shipment_id: str = "") -> Body:
    """The tracker of a parcel."""
    return {
        "id": f"trk_{journey.tracking_number}",
        "object": "Tracker",
        "mode": "test",
        "tracking_code": journey.tracking_number,
        "status": _word(journey.status or "unknown"),
        "signed_by": journey.signed_by or None,
        "shipment_id": shipment_id,
        "est_delivery_date": _time(journey.expected_at) if journey.expected_at else None,
        "public_url": f"https://track.example/{journey.tracking_number}",
        "tracking_details": [_detail(step) for step in journey.steps],
    }


def event(journey: Journey, secret: str) -> Delivery:
    """The event EasyPost posts when a tracker changes, signed."""
    document = {
        "id": f"evt_{uuid4().hex}",
        "object": "Event",
        "mode": "test",
        "description": "tracker.updated",
        "created_at": _time(journey.steps[-1].at),
        "previous_attributes": {"status": "unknown"},
        "result": tracker(journey),
    }
    body = json.dumps(document).encode()
    key = unicodedata.normalize("NFKD", secret).encode()
    signature = f"hmac-sha256-hex={hmac.new(key, body, hashlib.sha256).hexdigest()}"
    return Delivery({"Content-Type": "application/json", "X-Hmac-Signature": signature}, body)


def _detail(step: Step) -> Body:
    place = {"object": "TrackingLocation", "city": step.city, "state": step.region, "country": step.country}
    return {
        "object": "TrackingDetail",
        "message": step.text or step.status,
        "status": _word(step.status),
        "datetime": _time(step.at),
        "source": "USPS",
        "tracking_location": place,
    }


def _word(status: str) -> str:
    return _WORDS.get(status, status)


def _time(at: Any) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
