"""Shippo's tracks, and the events it posts of them. It signs nothing: the address it posts to is the secret."""

import json
from typing import Any
from uuid import uuid4

from deployments.sandbox.deliveries import Delivery
from deployments.sandbox.journeys import Journey, Step

Body = dict[str, Any]

_WORDS = {
    "pre_transit": "PRE_TRANSIT",
    "in_transit": "TRANSIT",
    "out_for_delivery": "TRANSIT",
    "delivered": "DELIVERED",
    "exception": "FAILURE",
    "returned": "RETURNED",
}


def track(journey: Journey, carrier: str) -> Body:
    """Where a parcel is and was."""
    history = [_status(step) for step in journey.steps]
    return {
        "carrier": carrier,
        "tracking_number": journey.tracking_number,
        "address_from": None,
        "address_to": None,
        "eta": _time(journey.expected_at) if journey.expected_at else None,
        "original_eta": None,
        "servicelevel": {"token": None, "name": None},
        "metadata": "",
        "transaction": None,
        "messages": [],
        "tracking_status": history[-1] if history else None,
        "tracking_history": history,
    }


def event(journey: Journey, secret: str) -> Delivery:
    """The event Shippo posts when a track changes."""
    told = {"event": "track_updated", "test": True, "data": track(journey, "usps")}
    return Delivery({"Content-Type": "application/json"}, json.dumps(told).encode())


def _status(step: Step) -> Body:
    on_the_van = {"code": "out_for_delivery", "text": "On the van.", "action_required": False}
    return {
        "object_id": uuid4().hex,
        "object_created": _time(step.at),
        "object_updated": _time(step.at),
        "status": _WORDS[step.status],
        "status_details": step.text or step.status,
        "status_date": _time(step.at),
        "substatus": on_the_van if step.status == "out_for_delivery" else None,
        "location": {"city": step.city, "state": step.region, "zip": "38101", "country": step.country},
    }


def _time(at: Any) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
