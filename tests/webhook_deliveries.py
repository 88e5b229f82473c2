"""Deliveries of a Shopify shop, signed as Shopify signs."""

import json
from typing import Any

import httpx

from connectors.transport.signatures import signature_of

SECRET = "shop-signs-with-this"
OLD_SECRET = "shop-signed-with-this"


def signed(body: bytes, secret: str = SECRET, event: str = "event-1", topic: str = "orders/create") -> dict[str, str]:
    """The headers Shopify sends with this body."""
    return {
        "content-type": "application/json",
        "x-shopify-topic": topic,
        "x-shopify-event-id": event,
        "x-shopify-hmac-sha256": signature_of(secret, body),
    }


def order_body(order_id: int = 1001, **more: Any) -> bytes:
    """The body of a delivery about an order."""
    return json.dumps({"id": order_id, "name": f"#{order_id}", **more}).encode()


def post(address: str, body: bytes, headers: dict[str, str] | None = None, channel: str = "shopify") -> httpx.Response:
    """One delivery, signed unless headers are given."""
    given = signed(body) if headers is None else headers
    return httpx.post(f"{address}/webhooks/{channel}", content=body, headers=given, timeout=30)
