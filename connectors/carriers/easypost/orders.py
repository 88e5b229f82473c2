"""What is said to EasyPost: shipments; ounces and inches."""

from typing import Any

from connectors.parcels.measures import inches, ounces, sides_mm
from connectors.protocols import ShipmentRequest
from orderflow.address import Address
from orderflow.shipping.customs import CustomsDeclaration, CustomsItem
from orderflow.shipping.rate import Parcel

_ADDRESS_FIELDS = {"line1": "street1", "line2": "street2", "region": "state", "postal_code": "zip"}
# The exemption from filing for goods worth up to 2,500 US dollars a tariff code (15 CFR 30.37(a)).
NO_FILING = "NOEEI 30.37(a)"


def shipment_order(request: ShipmentRequest, customs: CustomsDeclaration | None) -> dict[str, Any]:
    """A shipment to be rated, with its declaration where it needs one."""
    return {
        "from_address": _address(request.origin),
        "to_address": _address(request.destination),
        "parcel": _parcel(request.parcel),
        "reference": request.reference,
        "options": {
            "label_format": request.label_format.value.upper(),
            "label_size": "4x6",
            "invoice_number": request.order_number[:50],
        },
        **({"customs_info": _customs(customs)} if customs else {}),
    }


def _address(address: Address) -> dict[str, str]:
    told = address.model_dump(exclude={"latitude", "longitude"})
    return {_ADDRESS_FIELDS.get(name, name): text for name, text in told.items() if text}


def _parcel(parcel: Parcel) -> dict[str, float]:
    sides = zip(("length", "width", "height"), sides_mm(parcel), strict=True)
    return {"weight": float(ounces(parcel.weight_grams)), **{name: float(inches(side)) for name, side in sides}}


def _customs(customs: CustomsDeclaration) -> dict[str, Any]:
    return {
        "customs_certify": True,
        "customs_signer": customs.signer,
        "contents_type": "merchandise",
        "restriction_type": "none",
        "non_delivery_option": "return",
        "eel_pfc": NO_FILING,
        "customs_items": [_item(item) for item in customs.items],
    }


def _item(item: CustomsItem) -> dict[str, Any]:
    """Value and weight are those of all units together."""
    return {
        "description": item.description,
        "quantity": item.quantity,
        "value": float(item.value.amount),
        "currency": item.unit_value.currency,
        "weight": float(ounces(item.weight_grams)),
        "hs_tariff_number": item.hs_code,
        "origin_country": item.origin_country,
        "code": item.sku,
    }
