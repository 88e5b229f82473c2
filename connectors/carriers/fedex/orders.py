"""What is said to FedEx: questions for quotes, orders for shipments, cancellations. All ship on the day they arrive."""

from typing import Any

from connectors.parcels.measures import inches, pounds, sides_mm
from connectors.protocols import ShipmentRequest
from orderflow.address import Address
from orderflow.money import Money
from orderflow.shipping.customs import CustomsDeclaration, CustomsItem
from orderflow.shipping.label_format import LabelFormat
from orderflow.shipping.rate import Parcel, Rate

_IMAGE_TYPES = {LabelFormat.PDF: "PDF", LabelFormat.PNG: "PNG", LabelFormat.ZPL: "ZPLII"}


def quotes_question(request: ShipmentRequest, customs: CustomsDeclaration | None, account: str) -> dict[str, Any]:
    """What every service costs the account and how long it takes."""
    return {
        "accountNumber": {"value": account},
        "rateRequestControlParameters": {"returnTransitTimes": True},
        "requestedShipment": {
            "shipper": {"address": _address(request.origin)},
            "recipient": {"address": _address(request.destination)},
            "pickupType": "USE_SCHEDULED_PICKUP",
            "packagingType": "YOUR_PACKAGING",
            "rateRequestType": ["ACCOUNT"],
            "requestedPackageLineItems": [_measures(request.parcel)],
            **_clearance(customs),
        },
    }


def ship_order(
    request: ShipmentRequest, customs: CustomsDeclaration | None, rate: Rate, account: str
) -> dict[str, Any]:
    """A shipment of one package, billed to the account, its label of 4 × 6 inches in the answer."""
    references = [
        {"customerReferenceType": "CUSTOMER_REFERENCE", "value": request.reference[:30]},
        {"customerReferenceType": "INVOICE_NUMBER", "value": request.order_number[:30]},
    ]
    package = {**_measures(request.parcel), "customerReferences": [item for item in references if item["value"]]}
    payor = {"responsibleParty": {"accountNumber": {"value": account}}}
    return {
        "accountNumber": {"value": account},
        "labelResponseOptions": "LABEL",
        "requestedShipment": {
            "shipper": _party(request.origin, request.origin.phone),
            "recipients": [_party(request.destination, request.origin.phone)],
            "serviceType": rate.service,
            "packagingType": "YOUR_PACKAGING",
            "pickupType": "USE_SCHEDULED_PICKUP",
            "shippingChargesPayment": {"paymentType": "SENDER", "payor": payor},
            "labelSpecification": {
                "imageType": _IMAGE_TYPES[request.label_format],
                "labelFormatType": "COMMON2D",
                "labelStockType": "STOCK_4X6",
            },
            "requestedPackageLineItems": [package],
            **_clearance(customs),
        },
    }


def cancel_order(tracking_number: str, account: str) -> dict[str, Any]:
    """The cancellation of a shipment with all its packages."""
    return {
        "accountNumber": {"value": account},
        "deletionControl": "DELETE_ALL_PACKAGES",
        "trackingNumber": tracking_number,
    }


def _clearance(customs: CustomsDeclaration | None) -> dict[str, Any]:
    """What customs are told; the recipient pays what they ask."""
    if customs is None:
        return {}
    return {
        "customsClearanceDetail": {
            "isDocumentOnly": False,
            "dutiesPayment": {"paymentType": "RECIPIENT"},
            "commercialInvoice": {"shipmentPurpose": "SOLD"},
            "totalCustomsValue": _money(customs.value),
            "commodities": [_commodity(item) for item in customs.items],
        }
    }


def _commodity(item: CustomsItem) -> dict[str, Any]:
    return {
        "description": item.description,
        "countryOfManufacture": item.origin_country,
        "harmonizedCode": item.hs_code.replace(".", ""),
        "partNumber": item.sku,
        "quantity": item.quantity,
        "quantityUnits": "PCS",
        "unitPrice": _money(item.unit_value),
        "customsValue": _money(item.value),
        "weight": {"units": "LB", "value": float(pounds(item.weight_grams))},
    }


def _money(amount: Money) -> dict[str, Any]:
    return {"amount": float(amount.amount), "currency": amount.currency}


def _party(address: Address, phone: str) -> dict[str, Any]:
    """Contact and address; FedEx wants a phone, so `phone` is given where the address has none of its own."""
    told = {
        "personName": address.name or address.company,
        "companyName": address.company,
        "phoneNumber": "".join(filter(str.isdigit, address.phone or phone))[-15:],
    }
    return {"contact": {name: text for name, text in told.items() if text}, "address": _address(address)}


def _address(address: Address) -> dict[str, Any]:
    told = {
        "streetLines": [line[:35] for line in (address.line1, address.line2) if line],
        "city": address.city,
        "stateOrProvinceCode": address.region,
        "postalCode": address.postal_code,
        "countryCode": address.country,
    }
    return {name: value for name, value in told.items() if value}


def _measures(parcel: Parcel) -> dict[str, Any]:
    sides = zip(("length", "width", "height"), sides_mm(parcel), strict=True)
    return {
        "weight": {"units": "LB", "value": float(pounds(parcel.weight_grams))},
        "dimensions": {"units": "IN", **{name: int(inches(side, 0)) for name, side in sides}},
    }
