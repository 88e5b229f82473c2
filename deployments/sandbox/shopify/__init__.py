"""A stand-in for one Shopify shop: the Admin GraphQL API, and controls to place orders and count stock.

POST /shopify/admin/api/2026-10/graphql.json   the Admin API, for tokens that begin with shpat_; faults are planned
                                               by the name of the GraphQL operation
POST /shopify/_orders                          places orders and delivers their signed webhooks (see Placement)
POST /shopify/_stock                           counts SKUs at locations: {"levels": [{"location", "sku", "on_hand"}]}
"""

import re
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from deployments.sandbox.books import Books
from deployments.sandbox.deliveries import Placement, hand_over
from deployments.sandbox.faults import FaultyRoute
from deployments.sandbox.shopify.graphql import GraphqlError, Operation, checked_variables, parse, project, resolved
from deployments.sandbox.shopify.operations import NEED_IDEMPOTENCY, mutations, queries
from deployments.sandbox.shopify.placing import signed
from deployments.sandbox.shopify.shop import Shop

# Shopify tries again 8 times within four hours; the sandbox has no such patience, but the same persistence.
DELIVERY_ATTEMPTS = 6
IDEMPOTENCY_SINCE = "2026-04"

_OPERATION = re.compile(r'"operationName"\s*:\s*"(\w+)"')
_COST = {
    "requestedQueryCost": 10,
    "actualQueryCost": 10,
    "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 1990, "restoreRate": 100.0},
}
_USED_UP = {
    "requestedQueryCost": 300,
    "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 100, "restoreRate": 100.0},
}


class Level(BaseModel):
    """A count of one SKU at one location, by the location's id."""

    location: str
    sku: str
    on_hand: int


class Count(BaseModel):
    """Counts that replace earlier ones."""

    levels: list[Level]


class GraphqlRoute(FaultyRoute):
    """One address for many operations: a fault is planned for the operation a request names."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Passes the request to a route of the operation's name, which misbehaves if that was planned."""

        @cache
        def handler_of(operation: str) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            return FaultyRoute(self.path, self.endpoint, methods=["POST"], name=operation).get_route_handler()

        async def handle(request: Request) -> Response:
            named = _OPERATION.search((await request.body()).decode("utf-8", "replace"))
            return await handler_of(named[1] if named else "graphql")(request)

        return handle


def router(books: Books) -> APIRouter:
    """The simulator of one shop with these books."""
    shop = Shop(books)
    api = APIRouter(route_class=GraphqlRoute)
    controls = APIRouter()

    @api.post("/admin/api/{version}/graphql.json")
    async def graphql(version: str, request: Request) -> Response:
        if not request.headers.get("x-shopify-access-token", "").startswith("shpat_"):
            reason = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return JSONResponse({"errors": reason}, 401)
        if not re.fullmatch(r"\d{4}-\d{2}", version):
            return JSONResponse({"errors": "Not Found"}, 404)
        if request.state.fault == "error_inside":
            throttled = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            return JSONResponse({"errors": [throttled], "extensions": {"cost": _USED_UP}})
        return JSONResponse(answer(shop, await request.json(), version))

    @controls.post("/_orders", status_code=201)
    async def place_orders(placement: Placement) -> dict[str, Any]:
        orders = [shop.place(document) for document in placement.every_order]
        deliveries = [signed(order, placement.topic or "orders/create", placement.secret) for order in orders]
        return {
            "ids": [order["id"] for order in orders],
            **await hand_over(placement, deliveries, attempts=DELIVERY_ATTEMPTS),
        }

    @controls.post("/_stock", status_code=201)
    async def count_stock(count: Count) -> dict[str, int]:
        for level in count.levels:
            shop.stock(level.location, level.sku, level.on_hand)
        return {"counted": len(count.levels)}

    api.include_router(controls)
    return api


def answer(shop: Shop, request: dict[str, Any], version: str) -> dict[str, Any]:
    """What the Admin API answers to one request."""
    try:
        return {"data": _execute(shop, request, version), "extensions": {"cost": _COST}}
    except GraphqlError as error:
        return {"errors": [{"message": str(error), "extensions": {"code": "undefinedField"}}]}


def _execute(shop: Shop, request: dict[str, Any], version: str) -> dict[str, Any]:
    document = parse(request.get("query") or "")
    name = request.get("operationName") or next(iter(document.operations), "")
    if name not in document.operations:
        raise GraphqlError(f"No operation named {name!r}")
    operation = document.operations[name]
    variables = checked_variables(operation, request.get("variables") or {})
    data = {}
    for field in operation.selections:
        value = _root_value(shop, operation, field, variables, version)
        data[field.alias or field.name] = project(value, field.selections, document, variables)
    return data


def _root_value(shop: Shop, operation: Operation, field: Any, variables: dict[str, Any], version: str) -> Any:
    known = mutations(shop) if operation.kind == "mutation" else queries(shop)
    if field.name not in known:
        raise GraphqlError(f"Field '{field.name}' doesn't exist on the sandbox's {operation.kind} type")
    arguments = resolved(field.arguments, variables)
    if field.name not in NEED_IDEMPOTENCY or version < IDEMPOTENCY_SINCE:
        return known[field.name](**arguments)
    key = resolved(field.directives.get("idempotent", {}), variables).get("key")
    if not key:
        raise GraphqlError(f"The @idempotent directive is required for {field.name}")
    return _once(shop, key, arguments, known[field.name])


def _once(shop: Shop, key: str, arguments: dict[str, Any], work: Callable[..., Any]) -> Any:
    """The answer of the first call under this key, if it was a success; another content under it is refused."""
    if key in shop.answers:
        earlier, value = shop.answers[key]
        if earlier == arguments:
            return value
        error = {"field": None, "message": "The same key was used for other parameters."}
        return {
            "inventoryAdjustmentGroup": None,
            "userErrors": [{**error, "code": "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"}],
        }
    value = work(**arguments)
    if not value["userErrors"]:
        shop.answers[key] = (arguments, value)
    return value
