"""A stand-in of the USPS APIs v3: tokens, payment authorization, shipping options, labels, reprints, cancellation.

Books: `labels` (reference, provider_reference, carrier, service, tracking_number, cost, currency, voided). Operations
for faults: token, payment, rate, buy, find, void, track. A label's reference is its first customer reference; a label
is found by the `X-Idempotency-Key` it was bought with, which guards against nothing: the same key buys again. A label
is printed again three times. A street UNDELIVERABLE is refused at the purchase, a postal code 00000 everywhere.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import is_undeliverable, json_of, routes_of, tracking_number
from deployments.sandbox.doors import are_credentials
from deployments.sandbox.journeys import Journeys
from deployments.sandbox.oauth import TokenDesk
from deployments.sandbox.usps import answers, tracks
from deployments.sandbox.usps.answers import Body, refusal
from deployments.sandbox.usps.demands import NO_KEY, is_key, label_faults, options_faults, payer_faults

MOST_REPRINTS = 3


def router(books: Books) -> APIRouter:
    """The routes."""
    office = PostOffice(books)
    routes = routes_of(
        (
            ("POST", "/oauth2/v3/token", "token", office.sign_in),
            ("POST", "/payments/v3/payment-authorization", "payment", office.authorize_payment),
            ("POST", "/shipments/v3/options/search", "rate", office.options),
            ("POST", "/labels/v3/label", "buy", office.sell),
            ("POST", "/labels/v3/label-reprint", "find", office.reprint_by_key),
            ("POST", "/labels/v3/label-reprint/{number}", "find", office.reprint),
            ("DELETE", "/labels/v3/label/{number}", "void", office.cancel),
            ("GET", "/tracking/v3/tracking/{number}", "track", office.track),
        ),
        denied=office.denied,
        open_to_all=["token"],
    )
    office.journeys.add_control(routes)
    return routes


class PostOffice:
    """One mailer's tokens and labels."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.journeys = Journeys(books)
        self._access = TokenDesk()
        self._payments = TokenDesk()
        self._numbers: dict[str, str] = {}
        self._labels: dict[str, Body] = {}
        self._rows: dict[str, Body] = {}

    async def sign_in(self, request: Request) -> Response:
        """An access token for eight hours."""
        body = await json_of(request)
        if body.get("grant_type") != "client_credentials" or not are_credentials(
            body.get("client_id"), body.get("client_secret")
        ):
            return refusal(401, "invalid_client", "The client credentials are invalid.")
        token = {"access_token": self._access.issue(), "token_type": "Bearer", "expires_in": "28799"}
        return JSONResponse(token | {"status": "approved", "issuer": "api.usps.com"})

    async def authorize_payment(self, request: Request) -> Response:
        """A payment authorization for whoever pays and whoever owns the label."""
        body = await json_of(request)
        if faults := payer_faults(body):
            return refusal(400, "010001", *faults[0])
        return JSONResponse({"paymentAuthorizationToken": self._payments.issue(), "roles": body["roles"]})

    async def options(self, request: Request) -> Response:
        """What every mail class costs, flat-rate boxes of USPS among them."""
        body = await json_of(request)
        if faults := options_faults(body):
            return refusal(400, "150001", *faults[0])
        return JSONResponse(answers.options(body, nothing=request.state.fault == "error_inside"))

    async def sell(self, request: Request) -> Response:
        """Sells a label, as often as it is asked for."""
        if denied := self._unpaid(request):
            return denied
        body = await json_of(request)
        if faults := label_faults(body):
            return refusal(400, "160102", *faults[0])
        to = body["toAddress"]
        if is_undeliverable(to["streetAddress"], to["ZIPCode"]):
            return refusal(400, "160005", "Address Not Found", "toAddress.streetAddress")
        if not is_key(request.headers.get("x-idempotency-key", NO_KEY)):
            return refusal(400, "160411", "The key must be a UUID.", "Header: X-Idempotency-Key")
        if request.state.fault == "error_inside":
            return refusal(400, "160301", "The payment account has insufficient funds.", "")
        label = answers.label(body, tracking_number())
        self._enter(request, body, label)
        return answers.multipart(label)

    async def reprint_by_key(self, request: Request) -> Response:
        """The label of the key in the header."""
        number = self._numbers.get(request.headers.get("x-idempotency-key", ""))
        if number is None:
            detail = "Idempotency-Key not found for a mailing date within the last 7 days"
            return self._unpaid(request) or refusal(400, "160412", detail, "Header: X-Idempotency-Key")
        return await self.reprint(request, number)

    async def reprint(self, request: Request, number: str) -> Response:
        """The label of the number, three times at most, unless it was canceled."""
        if denied := self._unpaid(request):
            return denied
        label = self._labels.get(number)
        if label is None:
            return refusal(400, "160378", "The label was not found.", "trackingNumber")
        if self._rows[number]["voided"]:
            return refusal(400, "160979", "Canceled labels are unavailable for reprint", "trackingNumber")
        if label["reprints"] >= MOST_REPRINTS:
            return refusal(400, "160980", "The label was printed again three times.", "trackingNumber")
        label["reprints"] += 1
        return answers.multipart(label)

    async def cancel(self, request: Request, number: str) -> Response:
        """Cancels a label once."""
        if denied := self._unpaid(request):
            return denied
        row = self._rows.get(number)
        if row is None or row["voided"]:
            return refusal(400, "160378", "The label was not found.", "trackingNumber")
        if request.state.fault == "error_inside":
            return JSONResponse({"trackingNumber": number, "status": "NOT CANCELED"})
        row["voided"] = True
        return JSONResponse({"trackingNumber": number, "status": "CANCELED"})

    async def track(self, number: str, expand: str = "SUMMARY") -> Response:
        """Where a parcel is; every event where the detail is asked for, else the last one."""
        if number not in self._rows:
            return refusal(404, "404", "The tracking number could not be found.", "trackingNumber")
        return JSONResponse(tracks.tracking(self.journeys.of(number), detail=expand == "DETAIL"))

    def denied(self, request: Request) -> Response | None:
        """The answer to somebody without an access token."""
        if self._access.admits(request):
            return None
        return refusal(401, "401", "The access token is invalid or has expired.")

    def _unpaid(self, request: Request) -> Response | None:
        if self._payments.has_issued(request.headers.get("x-payment-authorization-token", "")):
            return None
        return refusal(403, "010006", "A valid payment authorization is required.", "X-Payment-Authorization-Token")

    def _enter(self, request: Request, order: Body, label: Body) -> None:
        number = label["metadata"]["trackingNumber"]
        if key := request.headers.get("x-idempotency-key"):
            self._numbers[key] = number
        self._labels[number] = label
        references = order["packageDescription"].get("customerReference") or [{}]
        self._rows[number] = self._books.record(
            "labels",
            reference=references[0].get("referenceNumber", ""),
            provider_reference=number,
            carrier="usps",
            service=order["packageDescription"]["mailClass"],
            tracking_number=number,
            cost=f"{label['metadata']['postage']:.2f}",
            currency="USD",
            voided=False,
        )
