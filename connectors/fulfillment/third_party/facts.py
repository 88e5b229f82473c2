"""The facts of a shipment by the placeholders they stand for."""

from collections.abc import Mapping
from typing import Any

from connectors.protocols import FulfillmentRequest, PickLine
from orderflow.shipping.rate import ShippingSpeed

_ADDRESS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country", "phone")
LINE_FACTS = frozenset({"line_no", "sku", "variant", "title", "quantity", "unit_price", "currency"})
ORDER_FACTS = frozenset(
    {"reference", "id", "order_number", "place", "speed", "gift_wrap", "services", "deliver_by", "ordered_at", "email"}
    | {"lines", "label_format"}
    | {f"destination.{part}" for part in _ADDRESS}
)


def order_facts(request: FulfillmentRequest, speeds: Mapping[ShippingSpeed, str]) -> dict[str, Any]:
    """Every fact but the lines; what is not known is empty."""
    to, shipping = request.destination, request.shipping
    return {
        "reference": request.reference,
        "id": "",
        "order_number": request.order_number,
        "place": request.place,
        "speed": speeds.get(shipping.speed, shipping.speed.value),
        "gift_wrap": shipping.gift_wrap,
        "services": list(shipping.services),
        "label_format": shipping.label_format,
        "deliver_by": shipping.deliver_by.isoformat() if shipping.deliver_by else "",
        "ordered_at": request.ordered_at.isoformat() if request.ordered_at else "",
        "email": request.email,
        **{f"destination.{part}": getattr(to, part) for part in _ADDRESS},
    }


def line_facts(line: PickLine) -> dict[str, Any]:
    """The facts of one line."""
    price = line.unit_price
    return {
        "line_no": line.line_no,
        "sku": line.sku,
        "variant": line.variant,
        "title": line.title,
        "quantity": line.quantity,
        "unit_price": str(price.amount) if price else "",
        "currency": price.currency if price else "",
    }
