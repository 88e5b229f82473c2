"""What DHL demands of requests. A fault names its place by path, as the API does."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from deployments.sandbox.dhl.answers import SERVICES

Body = dict[str, Any]

_PLANNED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d GMT[+-]\d\d:\d\d")
_QUESTION = ("accountNumber", "originCountryCode", "originCityName", "destinationCountryCode", "destinationCityName")
_TERMS = ("plannedShippingDate", "isCustomsDeclarable", "unitOfMeasurement")
_MEASURES = ("weight", "length", "width", "height")
_PLACE = ("cityName", "countryCode", "addressLine1")
_CONTACT = ("phone", "companyName", "fullName")
_ITEM = ("description", "price", "quantity", "commodityCodes", "manufacturerCountry", "weight")
_CONTENT = ("description", "incoterm", "unitOfMeasurement")
# Countries whose addresses DHL delivers to by postal code; a few of many.
_NEEDS_POSTAL_CODE = {"US", "DE", "FR", "GB", "CA"}
_NUMBER = re.compile(r"\d+(\.\d+)?")


def rates_fault(question: Body) -> str | None:
    """What is wrong with a question for rates."""
    missing = next((name for name in (*_QUESTION, *_TERMS) if not question.get(name)), None)
    if missing:
        return f"#/{missing}: required key [{missing}] not found"
    wrong = next((name for name in _MEASURES if not _NUMBER.fullmatch(question.get(name, ""))), None)
    if wrong:
        return f"#/{wrong}: expected type: Number"
    if question.get("destinationPostalCode", "").startswith("00000"):
        return "420505: The destination location is invalid: postal code. Please check the data and try again."
    return None


def shipment_fault(order: Body) -> str | None:
    """What is wrong with an order for a shipment."""
    return next(_shipment_faults(order), None)


def _shipment_faults(order: Body) -> Iterator[str]:
    yield from _planned_faults(str(order.get("plannedShippingDateAndTime")))
    if not isinstance((order.get("pickup") or {}).get("isRequested"), bool):
        yield "#/pickup: required key [isRequested] not found"
    if order.get("productCode") not in {service.code for service in SERVICES}:
        yield "996: The requested product(s) are not available based on your search criteria."
    if not any(account.get("typeCode") == "shipper" for account in order.get("accounts") or []):
        yield "#/accounts: a shipper's account is required"
    for side in ("shipperDetails", "receiverDetails"):
        yield from _party_faults(side, (order.get("customerDetails") or {}).get(side) or {})
    yield from _content_faults(order.get("content") or {}, declared=_is_declared(order))


def _planned_faults(text: str) -> Iterator[str]:
    if not _PLANNED.fullmatch(text):
        yield "998: ShipTimeStamp is not well formatted.(Expected Sample Format : '2010-02-11T17:10:09 GMT+01:00')"
        return
    planned = datetime.fromisoformat(text.replace(" GMT", ""))
    now = datetime.now(UTC)
    if not now <= planned <= now + timedelta(days=10):
        yield "998: The requested shipment date is in the past or more than ten days ahead."


def _party_faults(side: str, party: Body) -> Iterator[str]:
    place, contact = party.get("postalAddress") or {}, party.get("contactInformation") or {}
    where = f"#/customerDetails/{side}"
    for part in _PLACE:
        if not place.get(part):
            yield f"{where}/postalAddress: required key [{part}] not found"
    for part in _CONTACT:
        if not contact.get(part):
            yield f"{where}/contactInformation: required key [{part}] not found"
    code = place.get("postalCode")
    if code is None or (place.get("countryCode") in _NEEDS_POSTAL_CODE and (not code or code.startswith("00000"))):
        yield f"{where}/postalAddress: required key [postalCode] not found"


def _is_declared(order: Body) -> bool:
    """Whether the parcel leaves a country, and Germany and France are one here."""
    parties = order.get("customerDetails") or {}
    sides = ((parties.get(side) or {}).get("postalAddress") or {} for side in ("shipperDetails", "receiverDetails"))
    origin, destination = (side.get("countryCode") for side in sides)
    return origin != destination and not {origin, destination} <= {"DE", "FR"}


def _content_faults(content: Body, *, declared: bool) -> Iterator[str]:
    for part in _CONTENT:
        if not content.get(part):
            yield f"#/content: required key [{part}] not found"
    if content.get("isCustomsDeclarable") is not declared:
        yield "#/content/isCustomsDeclarable: does not fit the countries"
    export = content.get("exportDeclaration") or {}
    if declared and not (export.get("lineItems") and export.get("invoice") and content.get("declaredValue")):
        yield "#/content/exportDeclaration: required key [lineItems] not found"
    for item in export.get("lineItems") or []:
        yield from (
            f"#/content/exportDeclaration/lineItems: [{part}] not found" for part in _ITEM if not item.get(part)
        )
    if not all(package.get("weight") and package.get("dimensions") for package in content.get("packages") or [{}]):
        yield "#/content/packages/0: required key [weight] not found"
