"""A stand-in of ShipStation's API v2: carriers, rates, labels, the look-up of a shipment, voids and label files.

Books: `labels` (reference, provider_reference, carrier, service, tracking_number, cost, currency, warehouse_id, voided)
and `account`, one row with the balance. Operations for faults: carriers, rate, buy, find, void, track, download. An API
key has eight characters or more. A label with an `external_shipment_id` that was used is refused with 409.
"""

from decimal import Decimal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import SERVICES, Service, json_of, routes_of
from deployments.sandbox.doors import are_credentials
from deployments.sandbox.journeys import Journeys
from deployments.sandbox.shipstation import answers
from deployments.sandbox.shipstation.answers import ACCOUNTS, Body
from deployments.sandbox.shipstation.tracks import Signer, tracking

OPENING_BALANCE = Decimal("1000000.00")


def router(books: Books) -> APIRouter:
    """The routes under /v2."""
    account = Account(books)
    routes = routes_of(
        (
            ("GET", "/carriers", "carriers", account.carriers),
            ("POST", "/rates", "rate", account.rate),
            ("POST", "/labels", "buy", account.buy),
            ("GET", "/labels", "find", account.labels),
            ("GET", "/shipments/external_shipment_id/{reference}", "find", account.shipment),
            ("PUT", "/labels/{label_id}/void", "void", account.void),
            ("GET", "/labels/{label_id}/track", "track", account.track),
            ("GET", "/jwks", "keys", account.keys),
            ("GET", "/downloads/1/{label_id}/label.{kind}", "download", account.download),
        ),
        prefix="/v2",
        denied=_unauthorized,
        open_to_all=["keys", "download"],
    )
    account.journeys.add_control(routes)
    return routes


class Account:
    """One shop with three carriers, everything it bought, and its balance."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._signer = Signer()
        self.journeys = Journeys(books, self._signer.delivery)
        self._account = books.record("account", balance=str(OPENING_BALANCE))
        self._shipments: dict[str, str] = {}
        self._labels: dict[str, Body] = {}
        self._rows: dict[str, Body] = {}

    async def carriers(self) -> Response:
        """The carrier accounts."""
        rows = [{"carrier_id": key, "carrier_code": code, "friendly_name": code} for key, code in ACCOUNTS.values()]
        return JSONResponse({"carriers": rows})

    async def rate(self, request: Request) -> Response:
        """The offers of the asked accounts; an address nobody delivers to gives an error instead, in a 200."""
        body = await json_of(request)
        shipment, wanted = body.get("shipment") or {}, (body.get("rate_options") or {}).get("carrier_ids") or []
        missing = answers.shipment_faults(shipment) or [answers.required("rate_options.carrier_ids")] * (not wanted)
        if missing:
            return answers.errors(400, *missing)
        faults = _inside(request) or answers.address_faults(shipment)
        offers = [answers.rate(s, shipment) for s in SERVICES if ACCOUNTS[s.carrier][0] in wanted and not faults]
        response = {"rates": offers, "invalid_rates": [], "errors": faults, "rate_request_id": answers.new_id()}
        response |= {"created_at": answers.now(), "status": "error" if faults else "completed"}
        return JSONResponse({**shipment, "shipment_id": answers.new_id(), "rate_response": response})

    async def buy(self, request: Request) -> Response:
        """Sells one label, unless the external shipment id was used, the balance is short or the address is bad."""
        body = await json_of(request)
        shipment = body.get("shipment") or {}
        service = next((s for s in SERVICES if _is_chosen(s, shipment)), None)
        faults = answers.shipment_faults(shipment) or self._refusals(service, shipment)
        if faults or service is None:
            return answers.errors(409 if faults[0]["error_code"] == "identifier_conflict" else 400, *faults)
        label = answers.label(service, shipment, answers.zone_and_price(service, shipment)[1])
        label["label_format"] = body.get("label_format") or "pdf"
        if _inside(request):
            return JSONResponse(label | {"status": "error"})
        self._sell(service, shipment, label)
        inline = body.get("label_download_type") == "inline"
        download = answers.inline_file(label) if inline else _link(request, label)
        return JSONResponse(label | {"label_download": download})

    async def shipment(self, reference: str) -> Response:
        """The shipment of an external id."""
        if reference not in self._shipments:
            return _unknown("shipment with this external_shipment_id")
        status = {"external_shipment_id": reference, "shipment_status": "label_purchased"}
        return JSONResponse({"shipment_id": self._shipments[reference], **status})

    async def labels(
        self, request: Request, shipment_id: str = "", created_at_start: str = "", page: int = 1, page_size: int = 25
    ) -> Response:
        """A page of the labels of a shipment, or of all since a time, newest first."""
        mine = [label for label in self._labels.values() if shipment_id in {"", label["shipment_id"]}]
        found = [label for label in reversed(mine) if not answers.is_before(label["created_at"], created_at_start)]
        shown = found[(page - 1) * page_size : page * page_size]
        labels = [label | {"label_download": _link(request, label)} for label in shown]
        pages = max(1, -(-len(found) // page_size))
        return JSONResponse({"labels": labels, "total": len(found), "page": page, "pages": pages, "links": {}})

    async def void(self, request: Request, label_id: str) -> Response:
        """Cancels a label once and gives the money back; a refusal is answered 200, not approved."""
        label, row = self._labels.get(label_id), self._rows.get(label_id)
        if label is None or row is None:
            return _unknown("such label")
        if label["voided"] or _inside(request):
            reason = "label_already_voided" if label["voided"] else "contact_carrier"
            return JSONResponse({"approved": False, "message": "Unable to void the label.", "reason_code": reason})
        label.update(voided=True, voided_at=answers.now(), status="voided")
        row["voided"] = True
        self._book(Decimal(row["cost"]))
        return JSONResponse({"approved": True, "message": "Request for refund submitted."})

    async def track(self, label_id: str) -> Response:
        """Where a label's parcel is."""
        label = self._labels.get(label_id)
        return JSONResponse(tracking(self.journeys.of(label["tracking_number"]))) if label else _unknown("such label")

    async def keys(self) -> Response:
        """The keys deliveries are signed with, for everybody."""
        return JSONResponse(self._signer.jwks())

    async def download(self, label_id: str, kind: str) -> Response:
        """The label's file."""
        label = self._labels.get(label_id)
        return Response(answers.file_of(label | {"label_format": kind})) if label else _unknown("such label")

    def _refusals(self, service: Service | None, shipment: Body) -> list[Body]:
        if service is None:
            return [answers.required("shipment.carrier_id with a service_code it offers")]
        if shipment.get("external_shipment_id") in self._shipments:
            return [answers.fault("identifier_conflict", "external_shipment_id already exists.", "business_rules")]
        if answers.zone_and_price(service, shipment)[1] > Decimal(self._account["balance"]):
            return [answers.fault("insufficient_funds", "The balance does not cover the label.", "account_status")]
        return answers.address_faults(shipment)

    def _sell(self, service: Service, shipment: Body, label: Body) -> None:
        reference, cost = shipment.get("external_shipment_id") or "", label["shipment_cost"]["amount"]
        if reference:
            self._shipments[reference] = label["shipment_id"]
        self._labels[label["label_id"]] = label
        self._book(-Decimal(str(cost)))
        self._rows[label["label_id"]] = self._books.record(
            "labels",
            reference=reference,
            provider_reference=label["label_id"],
            carrier=service.carrier,
            service=service.code,
            tracking_number=label["tracking_number"],
            cost=f"{cost:.2f}",
            currency="USD",
            warehouse_id=shipment.get("warehouse_id") or "",
            voided=False,
        )

    def _book(self, amount: Decimal) -> None:
        self._account["balance"] = str(Decimal(self._account["balance"]) + amount)


def _unauthorized(request: Request) -> Response | None:
    if are_credentials(request.headers.get("api-key")):
        return None
    return answers.errors(401, answers.fault("unauthorized", "The API key is invalid.", "security"))


def _inside(request: Request) -> list[Body]:
    """The error of a carrier inside an answer of 200, where one was planned."""
    if request.state.fault != "error_inside":
        return []
    return [answers.fault("unspecified", "The carrier did not answer.", "integrations") | {"error_source": "carrier"}]


def _is_chosen(service: Service, shipment: Body) -> bool:
    chosen = (shipment.get("carrier_id"), shipment.get("service_code"))
    return chosen == (ACCOUNTS[service.carrier][0], service.code)


def _link(request: Request, label: Body) -> Body:
    return {"href": f"{request.base_url}shipstation/v2/downloads/1/{label['label_id']}/label.{label['label_format']}"}


def _unknown(what: str) -> Response:
    return answers.errors(404, answers.fault("invalid_identifier", f"There is no {what}."))
