"""A stand-in for one BigCommerce store: orders and shipments (v2), inventory, locations and hooks (v3), and controls.

/bigcommerce/stores/{hash}/v2/… and /v3/…   the API; an X-Auth-Token has eight characters or more; lists of v2 end
                               with 204
POST /bigcommerce/_orders      places orders and delivers their signed thin webhooks (see Placement); a listener that
                               takes none of them finds its hooks switched off, as after two days of failures
POST /bigcommerce/_stock       {"levels": [{"location", "sku", "on_hand", "safety_stock"}]}
POST /bigcommerce/_catalog     {"products": […], "customers": […], "groups": […]} as the API would show them

Operations for faults: list_orders, get_order, update_order, list_parts, ship, list_items, adjust, list_locations,
list_hooks, make_hook, change_hook, list_products, list_customers, list_groups.
"""

from email.utils import parsedate_to_datetime

from fastapi import APIRouter, Request, Response

from deployments.sandbox.bigcommerce.answers import PARTS, bare_page, item, linked, of_ids, page
from deployments.sandbox.bigcommerce.controls import controls_of
from deployments.sandbox.bigcommerce.errors import UNAUTHORIZED, BigError
from deployments.sandbox.bigcommerce.store import Json, Store, changed_at
from deployments.sandbox.books import Books
from deployments.sandbox.doors import are_credentials, guarded

_RATE_HEADERS = {
    "X-Rate-Limit-Requests-Left": "149",
    "X-Rate-Limit-Requests-Quota": "150",
    "X-Rate-Limit-Time-Window-Ms": "30000",
    "X-Rate-Limit-Time-Reset-Ms": "15000",
}


def router(books: Books) -> APIRouter:
    """The simulator of one store with these books."""
    store = Store(books)
    api = APIRouter(prefix="/stores/{store_hash}", route_class=guarded(_denied, _RATE_HEADERS))
    _add_orders(api, store)
    _add_inventory(api, store)
    _add_lists(api, store)
    _add_hooks(api, store)
    everything = APIRouter()
    everything.include_router(api)
    everything.include_router(controls_of(store))
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
        return bare_page(request, [linked(order) for order in found])

    @api.get("/v2/orders/{order_id}", name="get_order")
    async def get_order(order_id: int) -> Json:
        return linked(store.order(order_id))

    @api.put("/v2/orders/{order_id}", name="update_order")
    async def update_order(order_id: int, request: Request) -> Json:
        return linked(store.update(order_id, await request.json()))

    @api.get("/v2/orders/{order_id}/{part}", name="list_parts")
    async def list_parts(order_id: int, part: str, request: Request) -> Response:
        if part not in PARTS:
            raise BigError(404, "The requested resource was not found.")
        order = store.order(order_id)
        return bare_page(request, store.shipments.get(order_id, []) if part == "shipments" else order[part])

    @api.post("/v2/orders/{order_id}/shipments", name="ship", status_code=201)
    async def ship(order_id: int, request: Request) -> Json:
        return store.ship(order_id, await request.json())


def _add_inventory(api: APIRouter, store: Store) -> None:
    @api.get("/v3/inventory/locations", name="list_locations")
    async def list_locations(request: Request) -> Json:
        return page(request, store.locations)

    @api.get("/v3/inventory/items", name="list_items")
    async def list_items(request: Request) -> Json:
        asked = request.query_params.get("sku:in")
        skus = dict.fromkeys(sku for _, sku in store.levels if asked is None or sku in asked.split(","))
        return page(request, [item(store, sku) for sku in skus])

    @api.post("/v3/inventory/adjustments/relative", name="adjust")
    async def relative(request: Request) -> Json:
        return {"transaction_id": store.adjust((await request.json())["items"], relative=True)}

    @api.put("/v3/inventory/adjustments/absolute", name="adjust")
    async def absolute(request: Request) -> Json:
        return {"transaction_id": store.adjust((await request.json())["items"], relative=False)}


def _add_lists(api: APIRouter, store: Store) -> None:
    @api.get("/v3/catalog/products", name="list_products")
    async def list_products(request: Request) -> Json:
        return page(request, of_ids(request, store.catalog))

    @api.get("/v3/customers", name="list_customers")
    async def list_customers(request: Request) -> Json:
        return page(request, of_ids(request, store.customers))

    @api.get("/v2/customer_groups", name="list_groups")
    async def list_groups(request: Request) -> Response:
        return bare_page(request, list(store.groups.values()))


def _add_hooks(api: APIRouter, store: Store) -> None:
    @api.get("/v3/hooks", name="list_hooks")
    async def list_hooks(request: Request) -> Json:
        return page(request, list(store.hooks.values()))

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


def _denied(request: Request) -> Response | None:
    if not are_credentials(request.headers.get("x-auth-token")):
        return BigError(401, UNAUTHORIZED).response(request)
    if "json" not in request.headers.get("accept", ""):
        return Response("<?xml version='1.0'?><orders/>", media_type="application/xml")
    return None
