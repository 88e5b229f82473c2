"""What is said to UPS. Every number is a text, weights are pounds with one digit, sizes whole inches."""

from datetime import UTC, datetime
from typing import Any

from connectors.parcels.measures import inches, pounds, sides_mm
from connectors.protocols import ShipmentRequest
from orderflow.address import Address
from orderflow.shipping.customs import CustomsDeclaration, CustomsItem
from orderflow.shipping.label_format import LabelFormat
from orderflow.shipping.rate import Parcel, Rate

# "Customer supplied package"; the shop packs in boxes of its own.
OWN_PACKAGING = {"Code": "02"}
INCHES = {"Code": "IN", "Description": "Inches"}
POUNDS = {"Code": "LBS", "Description": "Pounds"}
NEGOTIATED = {"NegotiatedRatesIndicator": "Y"}
# Between these the reference belongs to the package, elsewhere to the shipment (UPS Shipping, ReferenceNumber).
_REFERENCE_ON_PACKAGE = {"US", "PR"}


def rate_question(request: ShipmentRequest, account: str) -> dict[str, Any]:
    """What every service costs and how long it takes."""
    package = {"PackagingType": OWN_PACKAGING, **_measures(request.parcel)}
    shipment = {
        "Shipper": {"ShipperNumber": account, **_party(request.origin)},
        "ShipTo": _party(request.destination),
        "ShipFrom": _party(request.origin),
        "ShipmentRatingOptions": NEGOTIATED,
        "DeliveryTimeInformation": {"PackageBillType": "03"},
        "Package": [package],
    }
    return {"RateRequest": {"Request": {"RequestOption": "Shop"}, "Shipment": shipment}}


def ship_order(
    request: ShipmentRequest, customs: CustomsDeclaration | None, rate: Rate, account: str
) -> dict[str, Any]:
    """A shipment of one package, its address checked by UPS, billed to the account; its label is a picture or ZPL."""
    reference = {"ReferenceNumber": [{"Code": "TN", "Value": request.reference}]}
    on_package = {request.origin.country, request.destination.country} <= _REFERENCE_ON_PACKAGE
    package = {"Packaging": OWN_PACKAGING, **_measures(request.parcel), **(reference if on_package else {})}
    shipment = {
        "Description": f"Order {request.order_number}"[:50],
        "Shipper": {"ShipperNumber": account, **_party(request.origin)},
        "ShipTo": _party(request.destination, request.origin.phone),
        "ShipFrom": _party(request.origin),
        "PaymentInformation": {"ShipmentCharge": [{"Type": "01", "BillShipper": {"AccountNumber": account}}]},
        "ShipmentRatingOptions": NEGOTIATED,
        "Service": {"Code": rate.service},
        "Package": [package],
        **({} if on_package else reference),
        **_export(customs, request),
    }
    image = "ZPL" if request.label_format is LabelFormat.ZPL else "GIF"
    label = {"LabelImageFormat": {"Code": image}, "LabelStockSize": {"Height": "6", "Width": "4"}}
    return {
        "ShipmentRequest": {
            "Request": {"RequestOption": "validate"},
            "Shipment": shipment,
            "LabelSpecification": label,
        }
    }


def recovery_question(reference: str, account: str) -> dict[str, Any]:
    """Which label: the one of this reference number and shipper."""
    return {"ReferenceValues": {"ReferenceNumber": {"Value": reference}, "ShipperNumber": account}}


def _export(customs: CustomsDeclaration | None, request: ShipmentRequest) -> dict[str, Any]:
    """The invoice for customs, which UPS sends on without paper."""
    if customs is None:
        return {}
    invoice = {
        "FormType": ["01"],
        "InvoiceNumber": customs.invoice_number[:35],
        "InvoiceDate": f"{datetime.now(UTC):%Y%m%d}",
        "ReasonForExport": "SALE",
        "CurrencyCode": customs.value.currency,
        "Contacts": {"SoldTo": _sold_to(request)},
        "Product": [_product(item) for item in customs.items],
    }
    worth = {"CurrencyCode": customs.value.currency, "MonetaryValue": str(max(1, round(customs.value.amount)))}
    return {"InvoiceLineTotal": worth, "ShipmentServiceOptions": {"InternationalForms": invoice}}


def _sold_to(request: ShipmentRequest) -> dict[str, Any]:
    party = _party(request.destination, request.origin.phone)
    return {"AttentionName": request.destination.name[:35], **party}


def _product(item: CustomsItem) -> dict[str, Any]:
    """The value is that of one unit, the weight that of all of them."""
    return {
        "Description": [item.description[:35]],
        "Unit": {
            "Number": str(item.quantity),
            "UnitOfMeasurement": {"Code": "PCS"},
            "Value": str(item.unit_value.amount),
        },
        "CommodityCode": item.hs_code[:15],
        "PartNumber": item.sku[:35],
        "OriginCountryCode": item.origin_country,
        "ProductWeight": {"UnitOfMeasurement": POUNDS, "Weight": str(pounds(item.weight_grams, 1))},
    }


def _party(address: Address, phone: str = "") -> dict[str, Any]:
    """Name, phone and address; `phone` is given where the address has none of its own."""
    number = "".join(filter(str.isdigit, address.phone or phone))[-15:]
    contact = {"AttentionName": address.name[:35]} if address.company and address.name else {}
    place = {
        "AddressLine": [line[:35] for line in (address.line1, address.line2) if line],
        "City": address.city[:30],
        "StateProvinceCode": address.region,
        "PostalCode": address.postal_code.replace("-", ""),
        "CountryCode": address.country,
    }
    return {
        "Name": (address.company or address.name)[:35],
        **contact,
        **({"Phone": {"Number": number}} if number else {}),
        "Address": {name: told for name, told in place.items() if told},
    }


def _measures(parcel: Parcel) -> dict[str, Any]:
    sides = zip(("Length", "Width", "Height"), sides_mm(parcel), strict=True)
    sizes = {name: str(inches(side, 0)) for name, side in sides}
    weight = str(pounds(parcel.weight_grams, 1))
    return {
        "Dimensions": {"UnitOfMeasurement": INCHES, **sizes},
        "PackageWeight": {"UnitOfMeasurement": POUNDS, "Weight": weight},
    }
