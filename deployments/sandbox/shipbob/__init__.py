"""A stand-in of ShipBob's API 2026-01: orders, their shipments, cancellation, inventory by building.

Operations for faults: request, find, status, cancel, stock. A reference that was taken is refused with 422. Calls over
the limit tell the wait in `x-retry-after`. Inventory comes in pages of two. See packing for the books and controls.
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import is_undeliverable, json_of, routes_of
from deployments.sandbox.doors import are_credentials, bearer_of
from deployments.sandbox.packing import PackingHouse, Row, units_by

PAGE = 2
_STATUS = {
    "received": "None",
    "confirmed": "Processing",
    "picked": "Processing",
    "packed": "LabeledCreated",
    "shipped": "Completed",
    "rejected": "Cancelled",
    "cancelled": "Cancelled",
}


def router(books: Books) -> APIRouter:
    """The routes under /2026-01."""
    desk = Desk(books)
    routes = routes_of(
        (
            ("POST", "/order", "request", desk.create),
            ("GET", "/order", "find", desk.find),
            ("POST", "/order/{order_id}:cancel", "cancel", desk.cancel),
            ("GET", "/order/{order_id}", "status", desk.order),
            ("GET", "/inventory-level/locations", "stock", desk.inventory),
        ),
        prefix="/2026-01",
        denied=_denied,
    )
    desk.house.add_controls(routes)
    return routes


class Desk:
    """One merchant's account."""

    def __init__(self, books: Books) -> None:
        self.house = PackingHouse(books)

    async def create(self, request: Request) -> Response:
        """Takes an order; a second one of the same reference is refused."""
        body = await json_of(request)
        if fault := _fault(request, body):
            return fault
        if self.house.of_reference(body["reference_id"]):
            return _faulty("reference_id", "Order with the same reference id already exists for this channel.")
        lines = units_by("reference_id", body["products"])
        place = str(body.get("location_id", ""))
        job = self.house.take(body["reference_id"], lines, place=place, order=body)
        return JSONResponse(_told(job), 201)

    async def find(self, request: Request) -> Response:
        """The orders of some references."""
        wanted = request.query_params.get("ReferenceIds", "").split(",")
        return JSONResponse([_told(job) for job in self.house.jobs if job["reference"] in wanted])

    async def order(self, order_id: str) -> Response:
        """One order."""
        job = self.house.of_id(order_id)
        return JSONResponse(_told(job)) if job else Response(status_code=404)

    async def cancel(self, order_id: str) -> Response:
        """Cancels an order that is not picked; one that was cancelled is not in a cancellable state."""
        job = self.house.of_id(order_id)
        if job is None:
            return Response(status_code=404)
        if job["state"] in {"cancelled", "rejected"}:
            return _faulty("orderId", "The order is not in a cancellable state.")
        done = self.house.cancel(job)
        result = {"action": "Cancel", "is_success": done, "shipment_id": job["id"] + 5000}
        told = {"order_id": job["id"], "order": _told(job), "canceled_shipment_results": [result]}
        return JSONResponse(told | {"status": "Success" if done else "Failure"})

    async def inventory(self, Cursor: str = "0") -> Response:  # noqa: N803 - their name
        """A page of inventory."""
        start = int(Cursor)
        rows = self.house.levels[start : start + PAGE]
        more = start + PAGE < len(self.house.levels)
        follows = f"/2026-01/inventory-level/locations?PageSize={PAGE}&Cursor={start + PAGE}" if more else None
        return JSONResponse({"items": [_item(row) for row in rows], "next": follows, "first": None, "last": None})


def _item(row: Row) -> Row:
    place = {"location_id": int(row["place"]), "on_hand_quantity": row["on_hand"], "name": "Fulfilment centre"}
    return {"inventory_id": row["number"], "name": row["sku"], "sku": row["sku"], "locations": [place]}


def _told(job: Row) -> dict[str, Any]:
    order = job["order"]
    ended = {"shipped": "Fulfilled", "cancelled": "Cancelled", "rejected": "Cancelled"}
    return {
        "id": job["id"],
        "reference_id": job["reference"],
        "order_number": order.get("order_number"),
        "status": ended.get(job["state"], "Processing"),
        "type": order["type"],
        "recipient": order["recipient"],
        "products": order["products"],
        "shipments": [_shipment(job)] if job["state"] != "received" else [],
    }


def _shipment(job: Row) -> dict[str, Any]:
    parcel = job["parcel"] or {}
    details = [{"name": "Refused", "description": job["reason"]}] if job["reason"] else []
    return {
        "id": job["id"] + 5000,
        "order_id": job["id"],
        "status": _STATUS[job["state"]],
        "status_details": details,
        "delivery_date": job["delivered_at"],
        "tracking": {
            "carrier": parcel.get("carrier", "").upper() or None,
            "carrier_service": parcel.get("service"),
            "tracking_number": parcel.get("number"),
            "tracking_url": parcel.get("url"),
        },
    }


def _fault(request: Request, body: Row) -> Response | None:
    if not request.headers.get("shipbob_channel_id", "").isdigit():
        return _faulty("shipbob_channel_id", "The channel is required.", 400)
    for name in ("reference_id", "shipping_method", "type", "products", "recipient"):
        if not body.get(name):
            return _faulty(name, f"The {name} field is required.", 400)
    address = body["recipient"].get("address") or {}
    for name in ("address1", "city", "country"):
        if not address.get(name):
            return _faulty(f"recipient.address.{name}", "Required.")
    if is_undeliverable(address["address1"], address.get("zip_code", "")):
        return _faulty("recipient.address.address1", "The address cannot be delivered to.")
    return None


def _faulty(field: str, words: str, status: int = 422) -> JSONResponse:
    return JSONResponse({field: [words]}, status)


def _denied(request: Request) -> Response | None:
    return None if are_credentials(bearer_of(request)) else Response(status_code=401)
