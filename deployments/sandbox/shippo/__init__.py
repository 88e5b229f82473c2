"""A stand-in of Shippo: shipments with rates, transactions, refunds, and label files that need no credentials.

Books: `labels` (reference, provider_reference, carrier, service, tracking_number, cost, currency, voided). Operations
for faults: rate, buy, find, void, track, download. A token begins with "shippo_". Every POST answers 201. A rate is
sold as often as it is asked for. A street UNDELIVERABLE fails at the purchase (201, status ERROR), a postal code 00000
gives a shipment without rates.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import (
    SERVICES,
    Service,
    crosses_a_border,
    is_undeliverable,
    json_of,
    label_file,
    routes_of,
    tracking_number,
    zone_of,
)
from deployments.sandbox.journeys import Journeys
from deployments.sandbox.shippo.tracks import event, track

Body = dict[str, Any]

_GRAMS = {"g": 1.0, "kg": 1000.0, "oz": 28.3495, "lb": 453.592}
_PARCEL_PARTS = ("weight", "mass_unit", "length", "width", "height", "distance_unit")
_ADDRESS_PARTS = ("street1", "city", "zip", "country")
_KINDS = {"PDF": "pdf", "PNG": "png", "ZPLII": "zpl"}
_CUSTOMS = ("certify", "certify_signer", "contents_type", "non_delivery_option")
_CUSTOMS_ITEM = ("description", "quantity", "net_weight", "mass_unit", "value_amount", "value_currency")
_NOT_FOUND = {"source": "USPS", "code": "invalid_address", "text": "The address could not be found."}
_NO_ANSWER = {"source": "USPS", "code": "carrier_timeout", "text": "USPS did not respond. Please try again."}


def router(books: Books) -> APIRouter:
    """The routes."""
    account = Account(books)
    routes = routes_of(
        (
            ("POST", "/shipments", "rate", account.create_shipment),
            ("GET", "/rates/{rate_id}", "find", account.get_rate),
            ("POST", "/transactions", "buy", account.create_transaction),
            ("GET", "/transactions", "find", account.list_transactions),
            ("GET", "/transactions/{transaction_id}", "find", account.get_transaction),
            ("POST", "/refunds", "void", account.create_refund),
            ("GET", "/tracks/{carrier}/{number}", "track", account.track),
            ("GET", "/files/{transaction_id}.{kind}", "download", account.download),
        ),
        denied=_unauthorized,
        open_to_all=["download"],
    )
    account.journeys.add_control(routes)
    return routes


class Account:
    """One shop's shipments, rates and transactions."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.journeys = Journeys(books, event)
        self._shipments: dict[str, Body] = {}
        self._rates: dict[str, Body] = {}
        self._transactions: dict[str, Body] = {}
        self._rows: dict[str, Body] = {}

    async def create_shipment(self, request: Request) -> Response:
        """A shipment with its rates; none, and a message, for an address nobody delivers to."""
        body = await json_of(request)
        if problems := _problems(body):
            return JSONResponse(problems, 400)
        messages = [_NO_ANSWER] if request.state.fault == "error_inside" else []
        if body["address_to"]["zip"].startswith("00000"):
            messages = [_NOT_FOUND]
        shipment: Body = _object() | {"status": "SUCCESS", "metadata": "", "carrier_accounts": [], "messages": messages}
        shipment |= {key: body[key] for key in ("address_from", "address_to", "metadata") if key in body}
        shipment["parcels"] = [{**_object(), **parcel, "object_state": "VALID"} for parcel in body["parcels"]]
        shipment["rates"] = [] if messages else [_rate(service, shipment) for service in SERVICES]
        self._shipments[shipment["object_id"]] = shipment
        self._rates |= {rate["object_id"]: rate for rate in shipment["rates"]}
        return JSONResponse(shipment, 201)

    async def get_rate(self, rate_id: str) -> Response:
        """One rate."""
        return _found(self._rates.get(rate_id))

    async def create_transaction(self, request: Request) -> Response:
        """Sells the rate, again if asked again; a failed purchase is a 201 with status ERROR."""
        body = await json_of(request)
        rate = self._rates.get(str(body.get("rate")))
        if rate is None:
            return JSONResponse({"rate": [f"Rate with supplied object_id {body.get('rate')} not found."]}, 400)
        if len(body.get("metadata") or "") > 100:
            return JSONResponse({"metadata": ["Ensure this field has no more than 100 characters."]}, 400)
        to = self._shipments[rate["shipment"]]["address_to"]
        failed = [_NO_ANSWER] if request.state.fault == "error_inside" else []
        failed = failed or ([_NOT_FOUND] if is_undeliverable(to["street1"], to["zip"]) else [])
        transaction = _transaction(request, body, rate, failed)
        self._transactions[transaction["object_id"]] = transaction
        if not failed:
            self._enter(transaction, rate)
        return JSONResponse(transaction, 201)

    async def list_transactions(
        self, request: Request, object_status: str = "", page: int = 1, results: int = 25
    ) -> Response:
        """A page of transactions, newest first."""
        kept = [t for t in reversed(self._transactions.values()) if object_status in {"", t["status"]}]
        more = len(kept) > page * results
        following = f"{request.base_url}shippo/transactions?page={page + 1}&results={results}" if more else None
        return JSONResponse(
            {"next": following, "previous": None, "results": kept[(page - 1) * results : page * results]}
        )

    async def get_transaction(self, transaction_id: str) -> Response:
        """One transaction."""
        return _found(self._transactions.get(transaction_id))

    async def create_refund(self, request: Request) -> Response:
        """Accepts a refund once; the money is on its way."""
        transaction_id = str((await json_of(request)).get("transaction"))
        transaction, row = self._transactions.get(transaction_id), self._rows.get(transaction_id)
        if transaction is None or row is None or transaction["status"] != "SUCCESS":
            return JSONResponse({"transaction": ["This transaction cannot be refunded."]}, 400)
        refund = _object() | {"transaction": transaction_id, "status": "PENDING"}
        if request.state.fault == "error_inside":
            return JSONResponse(refund | {"status": "ERROR"}, 201)
        transaction["status"] = "REFUNDPENDING"
        row["voided"] = True
        return JSONResponse(refund, 201)

    async def track(self, carrier: str, number: str) -> Response:
        """Where a parcel of this carrier is."""
        known = self._books.find("labels", tracking_number=number, carrier=carrier)
        return _found(track(self.journeys.of(number), carrier) if known else None)

    async def download(self, transaction_id: str, kind: str) -> Response:
        """The label's file."""
        transaction = self._transactions.get(transaction_id)
        if transaction is None:
            return _found(None)
        lines = [transaction["tracking_number"], transaction["metadata"]]
        return Response(label_file(kind, lines))

    def _enter(self, transaction: Body, rate: Body) -> None:
        self._rows[transaction["object_id"]] = self._books.record(
            "labels",
            reference=transaction["metadata"],
            provider_reference=transaction["object_id"],
            carrier=rate["provider"].lower(),
            service=rate["servicelevel"]["token"],
            tracking_number=transaction["tracking_number"],
            cost=rate["amount"],
            currency=rate["currency"],
            voided=False,
        )


def _rate(service: Service, shipment: Body) -> Body:
    zone = zone_of(shipment["address_from"]["zip"], shipment["address_to"]["zip"])
    grams = sum(float(p["weight"]) * _GRAMS.get(p["mass_unit"], 1.0) for p in shipment["parcels"])
    amount = f"{service.cents(zone, grams) / 100:.2f}"
    return _object() | {
        "amount": amount,
        "currency": "USD",
        "amount_local": amount,
        "currency_local": "USD",
        "attributes": [],
        "carrier_account": f"sandbox_{service.carrier}",
        "provider": service.carrier.upper() if service.carrier != "fedex" else "FedEx",
        "servicelevel": {"name": service.name, "token": service.code},
        "estimated_days": service.days(zone),
        "shipment": shipment["object_id"],
        "zone": str(zone),
        "messages": [],
    }


def _transaction(request: Request, order: Body, rate: Body, failed: list[Body]) -> Body:
    base = _object() | {"created_by": {"first_name": "Sand", "last_name": "Box", "username": "sandbox"}, "test": True}
    base |= {"rate": rate["object_id"], "metadata": order.get("metadata") or "", "messages": failed}
    if failed:
        return base | {"status": "ERROR"}
    number = tracking_number()
    file_type = order.get("label_file_type") or "PDF_4x6"
    kind = _KINDS[file_type.partition("_")[0]]
    return base | {
        "status": "SUCCESS",
        "tracking_number": number,
        "tracking_url_provider": f"https://track.example/{number}",
        "label_url": f"{request.base_url}shippo/files/{base['object_id']}.{kind}",
        "label_file_type": file_type,
    }


def _problems(shipment: Body) -> Body:
    """What is missing of a shipment, under the names of its fields."""
    problems: Body = {}
    for side in ("address_from", "address_to"):
        address = shipment.get(side) or {}
        missing = [part for part in _ADDRESS_PARTS if not address.get(part)]
        if missing:
            problems[side] = [{part: ["This field is required."] for part in missing}]
    parcels = shipment.get("parcels") or [{}]
    wrong = [part for parcel in parcels for part in _PARCEL_PARTS if not isinstance(parcel.get(part), str)]
    if wrong:
        problems["parcels"] = [{part: ["A valid string is required."] for part in wrong}]
    return problems or _customs_problems(shipment)


def _customs_problems(shipment: Body) -> Body:
    """What customs miss of a parcel that leaves the country."""
    if not crosses_a_border(shipment["address_from"]["country"], shipment["address_to"]["country"]):
        return {}
    declaration = shipment.get("customs_declaration") or {}
    missing = [part for part in _CUSTOMS if not declaration.get(part)]
    items = declaration.get("items") or [{}]
    missing += [part for item in items for part in (*_CUSTOMS_ITEM, "origin_country") if not item.get(part)]
    return {"customs_declaration": [{part: ["This field is required."] for part in missing}]} if missing else {}


def _object() -> Body:
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return {"object_id": uuid4().hex, "object_owner": "sandbox", "object_created": now, "object_updated": now}


def _found(body: Body | None) -> Response:
    return JSONResponse({"detail": "Not found."}, 404) if body is None else JSONResponse(body)


def _unauthorized(request: Request) -> Response | None:
    if request.headers.get("authorization", "").startswith("ShippoToken shippo_"):
        return None
    return JSONResponse({"detail": "Invalid token"}, 401)
