"""A stand-in of a regional carrier no connector was written for: quotes, parcels, their look-up and cancellation.

Books: `labels` (reference, provider_reference, carrier, service, tracking_number, cost, currency, voided). Operations
for faults: rate, buy, find, void, track. An API key has eight characters or more, in `X-Api-Key`. A parcel is booked as
often as it is asked for. A street UNDELIVERABLE is refused at the booking, a postal code 00000 everywhere.
"""

from base64 import b64encode
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import (
    Service,
    crosses_a_border,
    is_undeliverable,
    json_of,
    label_file,
    routes_of,
    zone_of,
)
from deployments.sandbox.doors import are_credentials
from deployments.sandbox.journeys import Journeys, Step

Body = dict[str, Any]

_STATES = {
    "pre_transit": "announced",
    "in_transit": "moving",
    "out_for_delivery": "on_van",
    "delivered": "handed_over",
    "exception": "trouble",
    "returned": "sent_back",
}

SERVICES = (
    Service("westrunner", "night-van", "Night van", 480, 35, 40, 2, 4),
    Service("westrunner", "day-van", "Day van", 690, 55, 60, 2, 2),
    Service("westrunner", "courier", "Courier", 1850, 150, 120, 1, 1),
)


def router(books: Books) -> APIRouter:
    """The routes under /v1."""
    depot = Depot(books)
    routes = routes_of(
        (
            ("POST", "/quotes", "rate", depot.quote),
            ("POST", "/parcels", "buy", depot.book),
            ("GET", "/parcels", "find", depot.parcels),
            ("DELETE", "/parcels/{parcel_id}", "void", depot.cancel),
            ("GET", "/parcels/{parcel_id}/scans", "track", depot.scans),
        ),
        prefix="/v1",
        denied=_denied,
    )
    depot.journeys.add_control(routes)
    return routes


class Depot:
    """One customer's parcels."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.journeys = Journeys(books)
        self._parcels: dict[str, Body] = {}
        self._rows: dict[str, Body] = {}

    async def quote(self, request: Request) -> Response:
        """What every service costs, and how long it takes."""
        body = await json_of(request)
        if fault := _fault(body):
            return fault
        shown = () if request.state.fault == "error_inside" else SERVICES
        return JSONResponse({"quotes": [_quote(service, body) for service in shown]})

    async def book(self, request: Request) -> Response:
        """Books a parcel; a booking that fails inside says so in a 200."""
        body = await json_of(request)
        service = next((item for item in SERVICES if item.code == body.get("product")), None)
        if fault := _fault(body) or _customs_fault(body):
            return fault
        if service is None or not body.get("your_reference"):
            return _refusal(422, "PRODUCT_UNKNOWN", "A product and your reference are required.", "product")
        to = body["recipient"]
        if is_undeliverable(to["street"], to["postcode"]):
            return _refusal(422, "RECIPIENT_UNKNOWN", "Nobody finds this recipient.", "recipient.street")
        if request.state.fault == "error_inside":
            return JSONResponse({"parcel": None, "problem": "The van is full."})
        return JSONResponse({"parcel": self._enter(body, service), "problem": None}, 201)

    async def parcels(self, reference: str = "") -> Response:
        """Every parcel of a reference, newest first, cancelled ones among them."""
        found = [parcel for parcel in reversed(self._parcels.values()) if parcel["your_reference"] == reference]
        return JSONResponse({"parcels": found})

    async def cancel(self, request: Request, parcel_id: str) -> Response:
        """Cancels a parcel once; a refusal may be answered 200."""
        parcel = self._parcels.get(parcel_id)
        if parcel is None:
            return _refusal(404, "PARCEL_UNKNOWN", "There is no such parcel.")
        if parcel["state"] == "cancelled":
            return _refusal(409, "ALREADY_CANCELLED", "The parcel was cancelled before.")
        if request.state.fault == "error_inside":
            return JSONResponse({"parcel": parcel})
        parcel["state"] = "cancelled"
        self._rows[parcel_id]["voided"] = True
        return JSONResponse({"parcel": parcel})

    async def scans(self, parcel_id: str) -> Response:
        """Where a parcel is and was."""
        if parcel_id not in self._parcels:
            return _refusal(404, "PARCEL_UNKNOWN", "There is no such parcel.")
        journey = self.journeys.of(self._parcels[parcel_id]["code"])
        arrives = journey.expected_at.isoformat() if journey.expected_at else None
        scans = [_scan(step) for step in journey.steps]
        return JSONResponse({"scans": scans, "arrives": arrives, "taken_by": journey.signed_by})

    def _enter(self, order: Body, service: Service) -> Body:
        parcel_id = uuid4().hex
        number = f"WR{uuid4().int % 10**12:012d}"
        price = _price(service, order)
        file = label_file(order.get("label_as") or "pdf", [service.name, number, order["your_reference"]])
        parcel = {
            "id": parcel_id,
            "your_reference": order["your_reference"],
            "state": "booked",
            "product": service.code,
            "code": number,
            "price": {"total": price, "currency": "USD"},
            "label": {"pdf": b64encode(file).decode()},
            "follow": f"https://track.example/{number}",
        }
        self._parcels[parcel_id] = parcel
        facts = {"provider_reference": parcel_id, "carrier": service.carrier, "service": service.code}
        self._rows[parcel_id] = self._books.record(
            "labels",
            reference=order["your_reference"],
            **facts,
            tracking_number=number,
            cost=price,
            currency="USD",
            voided=False,
        )
        return parcel


def _scan(step: Step) -> Body:
    told = {"state": _STATES[step.status], "at": step.at.isoformat(), "depot": step.city}
    return told | {"note": step.text or step.status, "code": _STATES[step.status]}


def _customs_fault(asked: Body) -> Response | None:
    """What customs miss of a booked parcel that leaves the country."""
    if not crosses_a_border(asked["sender"]["country"], asked["recipient"]["country"]):
        return None
    items = asked.get("customs") or [{}]
    missing = [part for item in items for part in ("description", "hs_code", "origin_country") if not item.get(part)]
    return _refusal(422, "CUSTOMS_MISSING", f"{missing[0]} is required.", "customs") if missing else None


def _quote(service: Service, asked: Body) -> Body:
    days = service.days(_zone(asked))
    return {"product": service.code, "total": _price(service, asked), "currency": "USD", "working_days": days}


def _price(service: Service, asked: Body) -> str:
    return f"{service.cents(_zone(asked), asked['kilograms'] * 1000) / 100:.2f}"


def _zone(asked: Body) -> int:
    return zone_of(asked["sender"]["postcode"], asked["recipient"]["postcode"])


def _fault(asked: Body) -> Response | None:
    """What is wrong with a parcel to be quoted or booked."""
    for side in ("sender", "recipient"):
        for part in ("name", "street", "town", "postcode", "country"):
            text = (asked.get(side) or {}).get(part) or ""
            if not text or (part == "postcode" and text.startswith("00000")):
                code = "RECIPIENT_UNKNOWN" if side == "recipient" else "SENDER_UNKNOWN"
                return _refusal(422, code, f"The {side}'s {part} is missing or wrong.", f"{side}.{part}")
    kilograms = asked.get("kilograms")
    if not isinstance(kilograms, int | float) or kilograms <= 0:
        return _refusal(422, "WEIGHT_WRONG", "The weight must be a number of kilograms.", "kilograms")
    return None


def _refusal(status: int, code: str, message: str, field: str = "") -> JSONResponse:
    return JSONResponse({"fault": {"code": code, "message": message, "field": field}}, status)


def _denied(request: Request) -> Response | None:
    if are_credentials(request.headers.get("x-api-key")):
        return None
    return _refusal(401, "KEY_UNKNOWN", "The API key is unknown.")
