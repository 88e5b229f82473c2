"""ShipStation's tracking of labels, and the signed deliveries it posts of it."""

import json
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from deployments.sandbox.deliveries import Delivery
from deployments.sandbox.journeys import Journey, Step

Body = dict[str, Any]

KEY_ID = "sandbox-key"
_CODES = {
    "": "NOT_YET_RECEIVED_BY_CARRIER",
    "pre_transit": "ELEC_ADVICE_RECD_BY_CARRIER",
    "in_transit": "IN_TRANSIT",
    "out_for_delivery": "OUT_FOR_DELIVERY",
    "delivered": "DELIVERED",
    "exception": "ATTEMPTED_DELIVERY",
    "returned": "RETURN_TO_SENDER",
}


class Signer:
    """Signs deliveries with a key of its own, whose public half everybody may have."""

    def __init__(self) -> None:
        self._key = generate_private_key(public_exponent=65537, key_size=2048)

    def jwks(self) -> Body:
        """The public key as a JWKS."""
        numbers = self._key.public_key().public_numbers()
        return {"keys": [{"kid": KEY_ID, "kty": "RSA", "n": _base64url(numbers.n), "e": _base64url(numbers.e)}]}

    def delivery(self, journey: Journey, secret: str) -> Delivery:
        """What ShipStation posts when a label's tracking changes; a `secret` stands for the time it is signed at."""
        document = {"resource_url": "", "resource_type": "API_TRACK", "data": tracking(journey)}
        body = json.dumps(document).encode()
        timestamp = secret or datetime.now(UTC).isoformat().replace("+00:00", "Z")
        signature = self._key.sign(timestamp.encode() + b"." + body, PKCS1v15(), SHA256())
        headers = {
            "Content-Type": "application/json",
            "x-shipengine-rsa-sha256-key-id": KEY_ID,
            "x-shipengine-rsa-sha256-signature": b64encode(signature).decode(),
            "x-shipengine-timestamp": timestamp,
        }
        return Delivery(headers, body)


def tracking(journey: Journey) -> Body:
    """Where a parcel is and was, newest event first."""
    code = _CODES[journey.status]
    return {
        "tracking_number": journey.tracking_number,
        "tracking_url": f"https://track.example/{journey.tracking_number}",
        "status_code": code,
        "status_detail_code": code,
        "status_description": journey.status or "unknown",
        "carrier_status_code": code[:2],
        "carrier_status_description": journey.status,
        "estimated_delivery_date": _time(journey.expected_at or datetime.now(UTC)),
        "events": [_event(step) for step in reversed(journey.steps)],
    }


def _event(step: Step) -> Body:
    code = _CODES[step.status]
    return {
        "occurred_at": _time(step.at),
        "carrier_occurred_at": _time(step.at),
        "description": step.text or step.status,
        "city_locality": step.city,
        "state_province": step.region,
        "postal_code": "38101",
        "country_code": step.country,
        "company_name": "",
        "signer": step.signed_by,
        "event_code": code[:2],
        "carrier_detail_code": code[:2],
        "status_code": code,
        "status_detail_code": code,
        "status_description": step.status,
        "carrier_status_code": code[:2],
        "carrier_status_description": step.status,
    }


def _base64url(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
