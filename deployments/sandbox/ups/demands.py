"""What UPS demands of requests. A fault is its code and its words."""

import re
from typing import Any

from deployments.sandbox.carriage import crosses_a_border
from deployments.sandbox.ups.answers import SERVICES

Fault = tuple[str, str]
Body = dict[str, Any]

_ACCOUNT = re.compile(r"[A-Za-z0-9]{6}")
_PRODUCT = ("Description", "Unit", "CommodityCode", "OriginCountryCode")
_NEEDS_POSTAL_CODE = {"US", "CA", "PR"}
_LONGEST_REFERENCE = 35


def rate_fault(body: Body) -> Fault | None:
    """What is wrong with a question for rates."""
    shipment = (body.get("RateRequest") or {}).get("Shipment") or {}
    return _parties_fault(shipment) or _package_fault(shipment, packaging="PackagingType")


def ship_fault(body: Body) -> Fault | None:
    """What is wrong with an order for a shipment."""
    request = body.get("ShipmentRequest") or {}
    shipment = request.get("Shipment") or {}
    if not (request.get("Request") or {}).get("RequestOption"):
        return "120001", "Missing or invalid RequestOption"
    return (
        _parties_fault(shipment)
        or _package_fault(shipment, packaging="Packaging")
        or _payment_fault(shipment)
        or _label_fault(request)
        or _reference_fault(shipment)
        or _customs_fault(shipment)
    )


def _parties_fault(shipment: Body) -> Fault | None:
    for side in ("Shipper", "ShipTo", "ShipFrom"):
        party = shipment.get(side) or {}
        address = party.get("Address") or {}
        if not party.get("Name"):
            return "120200", f"Missing or invalid {side} name"
        if not address.get("AddressLine") or not address.get("City"):
            return "120201", f"Missing or invalid {side} address line or city"
        if not address.get("CountryCode"):
            return "120207", f"Missing or invalid {side} country code"
        code = address.get("PostalCode") or ""
        if address["CountryCode"] in _NEEDS_POSTAL_CODE and not code:
            return "120206", f"Missing or invalid {side} postal code"
        if code.startswith("00000"):
            return "111285", f"The postal code {code} is invalid for {address.get('StateProvinceCode')} United States."
    account = str((shipment.get("Shipper") or {}).get("ShipperNumber"))
    return None if _ACCOUNT.fullmatch(account) else ("120100", "Missing or invalid shipper number")


def _package_fault(shipment: Body, *, packaging: str) -> Fault | None:
    package = next(iter(shipment.get("Package") or []), {})
    if not (package.get(packaging) or {}).get("Code"):
        return "120501", "Missing or invalid packaging type"
    weight = (package.get("PackageWeight") or {}).get("Weight")
    if not isinstance(weight, str) or not 0 < float(weight) <= 150:
        return "120502", "Missing or invalid package weight"
    sizes = [(package.get("Dimensions") or {}).get(side) for side in ("Length", "Width", "Height")]
    if not all(isinstance(size, str) and size.isdigit() for size in sizes):
        return "120503", "Missing or invalid package dimensions"
    return None


def _payment_fault(shipment: Body) -> Fault | None:
    charges = (shipment.get("PaymentInformation") or {}).get("ShipmentCharge") or []
    billed = [(charge.get("BillShipper") or {}).get("AccountNumber") for charge in charges if charge["Type"] == "01"]
    if billed != [shipment["Shipper"]["ShipperNumber"]]:
        return "120404", "Missing or invalid payment information"
    if (shipment.get("Service") or {}).get("Code") not in {service.code for service in SERVICES}:
        return "120301", "Missing or invalid service code"
    return None


def _label_fault(request: Body) -> Fault | None:
    label = request.get("LabelSpecification") or {}
    stock = label.get("LabelStockSize") or {}
    if (label.get("LabelImageFormat") or {}).get("Code") in {"GIF", "ZPL"} and stock == {"Height": "6", "Width": "4"}:
        return None
    return "120600", "Missing or invalid label specification"


def _customs_fault(shipment: Body) -> Fault | None:
    """What customs miss of a parcel that leaves the country."""
    origin, destination = (shipment[side]["Address"]["CountryCode"] for side in ("ShipFrom", "ShipTo"))
    if not crosses_a_border(origin, destination):
        return None
    forms = (shipment.get("ShipmentServiceOptions") or {}).get("InternationalForms") or {}
    products = forms.get("Product") or [{}]
    if not shipment.get("InvoiceLineTotal") or not (forms.get("Contacts") or {}).get("SoldTo"):
        return "120900", "Missing or invalid invoice line total or sold-to"
    if any(not product.get(part) for product in products for part in _PRODUCT):
        return "121000", "Missing or invalid product of the international forms"
    return None


def _reference_fault(shipment: Body) -> Fault | None:
    """References of shipments inside the US belong to the package, all others to the shipment."""
    inside = {shipment[side]["Address"]["CountryCode"] for side in ("ShipFrom", "ShipTo")} <= {"US", "PR"}
    on_package = shipment["Package"][0].get("ReferenceNumber") or []
    on_shipment = shipment.get("ReferenceNumber") or []
    misplaced = on_shipment if inside else on_package
    if misplaced or any(len(number.get("Value", "")) > _LONGEST_REFERENCE for number in on_package + on_shipment):
        return "120541", "Missing or invalid reference number"
    return None
