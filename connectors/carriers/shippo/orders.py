"""What is said to Shippo: shipments and purchases; grams and millimetres, as texts."""

from typing import Any

from connectors.protocols import ShipmentRequest
from orderflow.address import Address
from orderflow.shipping.customs import CustomsDeclaration, CustomsItem
from orderflow.shipping.label_format import LabelFormat
from orderflow.shipping.rate import Parcel, Rate

_ADDRESS_FIELDS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country", "phone")
_THEIR_NAMES = {"line1": "street1", "line2": "street2", "region": "state", "postal_code": "zip"}
OUR_NAMES = {theirs: ours for ours, theirs in _THEIR_NAMES.items()}
_FILE_TYPES = {LabelFormat.PDF: "PDF_4x6", LabelFormat.PNG: "PNG", LabelFormat.ZPL: "ZPLII"}


def shipment_order(request: ShipmentRequest, customs: CustomsDeclaration | None) -> dict[str, Any]:
    """A shipment to be rated, with its declaration where it needs one."""
    return {
        "address_from": _address(request.origin),
        "address_to": _address(request.destination),
        "parcels": [_parcel(request.parcel)],
        "metadata": request.order_number[:100],
        "async": False,
        **({"customs_declaration": _customs(customs)} if customs else {}),
    }


def purchase_order(request: ShipmentRequest, rate: Rate) -> dict[str, Any]:
    """A purchase of the rate, with the shipment's reference as metadata."""
    file_type = _FILE_TYPES[request.label_format]
    return {"rate": rate.rate_id, "metadata": request.reference, "label_file_type": file_type, "async": False}


def _parcel(parcel: Parcel) -> dict[str, str]:
    return {
        "weight": str(parcel.weight_grams),
        "mass_unit": "g",
        "length": str(parcel.length_mm),
        "width": str(parcel.width_mm),
        "height": str(parcel.height_mm),
        "distance_unit": "mm",
    }


def _address(address: Address) -> dict[str, str]:
    return {_THEIR_NAMES.get(name, name): text for name in _ADDRESS_FIELDS if (text := getattr(address, name))}


def _customs(customs: CustomsDeclaration) -> dict[str, Any]:
    return {
        "certify": True,
        "certify_signer": customs.signer,
        "contents_type": "MERCHANDISE",
        "non_delivery_option": "RETURN",
        "invoice": customs.invoice_number,
        "items": [_item(item) for item in customs.items],
    }


def _item(item: CustomsItem) -> dict[str, Any]:
    """Value and weight are those of all units together."""
    return {
        "description": item.description,
        "quantity": item.quantity,
        "net_weight": str(item.weight_grams),
        "mass_unit": "g",
        "value_amount": str(item.value.amount),
        "value_currency": item.unit_value.currency,
        "origin_country": item.origin_country,
        "hs_code": item.hs_code,
        "tariff_number": item.hs_code,
        "sku_code": item.sku,
    }
