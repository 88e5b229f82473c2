"""The bodies ShipStation answers with, and what it finds wrong with a shipment."""

from base64 import b64encode
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from fastapi.responses import JSONResponse

from deployments.sandbox.carriage import (
    Service,
    crosses_a_border,
    is_undeliverable,
    label_file,
    tracking_number,
    zone_of,
)

Body = dict[str, Any]

ACCOUNTS = {"usps": ("se-101", "stamps_com"), "ups": ("se-102", "ups"), "fedex": ("se-103", "fedex")}

_ADDRESS_PARTS = ("name", "phone", "address_line1", "city_locality", "state_province", "postal_code", "country_code")
_MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png", "zpl": "application/zpl"}
_PRODUCT = ("description", "quantity", "value", "harmonized_tariff_code", "country_of_origin")
_GRAMS = {"gram": 1.0, "kilogram": 1000.0, "ounce": 28.3495, "pound": 453.592}


def fault(code: str, message: str, kind: str = "validation") -> Body:
    """One entry of an answer's errors."""
    return {"error_source": "ShipStation", "error_type": kind, "error_code": code, "message": message}


def required(field: str) -> Body:
    """The complaint about a missing field."""
    return fault("field_value_required", f"{field} is required.")


def errors(status: int, *faults: Body) -> JSONResponse:
    """A refusal."""
    return JSONResponse({"request_id": str(uuid4()), "errors": list(faults)}, status)


def shipment_faults(shipment: Body) -> list[Body]:
    """What is missing of a shipment: the parts of its addresses, a weight."""
    missing = [
        f"{side}.{part}"
        for side in ("ship_to", "ship_from")
        for part in _ADDRESS_PARTS
        if not (shipment.get(side) or {}).get(part)
    ]
    if grams_of(shipment) <= 0:
        missing.append("packages[0].weight.value")
    return [required(field) for field in missing or _customs_gaps(shipment)]


def _customs_gaps(shipment: Body) -> list[str]:
    """What customs miss of a parcel that leaves the country."""
    if not crosses_a_border(shipment["ship_from"]["country_code"], shipment["ship_to"]["country_code"]):
        return []
    customs = shipment.get("customs") or {}
    missing = [f"customs.{part}" for part in ("contents", "non_delivery") if not customs.get(part)]
    products = [product for package in shipment["packages"] for product in package.get("products") or [{}]]
    return missing + [f"packages.products.{part}" for one in products for part in _PRODUCT if not one.get(part)]


def address_faults(shipment: Body) -> list[Body]:
    """Whether the recipient's address is one nobody delivers to."""
    to = shipment["ship_to"]
    if is_undeliverable(to["address_line1"], to["postal_code"]):
        return [fault("invalid_address", "ship_to.address_line1: the address could not be verified.", "business_rules")]
    return []


def grams_of(shipment: Body) -> float:
    """The weight of all packages, 0 where none is told."""
    weights = [package.get("weight") or {} for package in shipment.get("packages") or []]
    return sum(_GRAMS.get(weight.get("unit", ""), 0) * float(weight.get("value") or 0) for weight in weights)


def zone_and_price(service: Service, shipment: Body) -> tuple[int, Decimal]:
    """The zone, and what the service asks for it."""
    zone = zone_of(shipment["ship_from"]["postal_code"], shipment["ship_to"]["postal_code"])
    return zone, Decimal(service.cents(zone, grams_of(shipment))) / 100


def rate(service: Service, shipment: Body) -> Body:
    """One offer."""
    zone, price = zone_and_price(service, shipment)
    carrier_id, carrier_code = ACCOUNTS[service.carrier]
    nothing = amount(Decimal(0))
    return {
        "rate_id": new_id(),
        "rate_type": "shipment",
        "carrier_id": carrier_id,
        "shipping_amount": amount(price),
        "insurance_amount": nothing,
        "confirmation_amount": nothing,
        "other_amount": nothing,
        "zone": zone,
        "package_type": "package",
        "delivery_days": service.days(zone),
        "guaranteed_service": False,
        "negotiated_rate": True,
        "service_type": service.name,
        "service_code": service.code,
        "trackable": True,
        "carrier_code": carrier_code,
        "carrier_nickname": "Sandbox",
        "carrier_friendly_name": service.carrier.upper(),
        "validation_status": "valid",
        "warning_messages": [],
        "error_messages": [],
    }


def label(service: Service, shipment: Body, price: Decimal) -> Body:
    """A fresh label, without its file."""
    carrier_id, carrier_code = ACCOUNTS[service.carrier]
    number = tracking_number()
    return {
        "label_id": new_id(),
        "status": "completed",
        "shipment_id": new_id(),
        "external_shipment_id": shipment.get("external_shipment_id"),
        "ship_date": now(),
        "created_at": now(),
        "shipment_cost": amount(price),
        "insurance_cost": amount(Decimal(0)),
        "tracking_number": number,
        "tracking_url": f"https://track.example/{number}",
        "is_return_label": False,
        "is_international": False,
        "carrier_id": carrier_id,
        "service_code": service.code,
        "package_code": "package",
        "voided": False,
        "voided_at": None,
        "label_format": "pdf",
        "label_layout": "4x6",
        "display_scheme": "label",
        "trackable": True,
        "carrier_code": carrier_code,
        "tracking_status": "in_transit",
        "packages": [_without_products(package) for package in shipment["packages"]],
    }


def _without_products(package: Body) -> Body:
    return {name: told for name, told in package.items() if name != "products"}


def file_of(sold: Body) -> bytes:
    """The label in the format it was ordered in."""
    lines = [sold["service_code"], sold["tracking_number"], sold["external_shipment_id"] or ""]
    return label_file(sold["label_format"], lines)


def inline_file(sold: Body) -> Body:
    """The download of a label whose file was asked for inline."""
    return {"href": f"data:{_MEDIA_TYPES[sold['label_format']]};base64,{b64encode(file_of(sold)).decode()}"}


def amount(value: Decimal) -> Body:
    """A price as ShipStation writes it: a number and a currency in lower case."""
    return {"currency": "usd", "amount": float(value)}


def new_id() -> str:
    """An id of ShipStation's kind."""
    return f"se-{uuid4().hex[:12]}"


def is_before(at: str, start: str) -> bool:
    """Whether one time is before another; never, where there is no other."""
    return bool(start) and datetime.fromisoformat(at) < datetime.fromisoformat(start)


def now() -> str:
    """The time in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
