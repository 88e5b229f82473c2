"""A stand-in of Flexport's Logistics API: orders by its id and ours, cancellation, inventory of the network.

Operations for faults: request, find, status, cancel, stock. A request whose `idempotency-key` was seen is replayed and
says so; another key with a known externalOrderId is a conflict. Inventory comes in pages of `limit`, ended by an empty
one. See packing for the books and controls.
"""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import is_undeliverable, json_of, routes_of
from deployments.sandbox.doors import are_credentials, bearer_of
from deployments.sandbox.packing import PackingHouse, Row, units_by

_SPEC = "https://logistics-api.flexport.com/logistics/api/2024-07/documentation/spec#section/Errors"


def router(books: Books) -> APIRouter:
    """The routes under /logistics/api/2024-07."""
    desk = Desk(books)
    routes = routes_of(
        (
            ("POST", "/orders", "request", desk.create),
            ("GET", "/orders/external_id/{reference}", "find", desk.find),
            ("GET", "/orders/{order_id}", "status", desk.order),
            ("POST", "/orders/{order_id}/cancel", "cancel", desk.cancel),
            ("GET", "/products/inventory/all", "stock", desk.inventory),
        ),
        prefix="/logistics/api/2024-07",
        denied=_denied,
    )
    desk.house.add_controls(routes)
    return routes


class Desk:
    """One seller's account."""

    def __init__(self, books: Books) -> None:
        self.house = PackingHouse(books)

    async def create(self, request: Request) -> Response:
        """Takes an order once for each key."""
        body = await json_of(request)
        if fault := _fault(body):
            return fault
        key = request.headers.get("idempotency-key", "")
        known = self.house.of_reference(body["externalOrderId"])
        if known and key and known["key"] == key:
            return JSONResponse(_told(known), 200, headers={"idempotent-replayed": "true"})
        if known:
            return _problem(409, "Conflict", f"Order {body['externalOrderId']} exists already")
        lines = units_by("logisticsSku", body["lineItems"])
        job = self.house.take(body["externalOrderId"], lines, place="", key=key, order=body)
        return JSONResponse(_told(job))

    async def find(self, reference: str) -> Response:
        """The order of an external id."""
        return _one(self.house.of_reference(reference), reference)

    async def order(self, order_id: str) -> Response:
        """One order."""
        return _one(self.house.of_id(order_id), order_id)

    async def cancel(self, order_id: str) -> Response:
        """Cancels an order that is not processed."""
        job = self.house.of_id(order_id)
        if job is None:
            return _one(None, order_id)
        if not self.house.cancel(job):
            return _problem(400, "Bad Request", f"Order {order_id} has been processed and cannot be cancelled")
        return JSONResponse(_told(job))

    async def inventory(self, limit: int = 20, offset: int = 0) -> Response:
        """A page of inventory."""
        rows = self.house.levels[offset : offset + min(limit, 2)]
        levels = [
            {"logisticsSku": row["sku"], "onHand": row["on_hand"], "available": row["on_hand"], "unavailable": 0}
            for row in rows
        ]
        return JSONResponse(levels)


def _told(job: Row) -> dict[str, Any]:
    state, parcel = job["state"], job["parcel"]
    now = datetime.now(UTC).isoformat()
    error = {"message": job["reason"] or "Refused", "retriable": False, "code": 1, "type": "ORDER"}
    return {
        "id": str(job["id"]),
        "externalOrderId": job["reference"],
        "address": job["order"]["address"],
        "lineItems": job["order"]["lineItems"],
        "state": {
            "fulfillmentDelayed": False,
            "fulfillmentInProgress": state not in {"received", "shipped", "cancelled", "rejected"},
            "fulfillmentStatus": "CANCELLED" if state == "cancelled" else "PROCESSING",
            "internalStatus": state.upper(),
        },
        "error": error if state == "rejected" else None,
        "shippedAt": now if state == "shipped" else None,
        "deliveredAt": job["delivered_at"],
        "shipments": [_shipment(job, parcel, now)] if state in {"packed", "shipped"} else [],
    }


def _shipment(job: Row, parcel: Row | None, now: str) -> dict[str, Any]:
    label = parcel and {
        "id": f"L{job['id']}",
        "carrier": parcel["carrier"].upper(),
        "trackingCode": parcel["number"],
        "trackingUrl": parcel["url"],
        "shippingMethod": parcel["service"],
    }
    return {
        "id": f"S{job['id']}",
        "labelPrintTime": now,
        "shippedAt": now if job["state"] == "shipped" else None,
        "packages": [{"id": f"P{job['id']}", "label": label, "lineItems": job["order"]["lineItems"]}],
    }


def _one(job: Row | None, name: str) -> Response:
    return JSONResponse(_told(job)) if job else _problem(404, "Not Found", f"Cannot find order {name}")


def _fault(body: Row) -> Response | None:
    missing = next((name for name in ("externalOrderId", "address", "lineItems") if not body.get(name)), None)
    if missing:
        return _problem(422, "Unprocessable Content", f"{missing} is required")
    address = body["address"]
    needed = next((name for name in ("address1", "city", "countryCode") if not address.get(name)), None)
    if needed or is_undeliverable(address["address1"], address.get("zip", "")):
        return _problem(422, "Unprocessable Content", f"The address is not valid: {needed or 'address1'}")
    return None


def _problem(status: int, title: str, detail: str) -> JSONResponse:
    problem = {"type": f"{_SPEC}/{status}", "title": title, "detail": detail, "instance": "sandbox"}
    return JSONResponse(problem, status, media_type="application/problem+json")


def _denied(request: Request) -> Response | None:
    if are_credentials(bearer_of(request)):
        return None
    return _problem(401, "Unauthorized", "The access token is invalid")
