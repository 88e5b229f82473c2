"""A stand-in of Xero's sales invoices.

Books: `invoices` (invoice_number, contact, status, lines, total, currency, how often it was posted) and `answers` by
Idempotency-Key. Operations for faults: `token`, `check`, `post`. A request under a key that was answered before is
answered the same and does nothing. An invoice whose contact is "Refused Ltd" has errors of its own inside a 200.
"""

import json
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.doors import are_credentials, basic_of
from deployments.sandbox.faults import FaultyRoute
from deployments.sandbox.oauth import TokenDesk, form_of

STATUSES = {"DRAFT", "SUBMITTED", "AUTHORISED"}
LONGEST_KEY = 128

Json = dict[str, Any]


def router(books: Books) -> APIRouter:
    """The login's desk, the organisation and its invoices."""
    routes, desk = APIRouter(route_class=FaultyRoute), TokenDesk()

    @routes.post("/connect/token", name="token")
    async def token(request: Request) -> Response:
        form = await form_of(request)
        if form.get("grant_type") != "client_credentials" or not are_credentials(*basic_of(request)):
            return JSONResponse({"error": "invalid_client"}, 401)
        return JSONResponse({"token_type": "Bearer", "expires_in": 1800, "access_token": desk.issue()})

    @routes.get("/api.xro/2.0/Organisation", name="check")
    async def organisation(request: Request) -> Response:
        return _problem(desk, request) or JSONResponse({"Organisations": [{"Name": "Sandbox"}]})

    @routes.post("/api.xro/2.0/Invoices", name="post")
    async def post(request: Request) -> Response:
        problem, key = _problem(desk, request), request.headers.get("idempotency-key", "")
        if problem:
            return problem
        known = books.find("answers", key=key) if key else None
        if known:
            return JSONResponse(known["answer"])
        invoices = _invoices(await request.body())
        if invoices is None or len(key) > LONGEST_KEY:
            return JSONResponse({"ErrorNumber": 10, "Type": "ValidationException", "Message": "not valid"}, 400)
        refuses_all = request.state.fault == "error_inside"
        answer = {"Invoices": [_saved(books, invoice, refused=refuses_all) for invoice in invoices]}
        if key:
            books.record("answers", key=key, answer=answer)
        return JSONResponse(answer)

    return routes


def _problem(desk: TokenDesk, request: Request) -> Response | None:
    if desk.admits(request) and request.headers.get("xero-tenant-id"):
        return None
    return JSONResponse({"Title": "Unauthorized", "Status": 401, "Detail": "AuthenticationUnsuccessful"}, 401)


def _invoices(body: bytes) -> list[Json] | None:
    try:
        invoices = json.loads(body)["Invoices"]
    except (ValueError, LookupError, TypeError):
        return None
    return invoices if isinstance(invoices, list) and invoices else None


def _errors(invoice: Json) -> list[str]:
    wrong = []
    if invoice.get("Type") != "ACCREC" or invoice.get("Status") not in STATUSES:
        wrong.append("Type and Status must be those of a sales invoice")
    if not (invoice.get("Contact") or {}).get("Name") or invoice["Contact"]["Name"] == "Refused Ltd":
        wrong.append("A Contact must be specified for this type of transaction")
    for line in invoice.get("LineItems") or [{}]:
        if not line.get("Description") or Decimal(str(line.get("Quantity"))) * _amount(line, "UnitAmount") != _amount(
            line, "LineAmount"
        ):
            wrong.append("The line total does not match the expected line total")
    return wrong


def _amount(line: Json, name: str) -> Decimal:
    return Decimal(str(line.get(name, "NaN")))


def _saved(books: Books, invoice: Json, *, refused: bool) -> Json:
    number, errors = invoice.get("InvoiceNumber", ""), _errors(invoice) or (["refused"] if refused else [])
    if errors:
        found = [{"Message": message} for message in errors]
        return {"InvoiceNumber": number, "HasErrors": True, "StatusAttributeString": "ERROR", "ValidationErrors": found}
    total = sum(_amount(line, "LineAmount") for line in invoice["LineItems"])
    known = books.find("invoices", invoice_number=number)
    row = known or books.record("invoices", invoice_number=number, posted=0)
    row.update(contact=invoice["Contact"]["Name"], status=invoice["Status"], lines=invoice["LineItems"])
    row.update(total=str(total), currency=invoice.get("CurrencyCode"), posted=row["posted"] + 1)
    return {"InvoiceNumber": number, "HasErrors": False, "StatusAttributeString": "OK", "ValidationErrors": []}
