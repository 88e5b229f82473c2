"""What is said to DHL: questions for rates, orders for shipments; kilograms and centimetres."""

from datetime import datetime
from typing import Any

from connectors.parcels.measures import sides_mm
from connectors.protocols import ShipmentRequest
from orderflow.address import Address
from orderflow.shipping.rate import Parcel, Rate

LABEL_TEMPLATE = "ECOM26_84_001"


def rates_question(request: ShipmentRequest, account: str, shipped_at: datetime) -> dict[str, str]:
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
        "isCustomsDeclarable": "false",
        "unitOfMeasurement": "metric",
    }
    return {name: text for name, text in question.items() if text}


def shipment_order(request: ShipmentRequest, rate: Rate, account: str, shipped_at: datetime) -> dict[str, Any]:
    """A shipment of one piece without declaration or pickup, billed to the account, its label in the answer."""
    piece = {"weight": _kilograms(request.parcel), "dimensions": _centimetres(request.parcel)}
    return {
        "plannedShippingDateAndTime": shipped_at.strftime("%Y-%m-%dT%H:%M:%S GMT+00:00"),
        "pickup": {"isRequested": False},
        "productCode": rate.service,
        "accounts": [{"typeCode": "shipper", "number": account}],
        "customerReferences": [{"typeCode": "CU", "value": request.reference[:35]}],
        "outputImageProperties": {
            "encodingFormat": "pdf",
            "imageOptions": [{"typeCode": "label", "templateName": LABEL_TEMPLATE, "isRequested": True}],
        },
        "customerDetails": {
            "shipperDetails": _party(request.origin, request.origin.phone),
            "receiverDetails": _party(request.destination, request.origin.phone),
        },
        "content": {
            "packages": [piece],
            "isCustomsDeclarable": False,
            "description": f"Order {request.order_number}".strip()[:70],
            "incoterm": "DAP",
            "unitOfMeasurement": "metric",
        },
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
