"""A stand-in for one BigCommerce store: orders and shipments (v2), inventory, locations and hooks (v3), and controls.

/bigcommerce/stores/{hash}/v2/… and /v3/…   the API, with any X-Auth-Token; lists of v2 end with 204
POST /bigcommerce/_orders      places orders and delivers their signed thin webhooks (see Placement); a listener that
                               takes none of them finds its hooks switched off, as after two days of failures
POST /bigcommerce/_stock       {"levels": [{"location", "sku", "on_hand", "safety_stock"}]}
POST /bigcommerce/_catalog     {"products": […], "customers": […], "groups": […]} as the API would show them

Operations for faults: list_orders, get_order, update_order, list_parts, ship, list_items, adjust, list_locations,
list_hooks, make_hook, change_hook, list_products, list_customers, list_groups.
"""

from collections.abc import Callable, Coroutine
from email.utils import parsedate_to_datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from deployments.sandbox.bigcommerce.placing import signed
from deployments.sandbox.bigcommerce.store import BigError, Json, Store, changed_at
from deployments.sandbox.books import Books
from deployments.sandbox.deliveries import Placement, hand_over
from deployments.sandbox.faults import FaultyRoute

DELIVERY_ATTEMPTS = 3
_PARTS = ("products", "shipping_addresses", "shipments")
_RATE_HEADERS = {
    "X-Rate-Limit-Requests-Left": "149",
    "X-Rate-Limit-Requests-Quota": "150",
    "X-Rate-Limit-Time-Window-Ms": "30000",
    "X-Rate-Limit-Time-Reset-Ms": "15000",
}


class Count(BaseModel):
    """Counts that replace earlier ones."""

    levels: list[Json]


class Catalog(BaseModel):
    """What the store knows besides orders."""

    products: list[Json] = []
    customers: list[Json] = []
    groups: list[Json] = []


class BigRoute(FaultyRoute):
    """A route that asks for a token, answers refusals in the version's manner and tells the budget of requests."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind the check of the token."""
        work = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                if not request.headers.get("x-auth-token"):
                    raise BigError(401, "Unauthorized")
                if "json" not in request.headers.get("accept", ""):
                    return Response("<?xml version='1.0'?><orders/>", media_type="application/xml")
                response = await work(request)
            except BigError as error:
                response = _refusal(error, second="/v2/" in request.url.path)
            response.headers.update(_RATE_HEADERS)
            return response

        return handle


def router(books: Books) -> APIRouter:
    """The simulator of one store with these books."""
    store = Store(books)
    api = APIRouter(prefix="/stores/{store_hash}", route_class=BigRoute)
    _add_orders(api, store)
    _add_inventory(api, store)
    _add_lists(api, store)
    _add_hooks(api, store)
    everything = APIRouter()
    everything.include_router(api)
    everything.include_router(_controls(store))
    return everything


def _add_orders(api: APIRouter, store: Store) -> None:
    @api.get("/v2/orders", name="list_orders")
    async def list_orders(request: Request) -> Response:
        query = request.query_params
        if query.get("sort") != "date_modified:asc":
            raise BigError(400, "The sandbox sorts by date_modified:asc only")
        since = parsedate_to_datetime(query["min_date_modified"])
        found = [order for order in store.orders.values() if changed_at(order) >= since]
        found.sort(key=lambda order: (changed_at(order), order["id"]))
        return _bare_page(request, [_linked(order) for order in found])

    @api.get("/v2/orders/{order_id}", name="get_order")
    async def get_order(order_id: int) -> Json:
        return _linked(store.order(order_id))

    @api.put("/v2/orders/{order_id}", name="update_order")
    async def update_order(order_id: int, request: Request) -> Json:
        return _linked(store.update(order_id, await request.json()))

    @api.get("/v2/orders/{order_id}/{part}", name="list_parts")
    async def list_parts(order_id: int, part: str, request: Request) -> Response:
        if part not in _PARTS:
            raise BigError(404, "The requested resource was not found.")
        order = store.order(order_id)
        return _bare_page(request, store.shipments.get(order_id, []) if part == "shipments" else order[part])

    @api.post("/v2/orders/{order_id}/shipments", name="ship", status_code=201)
    async def ship(order_id: int, request: Request) -> Json:
        return store.ship(order_id, await request.json())


def _add_inventory(api: APIRouter, store: Store) -> None:
    @api.get("/v3/inventory/locations", name="list_locations")
    async def list_locations(request: Request) -> Json:
        return _page(request, store.locations)

    @api.get("/v3/inventory/items", name="list_items")
    async def list_items(request: Request) -> Json:
        asked = request.query_params.get("sku:in")
        skus = dict.fromkeys(sku for _, sku in store.levels if asked is None or sku in asked.split(","))
        return _page(request, [_item(store, sku) for sku in skus])

    @api.post("/v3/inventory/adjustments/relative", name="adjust")
    async def relative(request: Request) -> Json:
        return {"transaction_id": store.adjust((await request.json())["items"], relative=True)}

    @api.put("/v3/inventory/adjustments/absolute", name="adjust")
    async def absolute(request: Request) -> Json:
        return {"transaction_id": store.adjust((await request.json())["items"], relative=False)}


def _add_lists(api: APIRouter, store: Store) -> None:
    @api.get("/v3/catalog/products", name="list_products")
    async def list_products(request: Request) -> Json:
        return _page(request, _of_ids(request, store.catalog))

    @api.get("/v3/customers", name="list_customers")
    async def list_customers(request: Request) -> Json:
        return _page(request, _of_ids(request, store.customers))

    @api.get("/v2/customer_groups", name="list_groups")
    async def list_groups(request: Request) -> Response:
        return _bare_page(request, list(store.groups.values()))


def _add_hooks(api: APIRouter, store: Store) -> None:
    @api.get("/v3/hooks", name="list_hooks")
    async def list_hooks(request: Request) -> Json:
        return _page(request, list(store.hooks.values()))

    @api.post("/v3/hooks", name="make_hook")
    async def make_hook(request: Request) -> Json:
        content = await request.json()
        if not str(content.get("destination", "")).startswith("https://") or not content.get("scope"):
            raise BigError(422, "Invalid hook", destination="must be https")
        made = {"is_active": True, "headers": None, **content, "id": next(store.ids)}
        store.hooks[made["id"]] = made
        store.books.record("hooks", id=made["id"], scope=made["scope"], destination=made["destination"])
        return {"data": made, "meta": {}}

    @api.put("/v3/hooks/{hook_id}", name="change_hook")
    async def change_hook(hook_id: int, request: Request) -> Json:
        if hook_id not in store.hooks:
            raise BigError(404, "Hook not found")
        store.hooks[hook_id].update(await request.json())
        return {"data": store.hooks[hook_id], "meta": {}}


def _controls(store: Store) -> APIRouter:
    controls = APIRouter()

    @controls.post("/_orders", status_code=201)
    async def place_orders(placement: Placement) -> Json:
        orders = [store.place(document) for document in placement.every_order]
        topic = placement.topic or "store/order/created"
        deliveries = [signed(order, topic, placement.secret) for order in orders]
        outcome = await hand_over(placement, deliveries, attempts=DELIVERY_ATTEMPTS)
        if outcome.get("delivered") == 0 and deliveries:
            for hook in store.hooks.values():
                hook["is_active"] = hook["is_active"] and hook["destination"] != placement.deliver_to
        return {"ids": [str(order["id"]) for order in orders], **outcome}

    @controls.post("/_stock", status_code=201)
    async def count_stock(count: Count) -> dict[str, int]:
        for level in count.levels:
            units = {"total_inventory_onhand": level["on_hand"], "safety_stock": level.get("safety_stock", 0)}
            store.levels[int(level["location"]), level["sku"]] = units
        return {"counted": len(count.levels)}

    @controls.post("/_catalog", status_code=201)
    async def know(catalog: Catalog) -> dict[str, int]:
        store.catalog |= {each["id"]: each for each in catalog.products}
        store.customers |= {each["id"]: each for each in catalog.customers}
        store.groups |= {each["id"]: each for each in catalog.groups}
        return {"known": len(catalog.products)}

    return controls


def _refusal(error: BigError, *, second: bool) -> Response:
    if second:
        return JSONResponse([{"status": error.status, "message": str(error)}], error.status)
    return JSONResponse({"status": error.status, "title": str(error), "errors": error.errors}, error.status)


def _linked(order: Json) -> Json:
    """The order as version 2 shows it: products and addresses are links."""
    links = {part: {"url": "https://sandbox/", "resource": f"/orders/{order['id']}/{part}"} for part in _PARTS[:2]}
    return {**order, **links}


def _bare_page(request: Request, things: list[Json]) -> Response:
    page, limit = int(request.query_params.get("page", 1)), int(request.query_params.get("limit", 50))
    found = things[(page - 1) * limit : page * limit]
    return JSONResponse(found) if found else Response(status_code=204)


def _page(request: Request, things: list[Json]) -> Json:
    page, limit = int(request.query_params.get("page", 1)), int(request.query_params.get("limit", 50))
    found = things[(page - 1) * limit : page * limit]
    pages = max(1, -(-len(things) // limit))
    counted = {"total": len(things), "count": len(found), "per_page": limit, "current_page": page, "total_pages": pages}
    return {"data": found, "meta": {"pagination": counted}}


def _of_ids(request: Request, known: dict[int, Json]) -> list[Json]:
    wanted = request.query_params.get("id:in", "").split(",")
    return [known[int(each)] for each in wanted if each.isdecimal() and int(each) in known]


def _item(store: Store, sku: str) -> Json:
    places = [
        {
            "location_id": number,
            "location_code": f"BC-{number}",
            "location_enabled": True,
            "total_inventory_onhand": level["total_inventory_onhand"],
            "available_to_sell": level["total_inventory_onhand"] - level["safety_stock"],
            "settings": {"safety_stock": level["safety_stock"], "is_in_stock": True},
        }
        for (number, each), level in store.levels.items()
        if each == sku
    ]
    return {"identity": {"sku": sku}, "locations": places}
