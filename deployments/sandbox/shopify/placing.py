"""From the few words a test needs to the order Shopify would have made of them, and the webhooks it sends of it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from deployments.sandbox.deliveries import Delivery

_NOT_TOLD = {"tags", "orders_count"}

NewId = Callable[[], str]


def tail(identifier: Any) -> str:
    """The number of a global id."""
    return str(identifier).rsplit("/", 1)[-1]


def completed(document: dict[str, Any], new_id: NewId, now: str) -> dict[str, Any]:
    """The order with everything the API promises; what the document says stays as it is."""
    order_id = tail(document.get("admin_graphql_api_id") or document.get("id") or new_id())
    lines = [_line(line, new_id) for line in document.get("line_items", [])]
    shipping = [{"title": "Standard", "price": "0.00", **line} for line in document.get("shipping_lines", [])]
    goods = sum((Decimal(line["price"]) * line["quantity"] for line in lines), Decimal(0))
    total = str(document.get("total_price") or goods + sum(Decimal(line["price"]) for line in shipping))
    defaults = {
        "name": f"#{order_id[-6:]}",
        "created_at": now,
        "updated_at": document.get("created_at") or now,
        "cancelled_at": None,
        "currency": "USD",
        "total_price": total,
        "current_total_price": total,
        "financial_status": "paid",
        "fulfillment_status": None,
        "email": "",
        "phone": None,
        "note": None,
        "tags": "",
        "note_attributes": [],
        "customer": None,
        "shipping_address": None,
    }
    own = {"id": order_id, "admin_graphql_api_id": f"gid://shopify/Order/{order_id}"}
    return {**defaults, **document, **own, "line_items": lines, "shipping_lines": shipping}


def webhook_body(order: dict[str, Any]) -> bytes:
    """The order as webhooks carry it: ids are numbers there, and since API 2025-01 customers have no tags."""
    lines = [{**line, "id": int(line["id"])} for line in order["line_items"]]
    told = {name: value for name, value in (order["customer"] or {}).items() if name not in _NOT_TOLD}
    own = {"id": int(order["id"]), "line_items": lines, "customer": told if order["customer"] else None}
    return json.dumps({**order, **own}, ensure_ascii=False).encode()


def signed(order: dict[str, Any], topic: str, secret: str) -> Delivery:
    """The webhook with Shopify's headers. The event id is the same for the same version of the order."""
    body = webhook_body(order)
    signature = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
    event = hashlib.sha256(f"{order['id']}:{order['updated_at']}".encode()).hexdigest()[:32]
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": signature,
        "X-Shopify-Event-Id": event,
        "X-Shopify-Webhook-Id": hashlib.sha256(f"{topic}:{event}".encode()).hexdigest()[:32],
        "X-Shopify-Triggered-At": order["updated_at"],
        "X-Shopify-Shop-Domain": "sandbox.myshopify.com",
    }
    return Delivery(headers, body)


def _line(line: dict[str, Any], new_id: NewId) -> dict[str, Any]:
    line_id = tail(line.get("admin_graphql_api_id") or line.get("id") or new_id())
    defaults = {
        "title": line.get("name") or line.get("sku") or "Something",
        "sku": "",
        "quantity": 1,
        "price": "0.00",
        "grams": 0,
        "requires_shipping": True,
        "properties": [],
    }
    own = {"id": line_id, "admin_graphql_api_id": f"gid://shopify/LineItem/{line_id}"}
    made = {**defaults, **line, **own}
    return {"name": made["title"], **made, "price": str(made["price"])}
