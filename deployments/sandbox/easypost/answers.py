"""The bodies EasyPost answers with, and what it finds wrong with a shipment."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from fastapi.responses import JSONResponse

from deployments.sandbox.carriage import SERVICES, Service, crosses_a_border, zone_of

Body = dict[str, Any]

NOT_FOUND = {"carrier": "USPS", "type": "rate_error", "message": "Address not found."}
NO_ANSWER = {"carrier": "UPS", "type": "rate_error", "message": "The carrier did not respond in time."}
CARRIERS = {"usps": "USPS", "ups": "UPSDAP", "fedex": "FedExDefault"}

_ADDRESS_PARTS = ("street1", "city", "zip", "country")
_CUSTOMS_ITEM = ("description", "quantity", "value", "weight", "hs_tariff_number", "origin_country")
_SIZES = ("length", "width", "height")
_GRAMS_PER_OUNCE = 28.349523125


def refusal(status: int, code: str, message: str, faults: list[Body] | None = None) -> JSONResponse:
    """An error as EasyPost writes it."""
    return JSONResponse({"error": {"code": code, "message": message, "errors": faults or []}}, status)


def shipment_faults(shipment: Body) -> list[Body]:
    """What is missing of a shipment, by field."""
    faults = [
        _missing(f"{side}.{part}")
        for side in ("to_address", "from_address")
        for part in _ADDRESS_PARTS
        if not (shipment.get(side) or {}).get(part)
    ]
    parcel = shipment.get("parcel") or {}
    wrong = [part for part in ("weight", *_SIZES) if not isinstance(parcel.get(part), int | float) or parcel[part] <= 0]
    faults += [_missing(f"parcel.{part}") for part in wrong]
    return faults or _customs_faults(shipment)


def _customs_faults(shipment: Body) -> list[Body]:
    """What customs miss of a parcel that leaves the country."""
    if not crosses_a_border(shipment["from_address"]["country"], shipment["to_address"]["country"]):
        return []
    info = shipment.get("customs_info") or {}
    missing = [f"customs_info.{part}" for part in ("customs_signer", "contents_type", "eel_pfc") if not info.get(part)]
    items = info.get("customs_items") or [{}]
    return [_missing(field) for field in missing] + [
        _missing(f"customs_info.customs_items.{part}") for item in items for part in _CUSTOMS_ITEM if not item.get(part)
    ]


def shipment(order: Body, messages: list[Body]) -> Body:
    """A fresh shipment; without rates where there is a message instead."""
    created = _object("Shipment", "shp") | {
        "reference": order.get("reference"),
        "status": "unknown",
        "is_return": False,
        "to_address": _object("Address", "adr") | order["to_address"],
        "from_address": _object("Address", "adr") | order["from_address"],
        "parcel": _object("Parcel", "prcl") | order["parcel"],
        "options": order.get("options") or {},
        "messages": messages,
        "selected_rate": None,
        "postage_label": None,
        "tracking_code": None,
        "tracker": None,
        "refund_status": None,
    }
    return created | {"rates": [] if messages else [_rate(service, created) for service in SERVICES]}


def postage_label(link: str) -> Body:
    """The label's files, of which there is one."""
    label = {"label_date": _now(), "label_resolution": 300, "label_size": "4x6", "label_type": "default"}
    return _object("PostageLabel", "pl") | label | {"label_file_type": "application/pdf", "label_url": link}


def tracker(number: str, carrier: str) -> Body:
    """The tracker that comes with every label."""
    told = {"tracking_code": number, "carrier": carrier, "status": "unknown"}
    return _object("Tracker", "trk") | told | {"public_url": f"https://track.example/{number}"}


def _rate(service: Service, created: Body) -> Body:
    zone = zone_of(created["from_address"]["zip"], created["to_address"]["zip"])
    cents = service.cents(zone, created["parcel"]["weight"] * _GRAMS_PER_OUNCE)
    price = f"{cents / 100:.2f}"
    days = service.days(zone)
    return _object("Rate", "rate") | {
        "service": service.name.replace(" ", ""),
        "carrier": CARRIERS[service.carrier],
        "rate": price,
        "currency": "USD",
        "retail_rate": price,
        "list_rate": price,
        "billing_type": "easypost",
        "delivery_days": days,
        "est_delivery_days": days,
        "delivery_date_guaranteed": days == 1,
        "shipment_id": created["id"],
        "carrier_account_id": f"ca_{service.carrier}",
    }


def _missing(field: str) -> Body:
    return {"field": field, "message": f"{field} cannot be blank."}


def _object(kind: str, prefix: str) -> Body:
    now = _now()
    return {"id": f"{prefix}_{uuid4().hex}", "object": kind, "mode": "test", "created_at": now, "updated_at": now}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
