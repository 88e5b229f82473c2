"""Who must hear of a parcel's way, as outbox rows written in the commit of the news itself."""

from connectors.database.orders import StoredOrder
from connectors.database.outbox import OutboxItem
from connectors.database.shipments import ShipmentRow
from connectors.shop import Shop
from orderflow.notices.order_event import EventType
from orderflow.shipping.tracking import TrackingStatus
from tasks.telling.announce import event_items, operations_items, progress_items


def after_parcel_delivery(stored: StoredOrder, row: ShipmentRow) -> list[OutboxItem]:
    """The customer hears that this parcel arrived."""
    return [OutboxItem(f"{row.id}/delivered", "notify", "delivered", stored.id, _to_customer(row))]


def after_order_delivery(shop: Shop, stored: StoredOrder) -> list[OutboxItem]:
    """Other systems hear that all of the order arrived, and that asking for a review is due; they do it themselves."""
    key = f"{stored.id}/delivered"
    return [
        *event_items(shop, stored, EventType.DELIVERED, key),
        *event_items(shop, stored, EventType.FOLLOW_UP_DUE, key),
        *progress_items(shop, stored, key),
    ]


def after_delay(shop: Shop, stored: StoredOrder, row: ShipmentRow) -> list[OutboxItem]:
    """The customer and other systems hear that the parcel misses its promise; once, however late it gets."""
    told = OutboxItem(f"{row.id}/delayed", "notify", "delayed", stored.id, _to_customer(row))
    return [told, *event_items(shop, stored, EventType.DELAYED, f"{row.id}/delayed")]


def after_trouble(shop: Shop, stored: StoredOrder, row: ShipmentRow, status: TrackingStatus) -> list[OutboxItem]:
    """Operations hears of a parcel the carrier has trouble with or sends back; once for each of the two."""
    return operations_items(shop, "undelivered", stored.id, f"{row.id}/{status}", {"shipment_id": row.id})


def _to_customer(row: ShipmentRow) -> dict[str, str]:
    return {"shipment_id": row.id, "to": "customer"}
