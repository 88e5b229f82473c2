"""A stand-in of a warehouse's API: requests with pick lists, their progress, and stock levels by building.

Operations for faults: request, find, status, cancel, stock. A token has eight characters or more. One reference makes
one job, whatever is sent under it again. Stock comes in pages of two. See packing for the books and how jobs move on.
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import is_undeliverable, json_of, routes_of
from deployments.sandbox.doors import are_credentials, bearer_of
from deployments.sandbox.packing import PackingHouse, Row, units_by

PAGE = 2
_NEEDED = ("reference", "order_number", "pick_list", "ship_to", "shipping")


def router(books: Books) -> APIRouter:
    """The routes under /api."""
    office = Office(books)
    routes = routes_of(
        (
            ("POST", "/fulfillment-requests", "request", office.request),
            ("GET", "/fulfillment-requests", "find", office.find),
            ("GET", "/fulfillment-requests/{job_id}", "status", office.status),
            ("POST", "/fulfillment-requests/{job_id}/cancel", "cancel", office.cancel),
            ("GET", "/stock", "stock", office.stock),
        ),
        prefix="/api",
        denied=_denied,
    )
    office.house.add_controls(routes)
    return routes


class Office:
    """The warehouse's office."""

    def __init__(self, books: Books) -> None:
        self.house = PackingHouse(books)

    async def request(self, request: Request) -> Response:
        """Takes a request, once for each reference."""
        body = await json_of(request)
        if fault := _fault(body, request.headers.get("idempotency-key")):
            return fault
        known = self.house.of_reference(body["reference"])
        if known:
            return JSONResponse(_told(known))
        lines = units_by("sku", body["pick_list"])
        facts = {"place": body.get("warehouse", ""), "shipping": body["shipping"], "pick_list": body["pick_list"]}
        return JSONResponse(_told(self.house.take(body["reference"], lines, ship_to=body["ship_to"], **facts)), 201)

    async def find(self, reference: str = "") -> Response:
        """The job of a reference."""
        job = self.house.of_reference(reference)
        return JSONResponse({"requests": [_told(job)] if job else []})

    async def status(self, job_id: str) -> Response:
        """One job."""
        job = self.house.of_id(job_id)
        return JSONResponse(_told(job)) if job else _refusal(404, "not_found", "There is no such request.")

    async def cancel(self, job_id: str) -> Response:
        """Calls a job off that is not picked; again and again, if asked."""
        job = self.house.of_id(job_id)
        if job is None:
            return _refusal(404, "not_found", "There is no such request.")
        if not self.house.cancel(job):
            return _refusal(409, "already_picked", "It is picked already.")
        return JSONResponse(_told(job))

    async def stock(self, cursor: str = "0") -> Response:
        """A page of stock levels."""
        start = int(cursor)
        page = self.house.levels[start : start + PAGE]
        levels = [{"warehouse": one["place"], "sku": one["sku"], "on_hand": one["on_hand"]} for one in page]
        more = start + PAGE < len(self.house.levels)
        return JSONResponse({"levels": levels, "next": str(start + PAGE) if more else ""})


def _told(job: Row) -> dict[str, Any]:
    parcel = job["parcel"]
    return {
        "id": str(job["id"]),
        "reference": job["reference"],
        "state": job["state"],
        "reason": job["reason"],
        "shortages": [{"sku": sku, "quantity": units} for sku, units in job["refused"].items()],
        "parcel": parcel
        and {
            "carrier": parcel["carrier"],
            "service": parcel["service"],
            "tracking_number": parcel["number"],
            "tracking_url": parcel["url"],
        },
    }


def _fault(body: Row, key: str | None) -> Response | None:
    missing = next((name for name in _NEEDED if not body.get(name)), None)
    if missing:
        return _refusal(422, "incomplete", f"{missing} is required.", missing)
    if key != body["reference"]:
        return _refusal(422, "key", "Idempotency-Key must be the reference.", "reference")
    if any(not line.get("sku") or line.get("quantity", 0) < 1 for line in body["pick_list"]):
        return _refusal(422, "pick_list", "Every line needs an SKU and a quantity.", "pick_list")
    to = body["ship_to"]
    if not to.get("line1") or is_undeliverable(to["line1"], to.get("postal_code", "")):
        return _refusal(422, "address", "Nobody delivers there.", "ship_to.line1")
    return None


def _refusal(status: int, code: str, message: str, field: str = "") -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message, "field": field}}, status)


def _denied(request: Request) -> Response | None:
    if are_credentials(bearer_of(request)):
        return None
    return _refusal(401, "credentials", "The token is unknown.")
