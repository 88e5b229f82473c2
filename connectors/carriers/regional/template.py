"""JSON with placeholders, and the facts of a shipment they stand for."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from connectors.described import filling
from connectors.parcels.measures import inches, ounces, pounds, sides_mm
from connectors.protocols import ShipmentRequest
from orderflow.address import Address
from orderflow.shipping.customs import CustomsItem
from orderflow.shipping.rate import Parcel, Rate

_ADDRESS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country", "phone")
_WEIGHTS = ("weight_grams", "weight_kg", "weight_pounds", "weight_ounces")
_SIZES = tuple(f"{side}_{unit}" for side in ("length", "width", "height") for unit in ("mm", "cm", "inches"))
FACTS = (
    {
        "reference",
        "id",
        "tracking_number",
        "label_format",
        "customs.items",
        "order_number",
        "speed",
        "currency",
        "value",
        "service",
        "offer_id",
    }
    | {f"{side}.{field}" for side in ("origin", "destination") for field in _ADDRESS}
    | {f"parcel.{measure}" for measure in (*_WEIGHTS, *_SIZES)}
)


def shipment_facts(request: ShipmentRequest, rate: Rate | None = None) -> dict[str, Any]:
    """Every fact of a shipment by its placeholder's name; with a rate, those of the chosen offer too."""
    return {
        "reference": request.reference,
        "order_number": request.order_number,
        "speed": request.speed.value,
        "currency": request.currency,
        "value": str(request.value.amount) if request.value else "",
        "label_format": request.label_format.value,
        "customs.items": [_declared(item) for item in request.customs.items] if request.customs else "",
        "service": rate.service if rate else "",
        "offer_id": rate.rate_id if rate else "",
        **_address_facts("origin", request.origin),
        **_address_facts("destination", request.destination),
        **_parcel_facts(request.parcel),
    }


def fill(template: Any, facts: Mapping[str, Any]) -> Any:
    """The template with its facts, without what it has no fact for."""
    return filling.fill(template, defaultdict(str, facts), leave_out_empty=True)


def fill_path(template: str, facts: Mapping[str, Any]) -> str:
    """The path with its facts, each as one step whatever is in it; nothing where there is none."""
    return filling.fill_path(template, defaultdict(str, facts))


def _declared(item: CustomsItem) -> dict[str, Any]:
    """What customs are told of one SKU, in our words; value and weight are those of one unit."""
    return {
        "sku": item.sku,
        "description": item.description,
        "quantity": item.quantity,
        "value": str(item.unit_value.amount),
        "currency": item.unit_value.currency,
        "weight_grams": item.unit_weight_grams,
        "hs_code": item.hs_code,
        "origin_country": item.origin_country,
    }


def _address_facts(side: str, address: Address) -> dict[str, str]:
    return {f"{side}.{field}": getattr(address, field) for field in _ADDRESS}


def _parcel_facts(parcel: Parcel) -> dict[str, float]:
    weights = {
        "weight_grams": parcel.weight_grams,
        "weight_kg": parcel.weight_grams / 1000,
        "weight_pounds": float(pounds(parcel.weight_grams)),
        "weight_ounces": float(ounces(parcel.weight_grams)),
    }
    sizes: dict[str, float] = {}
    for side, mm in zip(("length", "width", "height"), sides_mm(parcel), strict=True):
        sizes |= {f"{side}_mm": mm, f"{side}_cm": mm / 10, f"{side}_inches": float(inches(mm))}
    return {f"parcel.{name}": measure for name, measure in (weights | sizes).items()}
