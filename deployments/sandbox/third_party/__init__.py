"""A stand-in of a 3PL no connector was written for, in the manner of Whiplash's API 2.

Operations for faults: request, find, status, cancel, stock. Orders are made as often as they are asked for. An order
that is picked is refused its cancellation with 422. See packing for the books and how jobs move on.
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.books import Books
from deployments.sandbox.carriage import is_undeliverable, json_of, routes_of
from deployments.sandbox.doors import are_credentials, bearer_of
from deployments.sandbox.packing import PackingHouse, Row, units_by

_NAMES = {"received": "pending", "confirmed": "processing", "rejected": "unfulfillable"}


def router(books: Books) -> APIRouter:
    """The routes under /api/v2."""
    desk = Desk(books)
    routes = routes_of(
        (
            ("POST", "/orders", "request", desk.create),
            ("GET", "/orders/originator/{reference}", "find", desk.find),
            ("GET", "/orders/{order_id}", "status", desk.order),
            ("PUT", "/orders/{order_id}/cancel", "cancel", desk.cancel),
            ("GET", "/items", "stock", desk.items),
        ),
        prefix="/api/v2",
        denied=_denied,
    )
    desk.house.add_controls(routes)
    return routes


class Desk:
    """One customer's account."""

    def __init__(self, books: Books) -> None:
        self.house = PackingHouse(books)

    async def create(self, request: Request) -> Response:
        """Makes an order, another one each time."""
        body = await json_of(request)
        if not body.get("order_items") or not body.get("shipping_address_1") or not body.get("shipping_city"):
            return _refusal(422, "Order items and a shipping address are required")
        if is_undeliverable(body["shipping_address_1"], body.get("shipping_zip", "")):
            return _refusal(422, "Shipping address 1 cannot be verified")
        lines = units_by("sku", body["order_items"])
        place = str(body.get("warehouse_id", ""))
        return JSONResponse(_told(self.house.take(body.get("originator_id", ""), lines, place=place, order=body)), 201)

    async def find(self, reference: str) -> Response:
        """The newest order of an id of ours."""
        return _one(self.house.of_reference(reference))

    async def order(self, order_id: str) -> Response:
        """One order."""
        return _one(self.house.of_id(order_id))

    async def cancel(self, order_id: str) -> Response:
        """Cancels an order that is not picked."""
        job = self.house.of_id(order_id)
        if job is None:
            return _one(None)
        return _one(job) if self.house.cancel(job) else _refusal(422, "The order is picked already")

    async def items(self) -> Response:
        """Every item with its quantity."""
        rows = self.house.levels
        return JSONResponse(
            [{"sku": row["sku"], "quantity": row["on_hand"], "warehouse_id": row["place"]} for row in rows]
        )


def _told(job: Row) -> dict[str, Any]:
    parcel = job["parcel"] or {}
    return {
        "id": job["id"],
        "originator_id": job["reference"],
        "status_name": _NAMES.get(job["state"], job["state"]),
        "ship_notes": job["reason"],
        "tracking": [parcel["number"]] if parcel else [],
        "tracking_links": [parcel["url"]] if parcel else [],
        "carrier": parcel.get("carrier", "").upper(),
        "ship_method": parcel.get("service", ""),
        "order_items": job["order"]["order_items"],
    }


def _one(job: Row | None) -> Response:
    return JSONResponse(_told(job)) if job else _refusal(404, "Not found")


def _refusal(status: int, message: str) -> JSONResponse:
    return JSONResponse({"message": message}, status)


def _denied(request: Request) -> Response | None:
    return None if are_credentials(bearer_of(request)) else _refusal(401, "Unauthorized")
