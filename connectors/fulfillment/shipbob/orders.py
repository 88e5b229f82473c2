"""A shipment as ShipBob takes it: a direct-to-consumer order. What is not known is left out, never null."""

from typing import Any

from connectors.protocols import FulfillmentRequest
from orderflow.address import Address
from orderflow.shipping.rate import ShippingSpeed

# The names of ship options as ShipBob sets them up for a new account; a merchant maps them to carriers there.
_METHODS = {
    ShippingSpeed.ECONOMY: "Economy",
    ShippingSpeed.STANDARD: "Standard",
    ShippingSpeed.EXPEDITED: "Expedited",
    ShippingSpeed.OVERNIGHT: "Overnight",
}


def document_of(request: FulfillmentRequest) -> dict[str, Any]:
    """The body of POST /order. Wishes ShipBob has no field for go as tags, which people there see."""
    to = request.destination
    wishes = [*request.shipping.services, *(["gift_wrap"] if request.shipping.gift_wrap else [])]
    document = {
        "reference_id": request.reference,
        "order_number": request.order_number,
        "type": "DTC",
        "shipping_method": _METHODS[request.shipping.speed],
        "purchase_date": request.ordered_at.isoformat() if request.ordered_at else None,
        "location_id": int(request.place) if request.place.isdigit() else None,
        "products": [
            {
                "reference_id": line.sku,
                "name": line.title or line.sku,
                "quantity": line.quantity,
                "external_line_id": line.line_no,
            }
            for line in request.lines
        ],
        "recipient": _filled(
            {
                "name": to.name or to.company or "Customer",
                "email": request.email,
                "phone_number": to.phone,
                "address": _address(to),
            }
        ),
        "tags": [{"name": "service", "value": wish} for wish in wishes],
    }
    return _filled(document)


def _address(to: Address) -> dict[str, Any]:
    return _filled(
        {
            "address1": to.line1,
            "address2": to.line2,
            "company_name": to.company,
            "city": to.city,
            "state": to.region,
            "zip_code": to.postal_code,
            "country": to.country,
        }
    )


def _filled(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value not in (None, "", [])}
