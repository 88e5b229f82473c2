"""The bodies FedEx answers with."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from fastapi.responses import JSONResponse

from deployments.sandbox.carriage import GRAMS_PER_POUND, Service, label_file, zone_of

Body = dict[str, Any]

SERVICES = (
    Service("fedex", "FEDEX_GROUND", "FedEx Ground", 870, 78, 58, 2, 4),
    Service("fedex", "FEDEX_2_DAY", "FedEx 2Day", 1720, 140, 120, 2, 2),
    Service("fedex", "STANDARD_OVERNIGHT", "FedEx Standard Overnight", 3420, 300, 240, 1, 1),
)
_WORDS = {1: "ONE_DAY", 2: "TWO_DAYS", 3: "THREE_DAYS", 4: "FOUR_DAYS"}


def refusal(status: int, code: str, message: str) -> JSONResponse:
    """An error."""
    return JSONResponse({"transactionId": str(uuid4()), "errors": [{"code": code, "message": message}]}, status)


def framed(output: Body) -> Body:
    """The frame of every success."""
    return {"transactionId": str(uuid4()), "output": output}


def alerted(code: str, message: str) -> Body:
    """A failure inside an answer of 200."""
    alert = {"code": code, "message": message, "alertType": "ERROR"}
    return framed({"transactionShipments": [], "alerts": [alert]})


def quotes(question: Body, *, nothing: bool) -> Body:
    """Every service for the parcel."""
    today = datetime.now(UTC).date()
    details = [] if nothing else [_quote(service, question) for service in SERVICES]
    return framed({"rateReplyDetails": details, "quoteDate": today.isoformat(), "encoded": False, "alerts": []})


def shipment(order: Body, number: str, transaction: str) -> Body:
    """A fresh shipment with its label."""
    service, shipped = service_of(order), order["requestedShipment"]
    price = cents(service, order) / 100
    references = shipped["requestedPackageLineItems"][0].get("customerReferences") or []
    kind = shipped["labelSpecification"]["imageType"]
    lines = [service.name, number, *(reference["value"] for reference in references)]
    file = label_file({"ZPLII": "zpl"}.get(kind, kind.lower()), lines)
    document = {"contentType": "LABEL", "docType": kind, "encodedLabel": b64encode(file).decode()}
    piece = {
        "trackingNumber": number,
        "masterTrackingNumber": number,
        "netChargeAmount": price,
        "packageDocuments": [document | {"copiesToPrint": 1}],
        "customerReferences": references,
    }
    rated = {"rateType": "PAYOR_ACCOUNT_SHIPMENT", "totalNetCharge": price, "currency": "USD"}
    sold = {
        "masterTrackingNumber": number,
        "serviceType": service.code,
        "serviceName": service.name,
        "shipDatestamp": shipped.get("shipDatestamp", ""),
        "pieceResponses": [piece],
        "completedShipmentDetail": {"shipmentRating": {"shipmentRateDetails": [rated]}},
    }
    echoed = {"customerTransactionId": transaction} if transaction else {}
    return framed({"transactionShipments": [sold]}) | echoed


def service_of(order: Body) -> Service:
    """The service that was ordered."""
    wanted = order["requestedShipment"]["serviceType"]
    return next(service for service in SERVICES if service.code == wanted)


def cents(service: Service, body: Body) -> int:
    """The account's price of the parcel."""
    shipped = body["requestedShipment"]
    return service.cents(_zone(shipped), shipped["requestedPackageLineItems"][0]["weight"]["value"] * GRAMS_PER_POUND)


def _quote(service: Service, question: Body) -> Body:
    price = cents(service, question) / 100
    rated = {"ratedWeightMethod": "ACTUAL", "totalBaseCharge": price, "currency": "USD"}
    return {
        "serviceType": service.code,
        "serviceName": service.name,
        "packagingType": "YOUR_PACKAGING",
        "ratedShipmentDetails": [
            {"rateType": "LIST", "totalNetCharge": round(price * 1.3, 2)} | rated,
            {"rateType": "ACCOUNT", "totalNetCharge": price} | rated,
        ],
        "operationalDetail": _operation(service, question),
    }


def _operation(service: Service, question: Body) -> Body:
    """Ground tells its days in words, the express services the day they commit to."""
    days = service.days(_zone(question["requestedShipment"]))
    if service.code == "FEDEX_GROUND":
        return {"transitTime": _WORDS[days]}
    return {"commitDate": f"{_business_day(days)}T17:00:00", "serviceCode": "06"}


def _business_day(ahead: int) -> str:
    day = datetime.now(UTC).date()
    while ahead:
        day += timedelta(days=1)
        ahead -= day.weekday() < 5
    return day.isoformat()


def _zone(shipped: Body) -> int:
    recipient = shipped.get("recipient") or shipped["recipients"][0]
    return zone_of(shipped["shipper"]["address"]["postalCode"], recipient["address"]["postalCode"])
