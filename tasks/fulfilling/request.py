"""What a partner is asked for: the pick list of a shipment, where it goes and what must be done with it."""

from datetime import datetime

from connectors.database.orders import StoredOrder
from connectors.database.session import moment
from connectors.database.shipments import ShipmentRow
from connectors.protocols import FulfillmentRequest, PickLine, ShippingRequirements
from orderflow.location import StockLocation

GIFT_WRAP = "gift_wrap"


def request_of(stored: StoredOrder, row: ShipmentRow, place: StockLocation, partner: str) -> FulfillmentRequest:
    """The shipment as the partner of this code is asked for it."""
    ordered = {line.line_no: line for line in stored.order.lines}
    lines = tuple(
        PickLine(
            line_no=line.line_no,
            sku=line.sku,
            variant=line.variant,
            quantity=line.quantity,
            title=ordered[line.line_no].title,
            unit_price=ordered[line.line_no].unit_price,
        )
        for line in row.lines
    )
    return FulfillmentRequest(
        reference=row.id,
        order_number=stored.order.number,
        destination=stored.order.destination,
        lines=lines,
        shipping=_requirements(row, place),
        place=place.channel_ids.get(partner, ""),
        ordered_at=stored.order.placed_at,
        email=stored.order.customer.email,
    )


def _requirements(row: ShipmentRow, place: StockLocation) -> ShippingRequirements:
    return ShippingRequirements(
        speed=row.speed,
        gift_wrap=GIFT_WRAP in row.services,
        services=tuple(service for service in row.services if service != GIFT_WRAP),
        label_format=place.label_format.value if place.label_format else "pdf",
        deliver_by=_promised(row),
    )


def _promised(row: ShipmentRow) -> datetime | None:
    return moment(row.promised_to_ms) if row.promised_to_ms is not None else None
