"""A stand-in of FedEx: tokens, rate quotes, Ship API v1, cancellation. Nothing looks a label up.

Books: `labels` (reference, provider_reference, carrier, service, tracking_number, cost, currency, voided). Operations
for faults: token, rate, buy, void, track. A label's reference is its first customer reference; the same one is sold as
often as it is asked for. A street UNDELIVERABLE is refused at the purchase, a postal code 00000 everywhere.
"""

from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import is_undeliverable, json_of, routes_of
from deployments.sandbox.doors import are_credentials
from deployments.sandbox.fedex import answers, tracks
from deployments.sandbox.fedex.answers import Body, refusal
from deployments.sandbox.fedex.demands import quote_fault, ship_fault
from deployments.sandbox.journeys import Journeys
from deployments.sandbox.oauth import TokenDesk, form_of


def router(books: Books) -> APIRouter:
    """The routes."""
    project = Project(books)
    routes = routes_of(
        (
            ("POST", "/oauth/token", "token", project.sign_in),
            ("POST", "/rate/v1/rates/quotes", "rate", project.quotes),
            ("POST", "/ship/v1/shipments", "buy", project.ship),
            ("PUT", "/ship/v1/shipments/cancel", "void", project.cancel),
            ("POST", "/track/v1/trackingnumbers", "track", project.track),
        ),
        denied=project.denied,
        open_to_all=["token"],
    )
    project.journeys.add_control(routes)
    return routes


class Project:
    """One project's tokens and shipments."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.journeys = Journeys(books)
        self._desk = TokenDesk()

    async def sign_in(self, request: Request) -> Response:
        """A token for an hour."""
        form = await form_of(request)
        known = are_credentials(form.get("client_id"), form.get("client_secret"))
        if form.get("grant_type") != "client_credentials" or not known:
            return refusal(401, "NOT.AUTHORIZED.ERROR", "The given client credentials were not valid.")
        token = {"access_token": self._desk.issue(), "token_type": "bearer", "expires_in": 3599, "scope": "CXS"}
        return JSONResponse(token)

    async def quotes(self, request: Request) -> Response:
        """What every service costs, and how long it takes."""
        body = await json_of(request)
        if fault := quote_fault(body):
            return refusal(400, *fault)
        return JSONResponse(answers.quotes(body, nothing=request.state.fault == "error_inside"))

    async def ship(self, request: Request) -> Response:
        """Ships, as often as it is asked to."""
        body = await json_of(request)
        if fault := ship_fault(body):
            return refusal(400, *fault)
        to = body["requestedShipment"]["recipients"][0]["address"]
        if is_undeliverable(" ".join(to["streetLines"]), to["postalCode"]):
            return refusal(400, "RECIPIENTS.ADDRESSLINE1.INVALID", "The recipient's street cannot be found.")
        if request.state.fault == "error_inside":
            return JSONResponse(answers.alerted("ACCOUNT.BILLING.NOTALLOWED", "The account cannot be billed."))
        number = f"79{uuid4().int % 10**10:010d}"
        self._enter(body, number)
        return JSONResponse(answers.shipment(body, number, request.headers.get("x-customer-transaction-id", "")))

    async def cancel(self, request: Request) -> Response:
        """Cancels a shipment once; a refusal may be answered 200."""
        row = self._books.find("labels", provider_reference=(await json_of(request)).get("trackingNumber"))
        if row is None:
            return refusal(400, "TRACKING.TRACKINGNUMBER.NOTFOUND", "Tracking number cannot be found.")
        if row["voided"]:
            return refusal(400, "SHIPMENT.ALREADY.CANCELLED", "The shipment has already been cancelled.")
        if request.state.fault == "error_inside":
            return JSONResponse(answers.framed({"cancelledShipment": False, "message": "It was tendered."}))
        row["voided"] = True
        done = {"cancelledShipment": True, "cancelledHistory": True, "successMessage": "Success"}
        return JSONResponse(answers.framed(done))

    async def track(self, request: Request) -> Response:
        """Where parcels are; a number nobody knows is an error inside the answer."""
        asked = (await json_of(request)).get("trackingInfo") or []
        numbers = [one["trackingNumberInfo"]["trackingNumber"] for one in asked]
        known = {number for number in numbers if self._books.find("labels", tracking_number=number)}
        results = [tracks.result(self.journeys.of(number), known=number in known) for number in numbers]
        return JSONResponse(answers.framed({"completeTrackResults": results}))

    def _enter(self, order: Body, number: str) -> None:
        shipment = order["requestedShipment"]
        references = shipment["requestedPackageLineItems"][0].get("customerReferences") or [{}]
        self._books.record(
            "labels",
            reference=references[0].get("value", ""),
            provider_reference=number,
            carrier="fedex",
            service=shipment["serviceType"],
            tracking_number=number,
            cost=f"{answers.cents(answers.service_of(order), order) / 100:.2f}",
            currency="USD",
            voided=False,
        )

    def denied(self, request: Request) -> Response | None:
        """The answer to somebody without a token."""
        if self._desk.admits(request):
            return None
        return refusal(401, "NOT.AUTHORIZED.ERROR", "Access token expired. Please modify your request and try again.")
