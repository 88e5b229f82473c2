"""What is said to ShipStation: shipments with every field its specification calls required."""

from typing import Any

from connectors.protocols import ShipmentRequest
from orderflow.address import Address
from orderflow.shipping.customs import CustomsDeclaration, CustomsItem
from orderflow.shipping.rate import Parcel, Rate

# Their name of each part of an address, by ours.
ADDRESS_FIELDS = {
    "name": "name",
    "company": "company_name",
    "line1": "address_line1",
    "line2": "address_line2",
    "city": "city_locality",
    "region": "state_province",
    "postal_code": "postal_code",
    "country": "country_code",
    "phone": "phone",
}


def rate_question(
    request: ShipmentRequest, customs: CustomsDeclaration | None, carrier_ids: list[str]
) -> dict[str, Any]:
    """What the carrier accounts ask for the shipment. Without its reference: that belongs to the purchase alone."""
    return {"shipment": _shipment(request, customs), "rate_options": {"carrier_ids": carrier_ids}}


def label_order(request: ShipmentRequest, customs: CustomsDeclaration | None, rate: Rate) -> dict[str, Any]:
    """A label from the account and service of the rate, whose file comes in the answer instead of by a link."""
    carrier_id = rate.rate_id.partition(":")[0]
    chosen = {"external_shipment_id": request.reference, "carrier_id": carrier_id, "service_code": rate.service}
    download = {"label_format": request.label_format.value, "label_layout": "4x6", "label_download_type": "inline"}
    return {"shipment": _shipment(request, customs) | chosen, **download}


def _shipment(request: ShipmentRequest, customs: CustomsDeclaration | None) -> dict[str, Any]:
    sender = _address(request.origin, request.origin.phone)
    warehouse = request.location_ids.get("shipstation")
    return {
        "ship_to": _address(request.destination, request.origin.phone),
        "ship_from": sender,
        "return_to": sender,
        **({"warehouse_id": warehouse} if warehouse else {}),
        "shipment_number": request.order_number[:50],
        "confirmation": "none",
        "insurance_provider": "none",
        "advanced_options": {},
        "tags": [{"name": service} for service in request.services],
        "packages": [_package(request.parcel) | _products(customs)],
        **({"customs": {"contents": "merchandise", "non_delivery": "return_to_sender"}} if customs else {}),
    }


def _package(parcel: Parcel) -> dict[str, Any]:
    sizes = {"length": parcel.length_mm, "width": parcel.width_mm, "height": parcel.height_mm}
    return {
        "weight": {"value": parcel.weight_grams, "unit": "gram"},
        "dimensions": {"unit": "centimeter", **{side: size / 10 for side, size in sizes.items()}},
    }


def _products(customs: CustomsDeclaration | None) -> dict[str, Any]:
    return {"products": [_product(item) for item in customs.items]} if customs else {}


def _product(item: CustomsItem) -> dict[str, Any]:
    """What customs are told of one SKU; value and weight are those of one unit."""
    return {
        "description": item.description[:100],
        "quantity": item.quantity,
        "value": {"currency": item.unit_value.currency.lower(), "amount": float(item.unit_value.amount)},
        "weight": {"value": item.unit_weight_grams, "unit": "gram"},
        "harmonized_tariff_code": item.hs_code,
        "country_of_origin": item.origin_country,
        "sku": item.sku,
    }


def _address(address: Address, phone: str) -> dict[str, str]:
    """The address; ShipStation wants a phone, so `phone` is given where the address has none of its own."""
    told = {theirs: getattr(address, ours) for ours, theirs in ADDRESS_FIELDS.items()}
    told["name"] = told["name"] or address.company
    told["phone"] = told["phone"] or phone
    return {name: text for name, text in told.items() if text} | {"address_residential_indicator": "unknown"}
