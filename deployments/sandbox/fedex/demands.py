"""What FedEx demands of requests. A fault is its code and its words."""

import re
from collections.abc import Iterator
from typing import Any

from deployments.sandbox.carriage import crosses_a_border
from deployments.sandbox.fedex.answers import SERVICES

Fault = tuple[str, str]
Body = dict[str, Any]

_ACCOUNT = re.compile(r"\d{9}")
_COMMODITY = (
    "description",
    "countryOfManufacture",
    "harmonizedCode",
    "quantity",
    "unitPrice",
    "customsValue",
    "weight",
)
_NEEDS_STATE = {"US", "CA"}


def quote_fault(body: Body) -> Fault | None:
    """What is wrong with a question for quotes."""
    return next(_quote_faults(body), None)


def ship_fault(body: Body) -> Fault | None:
    """What is wrong with an order for a shipment."""
    return next(_ship_faults(body), None)


def _quote_faults(body: Body) -> Iterator[Fault]:
    shipment = body.get("requestedShipment") or {}
    yield from _account_faults(body)
    for side, name in (("shipper", "SHIPPER"), ("recipient", "RECIPIENT")):
        yield from _address_faults(name, (shipment.get(side) or {}).get("address") or {})
    if not shipment.get("rateRequestType"):
        yield "RATEREQUESTTYPE.REQUIRED", "Rate request type is required."
    yield from _package_faults(shipment)
    yield from _customs_faults(shipment, shipment.get("recipient") or {})


def _ship_faults(body: Body) -> Iterator[Fault]:
    shipment = body.get("requestedShipment") or {}
    recipient = next(iter(shipment.get("recipients") or []), {})
    yield from _account_faults(body)
    for name, party in (("SHIPPER", shipment.get("shipper") or {}), ("RECIPIENTS", recipient)):
        contact, address = party.get("contact") or {}, party.get("address") or {}
        if not contact.get("personName") and not contact.get("companyName"):
            yield f"{name}.PERSONNAMEANDCOMPANYNAME.EMPTY", "A person's or a company's name is required."
        if not contact.get("phoneNumber"):
            yield f"{name}.PHONENUMBER.REQUIRED", "A phone number is required."
        if not address.get("streetLines"):
            yield f"{name}.ADDRESSLINE1.REQUIRED", "A street is required."
        if not address.get("city"):
            yield f"{name}.CITY.REQUIRED", "A city is required."
        yield from _address_faults(name, address)
    yield from _terms_faults(body, shipment)
    yield from _package_faults(shipment)
    yield from _customs_faults(shipment, recipient)


def _terms_faults(body: Body, shipment: Body) -> Iterator[Fault]:
    if body.get("labelResponseOptions") not in {"LABEL", "URL_ONLY"}:
        yield "LABELRESPONSEOPTIONS.INVALID", "Invalid label response option."
    if shipment.get("serviceType") not in {service.code for service in SERVICES}:
        yield "SERVICETYPE.INVALID", "The service type is invalid."
    for part in ("packagingType", "pickupType"):
        if not shipment.get(part):
            yield f"{part.upper()}.REQUIRED", f"{part} is required."
    payor = ((shipment.get("shippingChargesPayment") or {}).get("payor") or {}).get("responsibleParty") or {}
    if payor.get("accountNumber") != body.get("accountNumber"):
        yield "ACCOUNT.NUMBER.MISMATCH", "The payor's account number should match the shipper's."
    label = shipment.get("labelSpecification") or {}
    if not label.get("imageType") or not label.get("labelStockType"):
        yield "LABELSPECIFICATION.REQUIRED", "Image type and stock type of the label are required."


def _account_faults(body: Body) -> Iterator[Fault]:
    if not _ACCOUNT.fullmatch(str((body.get("accountNumber") or {}).get("value"))):
        yield "ACCOUNT.NUMBER.INVALID", "Enter a valid 9-digit FedEx account number."


def _address_faults(name: str, address: Body) -> Iterator[Fault]:
    if not address.get("countryCode"):
        yield f"{name}.COUNTRYCODE.REQUIRED", "A country code is required."
    if not address.get("postalCode") or str(address["postalCode"]).startswith("00000"):
        yield f"{name}.POSTALCODE.INVALID", "The postal code is missing or invalid."
    if address.get("countryCode") in _NEEDS_STATE and len(str(address.get("stateOrProvinceCode") or "")) != 2:
        yield f"{name}.ADDRESSSTATEORPROVINCECODE.INVALID", "The state or province code must have two letters."


def _customs_faults(shipment: Body, recipient: Body) -> Iterator[Fault]:
    """What customs miss of a parcel that leaves the country."""
    origin = (shipment["shipper"].get("address") or {}).get("countryCode")
    if not crosses_a_border(origin, (recipient.get("address") or {}).get("countryCode")):
        return
    detail = shipment.get("customsClearanceDetail") or {}
    if not detail.get("dutiesPayment") or not detail.get("commodities"):
        yield "CUSTOMSCLEARANCEDETAIL.REQUIRED", "Customs clearance detail is required for international shipments."
    for commodity in detail.get("commodities") or []:
        for part in _COMMODITY:
            if not commodity.get(part):
                yield f"COMMODITY.{part.upper()}.MISSING", f"{part} of the commodity is required."


def _package_faults(shipment: Body) -> Iterator[Fault]:
    package = next(iter(shipment.get("requestedPackageLineItems") or []), {})
    weight = package.get("weight") or {}
    if weight.get("units") not in {"LB", "KG"} or not 0 < float(weight.get("value") or 0) <= 150:
        yield "PACKAGE.WEIGHT.INVALID", "The package's weight is missing or invalid."
    sizes = package.get("dimensions") or {}
    if not all(isinstance(sizes.get(side), int) and sizes[side] > 0 for side in ("length", "width", "height")):
        yield "PACKAGE.DIMENSIONS.INVALID", "The package's dimensions must be whole numbers."
