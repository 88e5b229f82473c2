"""A stand-in for one Magento shop's multi-source inventory: source items, reservations and products.

/magento/rest/{store}/V1/…       searches by searchCriteria, beyond the last page comes the last again
POST /magento/ims/token/v3       a token for a client, as Adobe hands it out; an integration's own is as good
POST /magento/_stock             {"levels": [{"location", "sku", "on_hand", "status"}], "composites": {sku: type}}
POST /magento/_orders            {"orders": [{"line_items": [{"sku", "quantity"}]}]}: reserves, sources stay as they are

Operations for faults: list_items, save_items, salable, list_sources, list_products, token.
"""

import re
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from deployments.sandbox.books import Books
from deployments.sandbox.deliveries import Placement
from deployments.sandbox.doors import are_credentials, bearer_of, guarded
from deployments.sandbox.faults import FaultyRoute
from deployments.sandbox.magento.shop import STOCK_ID, Json, MagentoError, Shop
from deployments.sandbox.oauth import TokenDesk, form_of

_FIELD = re.compile(r"searchCriteria\[filterGroups\]\[(\d+)\]\[filters\]\[0\]\[field\]")


class Count(BaseModel):
    """Counts that replace earlier ones, and products that are made of parts."""

    levels: list[Json]
    composites: dict[str, str] = {}


def router(books: Books) -> APIRouter:
    """The simulator of one shop with these books."""
    shop = Shop(books)
    api = APIRouter(prefix="/rest/{store}/V1", route_class=guarded(_denied))
    _add_inventory(api, shop)
    everything = APIRouter()
    everything.include_router(api)
    everything.include_router(_controls(shop))
    return everything


def _add_inventory(api: APIRouter, shop: Shop) -> None:
    @api.get("/inventory/source-items", name="list_items")
    async def list_items(request: Request) -> Json:
        return _found(request, list(shop.items.values()))

    @api.post("/inventory/source-items", name="save_items")
    async def save_items(request: Request) -> list[Any]:
        return shop.save((await request.json())["sourceItems"])

    @api.get("/inventory/get-product-salable-quantity/{sku:path}/{stock_id}", name="salable")
    async def salable(sku: str, stock_id: int) -> int:
        _check_stock(stock_id)
        return shop.salable(sku)

    @api.get("/inventory/get-sources-assigned-to-stock-ordered-by-priority/{stock_id}", name="list_sources")
    async def by_priority(stock_id: int) -> list[Json]:
        _check_stock(stock_id)
        return shop.sources

    @api.get("/inventory/sources", name="list_sources")
    async def list_sources(request: Request) -> Json:
        return _found(request, shop.sources)

    @api.get("/products", name="list_products")
    async def list_products(request: Request) -> Json:
        return _found(request, list(shop.products.values()))


def _controls(shop: Shop) -> APIRouter:
    controls = APIRouter()
    logins, desk = APIRouter(route_class=FaultyRoute), TokenDesk()

    @logins.post("/ims/token/v3", name="token")
    async def token(request: Request) -> Response:
        form = await form_of(request)
        known = are_credentials(form.get("client_id"), form.get("client_secret"))
        if form.get("grant_type") != "client_credentials" or not known:
            return JSONResponse({"error": "invalid_client"}, 400)
        shop.books.record("tokens")
        return JSONResponse({"access_token": desk.issue(), "token_type": "bearer", "expires_in": 86399})

    @controls.post("/_stock", status_code=201)
    async def count_stock(count: Count) -> dict[str, int]:
        for level in count.levels:
            shop.stock(level["location"], level["sku"], level["on_hand"], level.get("status", 1))
        shop.products |= {sku: {"sku": sku, "type_id": kind} for sku, kind in count.composites.items()}
        return {"counted": len(count.levels)}

    @controls.post("/_orders", status_code=201)
    async def reserve(placement: Placement) -> dict[str, int]:
        for order in placement.every_order:
            for line in order["line_items"]:
                shop.reserved[line["sku"]] += line["quantity"]
        return {"reserved": len(placement.every_order)}

    controls.include_router(logins)
    return controls


def _denied(request: Request) -> Response | None:
    if are_credentials(bearer_of(request)):
        return None
    who = {"resources": "Magento_InventoryApi::source"}
    return MagentoError(401, "The consumer isn't authorized to access %resources.", who).response(request)


def _check_stock(stock_id: int) -> None:
    if stock_id != STOCK_ID:
        raise MagentoError(404, 'Stock with id "%value" does not exist.', {"value": stock_id})


def _found(request: Request, things: list[Json]) -> Json:
    """What the search finds: "eq" and "in" on one field a group, all groups together."""
    query = request.query_params
    for key in query:
        if match := _FIELD.fullmatch(key):
            place = f"searchCriteria[filterGroups][{match[1]}][filters][0]"
            condition, value = query.get(f"{place}[conditionType]", "eq"), query.get(f"{place}[value]", "")
            wanted = value.split(",") if condition == "in" else [value]
            things = [each for each in things if str(each.get(query[key])) in wanted]
    size = int(query.get("searchCriteria[pageSize]", len(things) or 1))
    page = min(int(query.get("searchCriteria[currentPage]", 1)), max(1, -(-len(things) // size)))
    items = things[(page - 1) * size : page * size]
    return {"items": items, "search_criteria": {"filter_groups": []}, "total_count": len(things)}
