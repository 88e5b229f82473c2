"""The demonstration's orders in the formats of the channels they come by."""

from datetime import UTC
from decimal import Decimal
from typing import Any

from deployments.demo.orders import DemoLine, DemoOrder

SHIPPING = Decimal("6.90")


def as_shopify(order: DemoOrder) -> dict[str, Any]:
    """The body of Shopify's orders/create webhook."""
    first, last = order.name.split(" ", 1)
    order_id = 5_000_000_000_000 + order.number
    placed = order.placed_at.astimezone(UTC).isoformat()
    return {
        "id": order_id,
        "admin_graphql_api_id": f"gid://shopify/Order/{order_id}",
        "name": f"#{order.number}",
        "order_number": order.number,
        "created_at": placed,
        "updated_at": placed,
        "cancelled_at": None,
        "currency": "USD",
        "email": order.email,
        "financial_status": "paid" if order.paid else "pending",
        "fulfillment_status": None,
        "total_price": _total(order),
        "subtotal_price": str(_goods(order)),
        "tags": ", ".join(order.tags),
        "note": None,
        "note_attributes": [],
        "customer": {"id": 7_000_000_000_000 + order.number, "first_name": first, "last_name": last,
                     "email": order.email, "tags": ", ".join(order.tags)},
        "shipping_address": {
            "first_name": first, "last_name": last, "name": order.name, "address1": order.line1, "address2": None,
            "city": order.city, "province": order.region, "province_code": order.region, "zip": order.postal_code,
            "country": "United States", "country_code": "US", "phone": None, "company": None,
            "latitude": None, "longitude": None,
        },
        "shipping_lines": [{"title": "Standard", "code": "standard", "price": str(SHIPPING)}],
        "line_items": [_shopify_line(order_id, number, line) for number, line in enumerate(order.lines, 1)],
    }  # fmt: skip


def as_woocommerce(order: DemoOrder) -> dict[str, Any]:
    """The body of WooCommerce's order.created webhook."""
    first, last = order.name.split(" ", 1)
    placed = order.placed_at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()
    address = {"first_name": first, "last_name": last, "company": "", "address_1": order.line1, "address_2": "",
               "city": order.city, "state": order.region, "postcode": order.postal_code, "country": "US",
               "phone": ""}  # fmt: skip
    return {
        "id": order.number,
        "number": str(order.number),
        "status": "processing" if order.paid else "pending",
        "currency": "USD",
        "total": _total(order),
        "shipping_total": str(SHIPPING),
        "customer_id": 0,
        "customer_note": "",
        "date_created": placed, "date_created_gmt": placed, "date_modified": placed, "date_modified_gmt": placed,
        "date_paid": placed if order.paid else None, "date_paid_gmt": placed if order.paid else None,
        "billing": address | {"email": order.email},
        "shipping": address,
        "meta_data": [{"id": 1, "key": "customer_tags", "value": ",".join(order.tags)}],
        "line_items": [
            {"id": 10 * order.number + number, "name": line.title, "product_id": number, "variation_id": 0,
             "quantity": line.quantity, "subtotal": str(_value(line)), "total": str(_value(line)),
             "sku": line.sku, "price": float(line.unit_price), "meta_data": []}
            for number, line in enumerate(order.lines, 1)
        ],
        "shipping_lines": [{"id": 1, "method_title": "Flat rate", "method_id": "flat_rate", "total": str(SHIPPING)}],
        "fee_lines": [], "coupon_lines": [], "tax_lines": [], "refunds": [],
    }  # fmt: skip


def as_file_lines(order: DemoOrder) -> dict[str, Any]:
    """One JSONL line of an order file, in OrderFlow's own documented columns."""
    placed = order.placed_at.astimezone(UTC).isoformat()
    return {
        "order_id": f"FILE-{order.number}",
        "number": f"F-{order.number}",
        "currency": "USD",
        "placed_at": placed,
        "paid_at": placed if order.paid else None,
        "total": _total(order),
        "customer": {"name": order.name, "email": order.email, "tags": list(order.tags)},
        "destination": {"name": order.name, "line1": order.line1, "city": order.city, "state": order.region,
                        "postal_code": order.postal_code, "country": "US"},
        "lines": [{"sku": line.sku, "title": line.title, "qty": line.quantity, "unit_price": line.unit_price,
                   "weight_g": line.weight_grams} for line in order.lines],
    }  # fmt: skip


def _shopify_line(order_id: int, number: int, line: DemoLine) -> dict[str, Any]:
    line_id = order_id * 10 + number
    return {
        "id": line_id,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{line_id}",
        "sku": line.sku,
        "title": line.title,
        "name": line.title,
        "quantity": line.quantity,
        "price": line.unit_price,
        "grams": line.weight_grams or 0,
        "requires_shipping": True,
        "variant_id": None,
        "variant_title": None,
        "properties": [],
    }


def _value(line: DemoLine) -> Decimal:
    return Decimal(line.unit_price) * line.quantity


def _goods(order: DemoOrder) -> Decimal:
    return sum((_value(line) for line in order.lines), Decimal(0))


def _total(order: DemoOrder) -> str:
    return str(_goods(order) + SHIPPING)
