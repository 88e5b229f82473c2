"""A stand-in of UPS: tokens, rating, shipping 2409, label recovery, voids.

Books: `labels` (reference, provider_reference, carrier, service, tracking_number, cost, currency, voided). Operations
for faults: token, rate, buy, find, void, track. A label's reference is its first reference number; the same one is sold
as often as it is asked for, and the newest shipment is recovered. A street UNDELIVERABLE is refused at the purchase, a
postal code 00000 everywhere.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import is_undeliverable, json_of, routes_of
from deployments.sandbox.doors import are_credentials, basic_of
from deployments.sandbox.journeys import Journeys
from deployments.sandbox.oauth import TokenDesk, form_of
from deployments.sandbox.ups import answers, tracks
from deployments.sandbox.ups.answers import Body, refusal
from deployments.sandbox.ups.demands import rate_fault, ship_fault


def router(books: Books) -> APIRouter:
    """The routes."""
    shipper = Shipper(books)
    routes = routes_of(
        (
            ("POST", "/security/v1/oauth/token", "token", shipper.sign_in),
            ("POST", "/api/rating/v2409/Shop", "rate", shipper.rate),
            ("POST", "/api/shipments/v2409/ship", "buy", shipper.ship),
            ("POST", "/api/labels/v1/recovery", "find", shipper.recover),
            ("DELETE", "/api/shipments/v2409/void/cancel/{number}", "void", shipper.void),
            ("GET", "/api/track/v1/details/{number}", "track", shipper.track),
        ),
        denied=shipper.denied,
        open_to_all=["token"],
    )
    shipper.journeys.add_control(routes)
    return routes


class Shipper:
    """One account's tokens and shipments."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.journeys = Journeys(books, tracks.alert)
        self._desk = TokenDesk()
        self._pictures: dict[str, str] = {}

    async def sign_in(self, request: Request) -> Response:
        """A token for four hours, for an application's id and secret as user and password."""
        form = await form_of(request)
        if form.get("grant_type") != "client_credentials" or not are_credentials(*basic_of(request)):
            return refusal(401, "10401", "ClientId is Invalid")
        token = {"access_token": self._desk.issue(), "token_type": "Bearer", "expires_in": "14399"}
        return JSONResponse(token | {"status": "approved", "refresh_count": "0"})

    async def rate(self, request: Request, additionalinfo: str = "") -> Response:
        """What every service costs, and how long it takes where that is asked for."""
        body = await json_of(request)
        if fault := rate_fault(body):
            return refusal(400, *fault)
        timed = additionalinfo == "timeintransit"
        return JSONResponse(answers.rates(body, timed=timed, nothing=request.state.fault == "error_inside"))

    async def ship(self, request: Request) -> Response:
        """Ships, as often as it is asked to."""
        body = await json_of(request)
        if fault := ship_fault(body):
            return refusal(400, *fault)
        to = body["ShipmentRequest"]["Shipment"]["ShipTo"]["Address"]
        if is_undeliverable(" ".join(to["AddressLine"]), to["PostalCode"]):
            return refusal(400, "120802", "Address Validation Error on ShipTo address")
        if request.state.fault == "error_inside":
            return JSONResponse(answers.failed("The shipper's account cannot be billed."))
        number, answer = answers.shipment(body)
        self._enter(body, number, answer)
        return JSONResponse(answer)

    async def recover(self, request: Request) -> Response:
        """The label of a tracking number, or the newest one of a reference and its shipper."""
        wanted = (await json_of(request)).get("LabelRecoveryRequest") or {}
        row = self._row(wanted)
        if row is None:
            return refusal(400, "9801031", answers.NOT_FOUND, framed=False)
        if row["voided"]:
            return refusal(400, "9801040", answers.VOIDED, framed=False)
        return JSONResponse(answers.recovered(row["tracking_number"], self._pictures[row["tracking_number"]]))

    async def void(self, request: Request, number: str) -> Response:
        """Voids a shipment once; a void that fails may be answered 200."""
        row = self._books.find("labels", provider_reference=number)
        if row is None or row["voided"]:
            return refusal(400, "190102", "No shipment found within the allowed void period")
        if request.state.fault == "error_inside":
            return JSONResponse(answers.void("0", "Not voided"))
        row["voided"] = True
        return JSONResponse(answers.void("1", "Voided"))

    async def track(self, request: Request, number: str) -> Response:
        """Where a package is."""
        if not request.headers.get("transid") or not request.headers.get("transactionsrc"):
            return refusal(400, "TV0002", "transId and transactionSrc are required")
        if self._books.find("labels", tracking_number=number) is None:
            return refusal(404, "TW0001", "Tracking Information Not Found")
        return JSONResponse(tracks.details(self.journeys.of(number)))

    def _row(self, wanted: Body) -> Body | None:
        if number := wanted.get("TrackingNumber"):
            return self._books.find("labels", tracking_number=number)
        values = wanted.get("ReferenceValues") or {}
        reference = (values.get("ReferenceNumber") or {}).get("Value")
        return self._books.find("labels", reference=reference, account=values.get("ShipperNumber"))

    def _enter(self, order: Body, number: str, answer: Body) -> None:
        shipment = order["ShipmentRequest"]["Shipment"]
        results = answer["ShipmentResponse"]["ShipmentResults"]
        self._pictures[number] = results["PackageResults"][0]["ShippingLabel"]["GraphicImage"]
        billed = results["NegotiatedRateCharges"]["TotalCharge"]
        self._books.record(
            "labels",
            reference=answers.reference_of(shipment),
            provider_reference=number,
            carrier="ups",
            service=shipment["Service"]["Code"],
            tracking_number=number,
            cost=billed["MonetaryValue"],
            currency=billed["CurrencyCode"],
            account=shipment["Shipper"]["ShipperNumber"],
            voided=False,
        )

    def denied(self, request: Request) -> Response | None:
        """The answer to somebody without a token."""
        if self._desk.admits(request):
            return None
        return refusal(401, "250002", "Invalid Authentication Information.")
