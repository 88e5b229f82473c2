"""A stand-in of DHL's MyDHL API: rates, shipments and their tracking. There is no look-up and no void.

Books: `labels` (reference, provider_reference, carrier, service, tracking_number, cost, currency, voided). Operations
for faults: rate, buy, track. A label's reference is its first customer reference; the same one is sold as often as it
is asked for. A street UNDELIVERABLE is refused at the purchase, a postal code 00000 everywhere.
"""

from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import is_undeliverable, json_of, routes_of
from deployments.sandbox.dhl import answers, tracks
from deployments.sandbox.dhl.answers import Body, refusal
from deployments.sandbox.dhl.demands import rates_fault, shipment_fault
from deployments.sandbox.doors import are_credentials, basic_of
from deployments.sandbox.journeys import Journeys

LONGEST_MESSAGE_REFERENCE = 36


def router(books: Books) -> APIRouter:
    """The routes."""
    account = Account(books)
    routes = routes_of(
        (
            ("GET", "/rates", "rate", account.rates),
            ("POST", "/shipments", "buy", account.ship),
            ("GET", "/shipments/{number}/tracking", "track", account.track),
        ),
        denied=_denied,
    )
    account.journeys.add_control(routes)
    return routes


class Account:
    """One account's shipments."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.journeys = Journeys(books)

    async def rates(self, request: Request) -> Response:
        """What every product costs, and how long it takes."""
        question = dict(request.query_params)
        if fault := rates_fault(question):
            return refusal(400, "/expressapi/rates", fault)
        return _echoing(request, answers.rates(question, nothing=request.state.fault == "error_inside"))

    async def ship(self, request: Request) -> Response:
        """Ships, as often as it is asked to."""
        order = await json_of(request)
        if fault := shipment_fault(order):
            return refusal(422, "/expressapi/shipments", fault)
        to = order["customerDetails"]["receiverDetails"]["postalAddress"]
        if is_undeliverable(to["addressLine1"], to["postalCode"]):
            return refusal(400, "/expressapi/shipments", "8004: The receiver's address cannot be delivered to.")
        if request.state.fault == "error_inside":
            return refusal(422, "/expressapi/shipments", "1001: The account is not open for shipments.")
        number = f"{uuid4().int % 10**10:010d}"
        self._enter(order, number)
        return _echoing(request, answers.shipment(order, number), 201)

    async def track(self, request: Request, number: str) -> Response:
        """Where a shipment is."""
        if self._books.find("labels", tracking_number=number) is None:
            return refusal(404, request.url.path.removeprefix("/dhl"), "No data found")
        return _echoing(request, tracks.tracking(self.journeys.of(number)))

    def _enter(self, order: Body, number: str) -> None:
        self._books.record(
            "labels",
            reference=answers.reference_of(order),
            provider_reference=number,
            carrier="dhl",
            service=order["productCode"],
            tracking_number=number,
            cost=f"{answers.cents_of(order) / 100:.2f}",
            currency="USD",
            voided=False,
        )


def _echoing(request: Request, body: Body, status: int = 200) -> Response:
    """The answer, with the message's reference as it came."""
    reference = request.headers.get("message-reference")
    return JSONResponse(body, status, headers={"Message-Reference": reference} if reference else None)


def _denied(request: Request) -> Response | None:
    where = request.url.path.removeprefix("/dhl")
    if not are_credentials(*basic_of(request)):
        return refusal(401, where, "Unauthorized: the user or the password is wrong.")
    if not request.headers.get("x-version"):
        return refusal(400, where, "The header x-version is required.")
    if len(request.headers.get("message-reference", "")) > LONGEST_MESSAGE_REFERENCE:
        return refusal(400, where, "The header Message-Reference has more than 36 characters.")
    return None
