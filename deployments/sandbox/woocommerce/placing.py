"""From the few words a test needs to the order WooCommerce would have made of them, and its signed webhooks."""

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from deployments.sandbox.deliveries import Delivery

_ADDRESS = dict.fromkeys(
    ["first_name", "last_name", "company", "address_1", "address_2", "city", "state", "postcode", "country", "phone"],
    "",
)


def now_text() -> str:
    """This moment as WooCommerce writes it: UTC, whole seconds, and not a word about either."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0).isoformat()


def completed(document: dict[str, Any], ids: Iterator[int]) -> dict[str, Any]:
    """The order with everything the API promises; what the document says stays as it is."""
    now = now_text()
    order_id = int(document.get("id") or next(ids))
    lines = [_line(line, ids) for line in document.get("line_items", [])]
    shipping = Decimal(str(document.get("shipping_total", "0.00")))
    total = shipping + sum((Decimal(line["subtotal"]) for line in lines), Decimal(0))
    created = document.get("date_created_gmt") or now
    status = document.get("status", "processing")
    billing = {**_ADDRESS, "email": "", **document.get("billing", {})}
    defaults = {
        "parent_id": 0,
        "number": str(order_id),
        "status": status,
        "currency": "USD",
        "version": "9.4.3",
        "prices_include_tax": False,
        "total": f"{total:.2f}",
        "shipping_total": f"{shipping:.2f}",
        "shipping_tax": "0.00",
        "customer_id": 0,
        "customer_note": "",
        "needs_processing": True,
        "date_created": created,
        "date_created_gmt": created,
        "date_modified": document.get("date_modified_gmt") or created,
        "date_modified_gmt": created,
        "date_paid_gmt": created if status in {"processing", "completed"} else None,
        "meta_data": [],
        "shipping_lines": [],
        "fee_lines": [],
        "refunds": [],
    }
    addresses = {"billing": billing, "shipping": {**_ADDRESS, **document.get("shipping", {})}}
    return {**defaults, **document, **addresses, "id": order_id, "line_items": lines}


def signed(order: dict[str, Any], topic: str, secret: str, webhook_id: int = 5) -> Delivery:
    """The webhook with WooCommerce's headers. The delivery id knows but the webhook and the second, as the real one."""
    body = json.dumps(order, ensure_ascii=False).encode()
    signature = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
    headers = {
        "Content-Type": "application/json",
        "X-WC-Webhook-Source": "https://sandbox/",
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Resource": topic.partition(".")[0],
        "X-WC-Webhook-Event": topic.partition(".")[2],
        "X-WC-Webhook-Signature": signature,
        "X-WC-Webhook-ID": str(webhook_id),
        "X-WC-Webhook-Delivery-ID": hashlib.md5(f"{webhook_id}{now_text()}".encode()).hexdigest(),  # noqa: S324 - no secret
    }
    return Delivery(headers, body)


def product(document: dict[str, Any], ids: Iterator[int], **own: Any) -> dict[str, Any]:
    """A product or variation whose stock is managed, unless the document says otherwise."""
    defaults = {
        "type": "simple",
        "manage_stock": True,
        "stock_quantity": 0,
        "parent_id": 0,
        "sku": "",
        "status": "publish",
    }
    made = {**defaults, **document, **own}
    return {**made, "id": int(document.get("id") or next(ids)), "date_modified_gmt": now_text()}


def counter() -> Iterator[int]:
    """Ids nobody had before."""
    return itertools.count(1001)


def _line(line: dict[str, Any], ids: Iterator[int]) -> dict[str, Any]:
    quantity = line.get("quantity", 1)
    price = Decimal(str(line.get("price", 0)))
    subtotal = f"{price * quantity:.2f}"
    defaults = {
        "id": line.get("id") or next(ids),
        "name": line.get("sku", "Something"),
        "product_id": 0,
        "variation_id": 0,
        "quantity": quantity,
        "subtotal": subtotal,
        "subtotal_tax": "0.00",
        "total": subtotal,
        "total_tax": "0.00",
        "meta_data": [],
        "sku": "",
    }
    return {**defaults, **line, "price": float(price)}
