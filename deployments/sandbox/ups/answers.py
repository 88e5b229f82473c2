"""The bodies UPS answers with; every number is a text."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from fastapi.responses import JSONResponse

from deployments.sandbox.carriage import GRAMS_PER_POUND, Service, label_picture, label_zpl, zone_of

Body = dict[str, Any]

SERVICES = (
    Service("ups", "03", "UPS Ground", 890, 75, 55, 2, 4),
    Service("ups", "12", "UPS 3 Day Select", 1490, 120, 90, 3, 3),
    Service("ups", "02", "UPS 2nd Day Air", 2050, 170, 130, 2, 2),
    Service("ups", "01", "UPS Next Day Air", 3300, 310, 230, 1, 1),
)
NOT_FOUND = (
    "The shipment for the requested tracking number or the combination of reference number plus shipper number could "
    "not be found. Please check the submitted data or wait until the shipment is processed."
)
VOIDED = "The shipment for which you are trying to recover a label or Receipt has been voided"
# What the account's contract takes off the list price.
DISCOUNT_PERCENT = 10

_GOOD = {"ResponseStatus": {"Code": "1", "Description": "Success"}, "TransactionReference": {}}
_POUNDS = {"Code": "LBS", "Description": "Pounds"}


def refusal(status: int, code: str, message: str, *, framed: bool = True) -> JSONResponse:
    """An error; Label Recovery writes its own without the frame."""
    errors = {"errors": [{"code": code, "message": message}]}
    return JSONResponse({"response": errors} if framed else errors, status)


def failed(why: str) -> Body:
    """A failure inside an answer of 200."""
    status = {"Code": "0", "Description": "Failure"}
    response = {"ResponseStatus": status, "Alert": [{"Code": "121100", "Description": why}]}
    return {"ShipmentResponse": {"Response": response}}


def rates(question: Body, *, timed: bool, nothing: bool) -> Body:
    """Every service for the parcel."""
    shipment = question["RateRequest"]["Shipment"]
    offers = [] if nothing else [_rated(service, shipment, timed=timed) for service in SERVICES]
    return {"RateResponse": {"Response": _GOOD, "RatedShipment": offers}}


def shipment(order: Body) -> tuple[str, Body]:
    """The number of a fresh shipment, and what is answered about it."""
    ordered = order["ShipmentRequest"]["Shipment"]
    service = next(item for item in SERVICES if item.code == ordered["Service"]["Code"])
    number = f"1Z{ordered['Shipper']['ShipperNumber'].upper()}{service.code}{uuid4().int % 10**8:08d}"
    listed, negotiated = _prices(service, ordered)
    kind = order["ShipmentRequest"]["LabelSpecification"]["LabelImageFormat"]["Code"]
    lines = [service.name, number, reference_of(ordered)]
    package = {
        "TrackingNumber": number,
        "BaseServiceCharge": _charge(listed),
        "ServiceOptionsCharges": _charge(0),
        "ShippingLabel": {
            "ImageFormat": {"Code": kind, "Description": kind},
            "GraphicImage": b64encode(label_zpl(lines) if kind == "ZPL" else label_picture(lines, "GIF")).decode(),
        },
        "ItemizedCharges": [],
    }
    charges = {"TransportationCharges": _charge(listed), "ServiceOptionsCharges": _charge(0)}
    results = {
        "ShipmentCharges": charges | {"TotalCharges": _charge(listed)},
        "NegotiatedRateCharges": {"TotalCharge": _charge(negotiated)},
        "BillingWeight": {"UnitOfMeasurement": _POUNDS, "Weight": _weight(ordered)},
        "ShipmentIdentificationNumber": number,
        "PackageResults": [package],
    }
    return number, {"ShipmentResponse": {"Response": _GOOD, "ShipmentResults": results}}


def recovered(number: str, picture: str) -> Body:
    """A label bought before: number and picture, but neither service nor price."""
    image = {"LabelImageFormat": {"Code": "GIF"}, "GraphicImage": picture}
    label = {"TrackingNumber": number, "LabelImage": image}
    found = {"Response": _GOOD, "ShipmentIdentificationNumber": number, "LabelResults": [label]}
    return {"LabelRecoveryResponse": found}


def void(code: str, description: str) -> Body:
    """Whether a shipment is void now."""
    summary = {"Status": {"Code": code, "Description": description}}
    return {"VoidShipmentResponse": {"Response": _GOOD, "SummaryResult": summary}}


def reference_of(ordered: Body) -> str:
    """The first reference number of the package, else of the shipment."""
    numbers = ordered["Package"][0].get("ReferenceNumber") or ordered.get("ReferenceNumber") or [{}]
    return numbers[0].get("Value", "")


def _rated(service: Service, asked: Body, *, timed: bool) -> Body:
    listed, negotiated = _prices(service, asked)
    days = service.days(_zone(asked))
    offer = {
        "Service": {"Code": service.code, "Description": service.name},
        "RatedShipmentAlert": [{"Code": "110971", "Description": "Your invoice may vary from the displayed rates"}],
        "BillingWeight": {"UnitOfMeasurement": _POUNDS, "Weight": _weight(asked)},
        "TransportationCharges": _charge(listed),
        "BaseServiceCharge": _charge(listed),
        "ServiceOptionsCharges": _charge(0),
        "TotalCharges": _charge(listed),
        "NegotiatedRateCharges": {"TotalCharge": _charge(negotiated)},
        "RatedPackage": [{"Weight": _weight(asked)}],
    }
    return offer | ({"TimeInTransit": _time_in_transit(service, days)} if timed else {})


def _time_in_transit(service: Service, days: int) -> Body:
    now = datetime.now(UTC)
    arrival = now + timedelta(days=days)
    estimated = {
        "Arrival": {"Date": f"{arrival:%Y%m%d}", "Time": "230000"},
        "BusinessDaysInTransit": str(days),
        "Pickup": {"Date": f"{now:%Y%m%d}", "Time": "170000"},
        "DayOfWeek": f"{arrival:%a}".upper(),
    }
    summary = {"Service": {"Description": service.name}, "EstimatedArrival": estimated}
    return {"PickupDate": f"{now:%Y%m%d}", "PackageBillType": "03", "ServiceSummary": summary}


def _prices(service: Service, asked: Body) -> tuple[int, int]:
    """The list price and the account's, in cents."""
    listed = service.cents(_zone(asked), float(_weight(asked)) * GRAMS_PER_POUND)
    return listed, listed * (100 - DISCOUNT_PERCENT) // 100


def _zone(asked: Body) -> int:
    origin, destination = (asked[side]["Address"]["PostalCode"] for side in ("ShipFrom", "ShipTo"))
    return zone_of(origin, destination)


def _weight(asked: Body) -> str:
    return asked["Package"][0]["PackageWeight"]["Weight"]


def _charge(cents: int) -> Body:
    return {"CurrencyCode": "USD", "MonetaryValue": f"{cents / 100:.2f}"}
