"""The bodies DHL answers with."""

from base64 import b64encode
from typing import Any

from fastapi.responses import JSONResponse

from deployments.sandbox.carriage import Service, label_file, zone_of

Body = dict[str, Any]

SERVICES = (
    Service("dhl", "1", "EXPRESS DOMESTIC 12:00", 2950, 120, 140, 1, 1),
    Service("dhl", "N", "EXPRESS DOMESTIC", 1980, 95, 110, 1, 2),
    Service("dhl", "W", "ECONOMY SELECT", 1340, 60, 80, 3, 5),
)


def refusal(status: int, instance: str, detail: str) -> JSONResponse:
    """An error as DHL writes it."""
    told = {"instance": instance, "detail": detail, "title": "Validation error", "message": "Unprocessable Entity"}
    return JSONResponse(told | {"status": str(status)}, status, media_type="application/problem+json")


def rates(question: Body, *, nothing: bool) -> Body:
    """Every product for the parcel."""
    return {"products": [] if nothing else [_product(service, question) for service in SERVICES]}


def shipment(order: Body, number: str) -> Body:
    """A fresh shipment with its label."""
    service = next(item for item in SERVICES if item.code == order["productCode"])
    kind = order["outputImageProperties"]["encodingFormat"]
    file = label_file(kind, [service.name, number, reference_of(order)])
    link = f"https://track.example/{number}"
    return {
        "shipmentTrackingNumber": number,
        "trackingUrl": link,
        "packages": [{"referenceNumber": 1, "trackingNumber": f"JD01{number}", "trackingUrl": link}],
        "documents": [{"imageFormat": kind.upper(), "typeCode": "label", "content": b64encode(file).decode()}],
    }


def reference_of(order: Body) -> str:
    """The shipment's first reference."""
    references = order.get("customerReferences") or [{}]
    return references[0].get("value", "")


def cents_of(order: Body) -> int:
    """What the ordered product costs."""
    service = next(item for item in SERVICES if item.code == order["productCode"])
    parties = order["customerDetails"]
    origin, destination = (parties[side]["postalAddress"] for side in ("shipperDetails", "receiverDetails"))
    zone = zone_of(origin["postalCode"], destination["postalCode"])
    return service.cents(zone, order["content"]["packages"][0]["weight"] * 1000)


def _product(service: Service, question: Body) -> Body:
    zone = zone_of(question.get("originPostalCode", ""), question.get("destinationPostalCode", ""))
    kilograms = float(question["weight"])
    price = service.cents(zone, kilograms * 1000) / 100
    euros = {"currencyType": "BASEC", "priceCurrency": "EUR", "price": round(price * 0.9, 2)}
    return {
        "productName": service.name,
        "productCode": service.code,
        "localProductCode": service.code,
        "networkTypeCode": "TD",
        "isCustomerAgreement": False,
        "weight": {"volumetric": kilograms, "provided": kilograms, "unitOfMeasurement": "metric"},
        "totalPrice": [euros, {"currencyType": "BILLC", "priceCurrency": "USD", "price": price}],
        "deliveryCapabilities": {"deliveryTypeCode": "QDDC", "totalTransitDays": service.days(zone)},
    }
