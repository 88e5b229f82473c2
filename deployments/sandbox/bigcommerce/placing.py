"""From the few words a test needs to the order BigCommerce would have made of them, and the thin webhooks of it."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

from deployments.sandbox.deliveries import Delivery

_ADDRESS = dict.fromkeys(
    ["first_name", "last_name", "company", "street_1", "street_2", "city", "state", "zip", "country", "phone", "email"],
    "",
)
STATUSES = (
    "Incomplete", "Pending", "Shipped", "Partially Shipped", "Refunded", "Cancelled", "Declined", "Awaiting Payment",
    "Awaiting Pickup", "Awaiting Shipment", "Completed", "Awaiting Fulfillment", "Manual Verification Required",
    "Disputed", "Partially Refunded",
)  # fmt: skip


def now_text() -> str:
    """This moment as version 2 writes it."""
    return format_datetime(datetime.now(UTC).replace(microsecond=0))


def completed(document: dict[str, Any], ids: Iterator[int]) -> dict[str, Any]:
    """The order with everything the API promises; what the document says stays as it is."""
    order_id = int(document.get("id") or next(ids))
    addresses = [_address(each, order_id, ids) for each in document.get("shipping_addresses") or [{}]]
    lines = document.get("products") or document.get("line_items") or []
    products = [_product(line, order_id, addresses[0]["id"], ids) for line in lines]
    shipping = Decimal(str(document.get("shipping_cost_ex_tax", 0)))
    total = shipping + sum((Decimal(each["total_ex_tax"]) for each in products), Decimal(0))
    status_id = document.get("status_id", 11)
    created = document.get("date_created") or now_text()
    defaults = {
        "date_created": created,
        "date_modified": document.get("date_modified") or created,
        "status_id": status_id,
        "status": STATUSES[status_id],
        "payment_status": "",
        "currency_code": "USD",
        "total_ex_tax": f"{total:.4f}",
        "total_inc_tax": f"{total:.4f}",
        "refunded_amount": "0.0000",
        "is_tax_inclusive_pricing": False,
        "customer_id": 0,
        "customer_message": "",
        "staff_notes": "",
        "is_deleted": False,
    }
    own = {
        "id": order_id,
        "shipping_cost_ex_tax": f"{shipping:.4f}",
        "shipping_cost_inc_tax": f"{shipping:.4f}",
        "billing_address": {**_ADDRESS, "country_iso2": "US", **document.get("billing_address", {})},
        "shipping_addresses": addresses,
        "products": products,
    }
    document = {name: value for name, value in document.items() if name != "line_items"}
    return {**defaults, **document, **own}


def signed(order: dict[str, Any], scope: str, secret: str) -> Delivery:
    """The webhook: ids only, signed as Standard Webhooks describes. One version of an order has one hash."""
    version = f"{scope}:{order['id']}:{order['date_modified']}"
    content = {
        "producer": "stores/sandbox",
        "hash": hashlib.sha1(version.encode()).hexdigest(),  # noqa: S324 - no secret
        "created_at": int(datetime.strptime(order["date_modified"], "%a, %d %b %Y %H:%M:%S %z").timestamp()),
        "store_id": "1000",
        "scope": scope,
        "data": {"type": "order", "id": order["id"]},
    }
    body = json.dumps(content).encode()
    identifier, timestamp = uuid.uuid4().hex, str(int(time.time()))
    text = f"{identifier}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(secret.encode(), text, hashlib.sha256)).decode()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": identifier,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }
    return Delivery(headers, body)


def _address(address: dict[str, Any], order_id: int, ids: Iterator[int]) -> dict[str, Any]:
    defaults = {**_ADDRESS, "country_iso2": "US", "shipping_method": "Standard", "items_shipped": 0}
    return {**defaults, **address, "id": next(ids), "order_id": order_id}


def _product(line: dict[str, Any], order_id: int, address_id: int, ids: Iterator[int]) -> dict[str, Any]:
    quantity = int(line.get("quantity", 1))
    price = Decimal(str(line.get("price") or line.get("price_ex_tax") or 0))
    defaults = {
        "product_id": 0,
        "variant_id": 0,
        "order_address_id": address_id,
        "name": line.get("sku") or "Something",
        "sku": "",
        "type": "physical",
        "quantity_shipped": 0,
        "quantity_refunded": 0,
        "parent_order_product_id": None,
        "product_options": [],
        "weight": "0.0000",
    }
    money = {name: f"{price:.4f}" for name in ("base_price", "price_ex_tax", "price_inc_tax")}
    totals = {name: f"{price * quantity:.4f}" for name in ("base_total", "total_ex_tax", "total_inc_tax")}
    own = {"id": int(line.get("id") or next(ids)), "order_id": order_id, "quantity": quantity}
    return {**defaults, **{k: v for k, v in line.items() if k != "price"}, **money, **totals, **own}
