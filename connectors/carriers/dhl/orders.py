"""What is said to DHL: questions for rates, orders for shipments; kilograms and centimetres."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.parcels.measures import sides_mm
from connectors.protocols import ShipmentRequest
from orderflow.address import Address
from orderflow.shipping.customs import CustomsDeclaration, CustomsItem
from orderflow.shipping.label_format import LabelFormat
from orderflow.shipping.rate import Parcel

LABEL_TEMPLATE = "ECOM26_84_001"


@dataclass(frozen=True)
class Bill:
    """Which product is ordered, on whose account, and when the parcel is handed over."""

    product_code: str
    account: str
    shipped_at: datetime


def rates_question(
    request: ShipmentRequest, customs: CustomsDeclaration | None, account: str, shipped_at: datetime
) -> dict[str, str]:
    """What every product costs the account and how long it takes, as the parameters of a question."""
    question = {
        "accountNumber": account,
        "originCountryCode": request.origin.country,
        "originPostalCode": request.origin.postal_code,
        "originCityName": request.origin.city,
        "destinationCountryCode": request.destination.country,
        "destinationPostalCode": request.destination.postal_code,
        "destinationCityName": request.destination.city,
        "weight": str(_kilograms(request.parcel)),
        **{name: str(size) for name, size in _centimetres(request.parcel).items()},
        "plannedShippingDate": shipped_at.date().isoformat(),
        "isCustomsDeclarable": "true" if customs else "false",
        "unitOfMeasurement": "metric",
    }
    return {name: text for name, text in question.items() if text}


def shipment_order(request: ShipmentRequest, customs: CustomsDeclaration | None, bill: Bill) -> dict[str, Any]:
    """A shipment of one piece without pickup, billed to the account, its label in the answer. There is no PNG."""
    piece = {"weight": _kilograms(request.parcel), "dimensions": _centimetres(request.parcel)}
    return {
        "plannedShippingDateAndTime": bill.shipped_at.strftime("%Y-%m-%dT%H:%M:%S GMT+00:00"),
        "pickup": {"isRequested": False},
        "productCode": bill.product_code,
        "accounts": [{"typeCode": "shipper", "number": bill.account}],
        "customerReferences": [{"typeCode": "CU", "value": request.reference[:35]}],
        "outputImageProperties": {
            "encodingFormat": "zpl" if request.label_format is LabelFormat.ZPL else "pdf",
            "imageOptions": [{"typeCode": "label", "templateName": LABEL_TEMPLATE, "isRequested": True}],
        },
        "customerDetails": {
            "shipperDetails": _party(request.origin, request.origin.phone),
            "receiverDetails": _party(request.destination, request.origin.phone),
        },
        "content": {
            "packages": [piece],
            **_declaration(customs, bill.shipped_at),
            "description": f"Order {request.order_number}".strip()[:70],
            "incoterm": "DAP",
            "unitOfMeasurement": "metric",
        },
    }


def _declaration(customs: CustomsDeclaration | None, shipped_at: datetime) -> dict[str, Any]:
    """What customs are told; the invoice has the order's number."""
    if customs is None:
        return {"isCustomsDeclarable": False}
    return {
        "isCustomsDeclarable": True,
        "declaredValue": float(customs.value.amount),
        "declaredValueCurrency": customs.value.currency,
        "exportDeclaration": {
            "lineItems": [_line_item(number, item) for number, item in enumerate(customs.items, 1)],
            "invoice": {"number": (customs.invoice_number or "1")[:35], "date": shipped_at.date().isoformat()},
            "exportReasonType": "commercial_purpose_or_sale",
            "shipmentType": "commercial",
        },
    }


def _line_item(number: int, item: CustomsItem) -> dict[str, Any]:
    """The price is that of one unit, the weight that of all of them."""
    kilograms = round(item.weight_grams / 1000, 3)
    return {
        "number": number,
        "description": item.description[:512],
        "price": float(item.unit_value.amount),
        "quantity": {"value": item.quantity, "unitOfMeasurement": "PCS"},
        "commodityCodes": [{"typeCode": "outbound", "value": item.hs_code}],
        "exportReasonType": "permanent",
        "manufacturerCountry": item.origin_country,
        "weight": {"netValue": kilograms, "grossValue": kilograms},
    }


def _party(address: Address, phone: str) -> dict[str, Any]:
    """Address and contact; DHL wants a phone and a company, so `phone` and the name stand in where there is none."""
    place = {
        "postalCode": address.postal_code,
        "cityName": address.city[:45],
        "countryCode": address.country,
        "addressLine1": address.line1[:45],
        "addressLine2": address.line2[:45],
    }
    contact = {
        "phone": address.phone or phone,
        "companyName": address.company or address.name,
        "fullName": address.name or address.company,
    }
    optional = "addressLine2"
    return {
        "postalAddress": {name: text for name, text in place.items() if text or name != optional},
        "contactInformation": contact,
    }


def _kilograms(parcel: Parcel) -> float:
    return parcel.weight_grams / 1000


def _centimetres(parcel: Parcel) -> dict[str, float]:
    """The sizes; DHL takes none under a centimetre."""
    sides = zip(("length", "width", "height"), sides_mm(parcel), strict=True)
    return {name: max(1.0, side / 10) for name, side in sides}
