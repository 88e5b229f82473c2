"""A stand-in for a shop nobody knows: its own paths, its own JSON, a key in a header and pages by cursor.

/custom_rest/api/…           sales, their parcels, shelves, as deployments/policy/custom_rest.json tells it; an
                             X-Shop-Key has eight characters or more
POST /custom_rest/_orders    places sales and delivers their signed webhooks (see Placement)
POST /custom_rest/_stock     {"levels": [{"location", "sku", "on_hand"}]}

Operations for faults: list_sales, get_sale, list_parcels, send_parcel, list_shelves, put_shelf.
"""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from deployments.sandbox.books import Books
from deployments.sandbox.custom_rest.shop import Json, Shop, ShopError, signed
from deployments.sandbox.deliveries import Placement, hand_over
from deployments.sandbox.doors import are_credentials, guarded

DELIVERY_ATTEMPTS = 3


class Count(BaseModel):
    """Counts that replace earlier ones."""

    levels: list[Json]


def router(books: Books) -> APIRouter:
    """The simulator of one shop with these books."""
    shop = Shop(books)
    api = APIRouter(prefix="/api", route_class=guarded(_denied))
    _add_sales(api, shop)
    _add_shelves(api, shop)
    everything = APIRouter()
    everything.include_router(api)
    everything.include_router(_controls(shop))
    return everything


def _add_sales(api: APIRouter, shop: Shop) -> None:
    @api.get("/sales", name="list_sales")
    async def list_sales(changed_after: int, size: int = 10, cursor: int = 0) -> Json:
        found = [sale for sale in shop.sales.values() if sale["changed"] >= changed_after]
        found.sort(key=lambda sale: (sale["changed"], sale["no"]))
        more = cursor + size < len(found)
        return {"result": {"sales": found[cursor : cursor + size], "next": cursor + size if more else None}}

    @api.get("/sales/{number}", name="get_sale")
    async def get_sale(number: int) -> Json:
        return {"sale": shop.sale(number)}

    @api.get("/sales/{number}/parcels", name="list_parcels")
    async def list_parcels(number: int) -> Json:
        shop.sale(number)
        return {"parcels": shop.parcels.get(number, [])}

    @api.post("/sales/{number}/parcels", name="send_parcel", status_code=201)
    async def send_parcel(number: int, request: Request) -> Json:
        return shop.send(number, await request.json())


def _add_shelves(api: APIRouter, shop: Shop) -> None:
    @api.get("/shelves", name="list_shelves")
    async def list_shelves() -> Json:
        shelves = shop.shelves.items()
        return {"shelves": [{"place": place, "article": name, "pieces": units} for (place, name), units in shelves]}

    @api.put("/shelves/{place}/{article}", name="put_shelf")
    async def put_shelf(place: str, article: str, request: Request) -> Json:
        shop.put(place, article, await request.json())
        return {"pieces": shop.shelves[place, article]}


def _controls(shop: Shop) -> APIRouter:
    controls = APIRouter()

    @controls.post("/_orders", status_code=201)
    async def place_orders(placement: Placement) -> Json:
        sales = [shop.place(document) for document in placement.every_order]
        deliveries = [signed(sale, placement.topic or "sale.placed", placement.secret) for sale in sales]
        outcome = await hand_over(placement, deliveries, attempts=DELIVERY_ATTEMPTS)
        return {"ids": [str(sale["no"]) for sale in sales], **outcome}

    @controls.post("/_stock", status_code=201)
    async def count_stock(count: Count) -> dict[str, int]:
        for level in count.levels:
            shop.shelves[str(level["location"]), level["sku"]] = level["on_hand"]
        return {"counted": len(count.levels)}

    return controls


def _denied(request: Request) -> Response | None:
    known = are_credentials(request.headers.get("x-shop-key"))
    return None if known else ShopError(401, "who are you?").response(request)
