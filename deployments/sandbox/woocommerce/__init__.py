"""A stand-in for one WooCommerce shop: the REST API v3, and controls to place orders and stock products.

/woocommerce/wp-json/wc/v3/…      orders, their notes, webhooks, products, variations, stock batches, ATUM inventories;
                                  Basic authentication with any ck_… and cs_… key
POST /woocommerce/_orders         places orders and delivers their signed webhooks, once each (see Placement)
POST /woocommerce/_products       {"products": [{"sku", "stock_quantity", "variations": […], "inventories": […]}]}
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from deployments.sandbox.books import Books
from deployments.sandbox.deliveries import Placement, hand_over
from deployments.sandbox.doors import basic_of, guarded
from deployments.sandbox.woocommerce.errors import (
    cannot_view,
    missing_address,
    not_json,
    too_many,
    unknown_in_batch,
)
from deployments.sandbox.woocommerce.lists import changed, of_sku, page_of
from deployments.sandbox.woocommerce.placing import signed
from deployments.sandbox.woocommerce.shop import Shop

# WooCommerce never delivers a webhook again.
DELIVERY_ATTEMPTS = 1
MOST_IN_A_BATCH = 100
API = "/wp-json/wc/v3"


class Products(BaseModel):
    """Products to be put into the shop."""

    products: list[dict[str, Any]]


def router(books: Books) -> APIRouter:
    """The simulator of one shop with these books."""
    shop = Shop(books)
    api = APIRouter(route_class=guarded(_denied))
    _add_orders(api, shop)
    _add_products(api, shop)
    _add_webhooks(api, shop)
    api.include_router(_controls(shop))
    return api


def _add_orders(api: APIRouter, shop: Shop) -> None:
    @api.get(f"{API}/orders", name="list_orders")
    async def list_orders(request: Request) -> Response:
        return page_of(request, changed(request, shop.orders.values()))

    @api.get(f"{API}/orders/{{order_id}}", name="get_order")
    async def get_order(order_id: int) -> dict[str, Any]:
        return shop.order(order_id)

    @api.put(f"{API}/orders/{{order_id}}", name="update_order")
    async def update_order(order_id: int, request: Request) -> dict[str, Any]:
        return shop.update(order_id, await _content(request))

    @api.get(f"{API}/orders/{{order_id}}/notes", name="list_notes")
    async def list_notes(order_id: int) -> list[dict[str, Any]]:
        shop.order(order_id)
        return shop.notes.get(order_id, [])

    @api.post(f"{API}/orders/{{order_id}}/notes", name="add_note", status_code=201)
    async def add_note(order_id: int, request: Request) -> dict[str, Any]:
        content = await _content(request)
        return shop.note(order_id, content["note"], bool(content.get("customer_note")))


def _add_webhooks(api: APIRouter, shop: Shop) -> None:
    @api.get(f"{API}/webhooks", name="list_webhooks")
    async def list_webhooks(request: Request) -> Response:
        return page_of(request, shop.webhooks.values())

    @api.post(f"{API}/webhooks", name="make_webhook", status_code=201)
    async def make_webhook(request: Request) -> dict[str, Any]:
        content = await _content(request)
        if not content.get("topic") or not str(content.get("delivery_url", "")).startswith("http"):
            raise missing_address()
        return shop.hook(content)

    @api.put(f"{API}/webhooks/{{webhook_id}}", name="change_webhook")
    async def change_webhook(webhook_id: int, request: Request) -> dict[str, Any]:
        shop.webhooks[webhook_id].update(await _content(request))
        return shop.webhooks[webhook_id]


def _add_products(api: APIRouter, shop: Shop) -> None:
    @api.get(f"{API}/products", name="list_products")
    async def list_products(request: Request) -> Response:
        return page_of(request, of_sku(request, shop.products.values()))

    @api.post(f"{API}/products/batch", name="batch_products")
    async def batch_products(request: Request) -> dict[str, Any]:
        return await _set_each(shop, request, parent_id=0)

    @api.get(f"{API}/products/{{product_id}}/variations", name="list_variations")
    async def list_variations(product_id: int, request: Request) -> Response:
        return page_of(request, [each for each in shop.products.values() if each["parent_id"] == product_id])

    @api.post(f"{API}/products/{{product_id}}/variations/batch", name="batch_variations")
    async def batch_variations(product_id: int, request: Request) -> dict[str, Any]:
        return await _set_each(shop, request, parent_id=product_id)

    @api.get(f"{API}/products/{{product_id}}/inventories", name="list_inventories")
    async def list_inventories(product_id: int) -> list[dict[str, Any]]:
        return shop.inventories.get(product_id, [])


def _controls(shop: Shop) -> APIRouter:
    controls = APIRouter()

    @controls.post("/_orders", status_code=201)
    async def place_orders(placement: Placement) -> dict[str, Any]:
        orders = [shop.place(document) for document in placement.every_order]
        deliveries = [signed(order, placement.topic or "order.created", placement.secret) for order in orders]
        outcome = await hand_over(placement, deliveries, attempts=DELIVERY_ATTEMPTS)
        for _ in range(len(deliveries) - outcome.get("delivered", len(deliveries))):
            shop.missed(placement.deliver_to)
        return {"ids": [str(order["id"]) for order in orders], **outcome}

    @controls.post("/_products", status_code=201)
    async def stock_products(stocked: Products) -> dict[str, Any]:
        return {"ids": [shop.stock(document)["id"] for document in stocked.products]}

    return controls


async def _set_each(shop: Shop, request: Request, *, parent_id: int) -> dict[str, Any]:
    """A batch: always a success, with an error inside for what does not exist, or for the first if told to fail."""
    update = (await _content(request)).get("update", [])
    if len(update) > MOST_IN_A_BATCH:
        raise too_many()
    failing = update[:1] if request.state.fault == "error_inside" else []
    answers = []
    for item in update:
        answer = None if item in failing else shop.set_stock(item, parent_id)
        answers.append(answer or unknown_in_batch(item.get("id")))
    return {"update": answers}


async def _content(request: Request) -> dict[str, Any]:
    try:
        return await request.json()
    except ValueError:
        raise not_json() from None


def _denied(request: Request) -> Response | None:
    key, secret = basic_of(request)
    return None if key.startswith("ck_") and secret.startswith("cs_") else cannot_view().response(request)
