"""A stand-in of EasyPost: shipments with rates, bought once each, listed, refunded; label files without credentials.

Books: `labels` (reference, provider_reference, carrier, service, tracking_number, cost, currency, voided). Operations
for faults: rate, buy, find, void, track, download. An API key has eight characters or more. A shipment is sold once;
buying it again is refused with SHIPMENT.POSTAGE.EXISTS. A street UNDELIVERABLE fails at the purchase, a postal code
00000 gives a shipment without rates.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import is_undeliverable, json_of, label_file, routes_of, tracking_number
from deployments.sandbox.doors import are_credentials, bearer_of
from deployments.sandbox.easypost import answers
from deployments.sandbox.easypost.answers import Body, refusal
from deployments.sandbox.easypost.tracks import event, tracker
from deployments.sandbox.journeys import Journeys


def router(books: Books) -> APIRouter:
    """The routes under /v2."""
    account = Account(books)
    routes = routes_of(
        (
            ("POST", "/shipments", "rate", account.create),
            ("GET", "/shipments", "find", account.page),
            ("GET", "/shipments/{shipment_id}", "find", account.get),
            ("POST", "/shipments/{shipment_id}/buy", "buy", account.buy),
            ("POST", "/shipments/{shipment_id}/refund", "void", account.refund),
            ("GET", "/trackers", "track", account.trackers),
            ("GET", "/files/{shipment_id}.{kind}", "download", account.download),
        ),
        prefix="/v2",
        denied=_unauthorized,
        open_to_all=["download"],
    )
    account.journeys.add_control(routes)
    return routes


class Account:
    """One shop's shipments, bought and not."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.journeys = Journeys(books, event)
        self._shipments: dict[str, Body] = {}
        self._rows: dict[str, Body] = {}

    async def create(self, request: Request) -> Response:
        """A shipment with its rates; none, and a message, for an address nobody delivers to."""
        shipment = (await json_of(request)).get("shipment") or {}
        if faults := answers.shipment_faults(shipment):
            return refusal(422, "SHIPMENT.INVALID_PARAMS", "Unable to create shipment, parameters are invalid.", faults)
        nowhere = shipment["to_address"]["zip"].startswith("00000")
        messages = [answers.NOT_FOUND] if nowhere else []
        messages = [answers.NO_ANSWER] if request.state.fault == "error_inside" else messages
        created = answers.shipment(shipment, messages)
        self._shipments[created["id"]] = created
        return JSONResponse(created, 201)

    async def page(
        self,
        page_size: int = 20,
        before_id: str = "",
        purchased: bool = True,
        start_datetime: str = "",
    ) -> Response:
        """A page of shipments, newest first; only bought ones unless others are asked for."""
        newest = [
            item
            for item in reversed(self._shipments.values())
            if (item["id"] in self._rows or not purchased) and item["created_at"] >= start_datetime
        ]
        ids = [item["id"] for item in newest]
        start = ids.index(before_id) + 1 if before_id in ids else 0
        page = newest[start : start + page_size]
        return JSONResponse({"shipments": page, "has_more": len(newest) > start + page_size})

    async def get(self, shipment_id: str) -> Response:
        """One shipment."""
        return self._shown(shipment_id)

    async def buy(self, request: Request, shipment_id: str) -> Response:
        """Sells the shipment at one of its rates, once."""
        shipment = self._shipments.get(shipment_id)
        wanted = ((await json_of(request)).get("rate") or {}).get("id")
        rate = next((rate for rate in (shipment or {}).get("rates", []) if rate["id"] == wanted), None)
        if shipment is None or rate is None:
            return refusal(404, "NOT_FOUND", "The requested resource could not be found.")
        if shipment_id in self._rows:
            return refusal(422, "SHIPMENT.POSTAGE.EXISTS", "Postage already exists for this shipment.")
        to = shipment["to_address"]
        if is_undeliverable(to["street1"], to["zip"]):
            return refusal(422, "SHIPMENT.POSTAGE.FAILURE", "Unable to buy: the delivery address is undeliverable.")
        if request.state.fault == "error_inside":
            return refusal(422, "SHIPMENT.POSTAGE.FAILURE", "Unable to buy: the carrier account has no funds.")
        self._sell(request, shipment, rate)
        return self._shown(shipment_id)

    async def refund(self, request: Request, shipment_id: str) -> Response:
        """Accepts a refund once; a carrier that refuses it says so inside a 200."""
        shipment, row = self._shipments.get(shipment_id), self._rows.get(shipment_id)
        if shipment is None or row is None:
            return refusal(404, "NOT_FOUND", "The requested resource could not be found.")
        if row["voided"]:
            return refusal(422, "SHIPMENT.REFUND.UNAVAILABLE", "Unable to request refund. It was requested before.")
        if request.state.fault == "error_inside":
            return JSONResponse(shipment | {"refund_status": "rejected"})
        shipment["refund_status"] = "submitted"
        row["voided"] = True
        return self._shown(shipment_id)

    async def trackers(self, tracking_code: str = "") -> Response:
        """The trackers of a number."""
        rows = [row for row in self._rows.values() if row["tracking_number"] == tracking_code]
        found = [tracker(self.journeys.of(tracking_code), row["provider_reference"]) for row in rows]
        return JSONResponse({"trackers": found, "has_more": False})

    async def download(self, shipment_id: str, kind: str) -> Response:
        """The label's file."""
        row = self._rows.get(shipment_id)
        if row is None:
            return refusal(404, "NOT_FOUND", "The requested resource could not be found.")
        return Response(label_file(kind, [row["tracking_number"], row["reference"]]))

    def _shown(self, shipment_id: str) -> Response:
        if shipment_id not in self._shipments:
            return refusal(404, "NOT_FOUND", "The requested resource could not be found.")
        return JSONResponse(self._shipments[shipment_id])

    def _sell(self, request: Request, shipment: Body, rate: Body) -> None:
        number = tracking_number()
        kind = shipment["options"].get("label_format", "PNG").lower()
        link = f"{request.base_url}easypost/v2/files/{shipment['id']}.{kind}"
        shipment["selected_rate"] = rate
        shipment["tracking_code"] = number
        shipment["postage_label"] = answers.postage_label(link)
        shipment["tracker"] = answers.tracker(number, rate["carrier"])
        self._rows[shipment["id"]] = self._books.record(
            "labels",
            reference=shipment["reference"],
            provider_reference=shipment["id"],
            carrier=rate["carrier"].lower(),
            service=rate["service"],
            tracking_number=number,
            cost=rate["rate"],
            currency=rate["currency"],
            voided=False,
        )


def _unauthorized(request: Request) -> Response | None:
    if are_credentials(bearer_of(request)):
        return None
    return refusal(401, "APIKEY.INACTIVE", "This api key is no longer active. Please use a different api key.")
