"""The bodies USPS answers with: JSON for prices and errors, multipart for labels."""

from base64 import b64encode
from json import dumps
from typing import Any
from uuid import uuid4

from fastapi import Response
from fastapi.responses import JSONResponse

from deployments.sandbox.carriage import GRAMS_PER_POUND, Service, label_file, zone_of

Body = dict[str, Any]

# The mail class, and the letter it has in a SKU.
SKU_LETTERS = {"USPS_GROUND_ADVANTAGE": "U", "PRIORITY_MAIL": "P", "PRIORITY_MAIL_EXPRESS": "E", "MEDIA_MAIL": "M"}
SERVICES = (
    Service("usps", "USPS_GROUND_ADVANTAGE", "USPS Ground Advantage Machinable Single-piece", 540, 45, 60, 3, 5),
    Service("usps", "PRIORITY_MAIL", "Priority Mail Machinable Single-piece", 760, 70, 95, 2, 3),
    Service("usps", "PRIORITY_MAIL_EXPRESS", "Priority Mail Express Machinable Single-piece", 2870, 260, 210, 1, 1),
    Service("usps", "MEDIA_MAIL", "Media Mail Machinable Single-piece", 413, 0, 76, 8, 8),
)
_FLAT_RATE_CENTS = 455


def refusal(status: int, code: str, detail: str, parameter: str = "") -> JSONResponse:
    """An error as the APIs write it."""
    source = {"parameter": parameter}
    fault = {"status": str(status), "code": code, "title": "Bad Request", "detail": detail, "source": source}
    error = {"code": str(status), "message": "Bad Request", "errors": [fault]}
    return JSONResponse({"apiVersion": "v3", "error": error}, status)


def options(question: Body, *, nothing: bool) -> Body:
    """Every mail class for the parcel, and a flat-rate envelope that must not be bought for one of our own boxes."""
    zips = {name: question[name] for name in ("originZIPCode", "destinationZIPCode")}
    shown = [] if nothing else [_option(service, question) for service in SERVICES] + [_flat_rate(question)]
    return zips | {"pricingOptions": [{"priceType": "COMMERCIAL", "shippingOptions": shown}]}


def label(order: Body, number: str) -> Body:
    """A fresh label: its metadata, its file, and how often it was printed again."""
    package, to = order["packageDescription"], order["toAddress"]
    service = next(item for item in SERVICES if item.code == package["mailClass"])
    zone = zone_of(order["fromAddress"]["ZIPCode"], to["ZIPCode"])
    reference = (package.get("customerReference") or [{}])[0].get("referenceNumber", "")
    metadata = {
        "labelAddress": to | {"ignoreBadAddress": False},
        "routingInformation": f"420{to['ZIPCode']}",
        "trackingNumber": number,
        "postage": _cents(service, zone, package["weight"]) / 100,
        "extraServices": [{"name": "USPS Tracking", "price": 0.0, "SKU": "DXTL0EXXXCX0000"}],
        "zone": f"{zone:02d}",
        "commitment": {"name": _days(service.days(zone))},
        "weightUOM": "LB",
        "weight": package["weight"],
        "fees": [],
        "SKU": _sku(service.code, zone),
    }
    kind = "zpl" if order["imageInfo"]["imageType"].startswith("ZPL") else "pdf"
    file = label_file(kind, [service.name, number, reference])
    return {"metadata": metadata, "file": file, "reprints": 0}


def multipart(sold: Body) -> Response:
    """The label as USPS sends it: metadata as JSON, the image in base64 without saying so."""
    boundary = uuid4().hex[:24]
    image = b64encode(sold["file"]).decode()
    parts = (
        ("application/json", 'name="labelMetadata"', dumps(sold["metadata"])),
        ("application/pdf", 'filename="labelImage.pdf"; name="labelImage"', image),
    )
    lines = [
        f"--{boundary}\r\nContent-Type: {kind}\r\nContent-Disposition: form-data; {name}\r\n\r\n{content}\r\n"
        for kind, name, content in parts
    ]
    body = "".join([*lines, f"--{boundary}--\r\n"])
    return Response(body, headers={"content-type": f"multipart/form-data; boundary={boundary}"})


def _option(service: Service, question: Body) -> Body:
    zone = zone_of(question["originZIPCode"], question["destinationZIPCode"])
    price = _cents(service, zone, question["packageDescription"]["weight"]) / 100
    indicator = "PA" if service.code == "PRIORITY_MAIL_EXPRESS" else "SP"
    rate = _rate(service, zone, price) | {"processingCategory": "MACHINABLE", "rateIndicator": indicator}
    return {"mailClass": service.code, "rateOptions": [_rate_option(service.days(zone), price, rate)]}


def _flat_rate(question: Body) -> Body:
    service = SERVICES[1]
    zone = zone_of(question["originZIPCode"], question["destinationZIPCode"])
    price = _FLAT_RATE_CENTS / 100
    rate = _rate(service, zone, price) | {"processingCategory": "FLATS", "rateIndicator": "FP"}
    return {"mailClass": service.code, "rateOptions": [_rate_option(service.days(zone), price, rate)]}


def _rate_option(days: int, price: float, rate: Body) -> Body:
    told = {"commitment": {"name": _days(days), "guaranteedDelivery": days == 1}}
    return told | {"totalPrice": price, "totalBasePrice": price, "rates": [rate], "extraServices": []}


def _rate(service: Service, zone: int, price: float) -> Body:
    return {
        "description": service.name,
        "startDate": "2026-01-18",
        "endDate": "",
        "price": price,
        "zone": f"{zone:02d}",
        "priceType": "COMMERCIAL",
        "mailClass": service.code,
        "destinationEntryFacilityType": "NONE",
        "SKU": _sku(service.code, zone),
    }


def _cents(service: Service, zone: int, pounds: float) -> int:
    return service.cents(zone, pounds * GRAMS_PER_POUND)


def _sku(mail_class: str, zone: int) -> str:
    return f"D{SKU_LETTERS[mail_class]}XX0XXXXC{zone:02d}020"


def _days(days: int) -> str:
    return f"{days} Day{'s' * (days > 1)}"
