"""Pick lists of what our own people pack: one for each shipment that has not left."""

from connectors.database import shipments
from connectors.database.orders import StoredOrder
from connectors.labels.pick_list import pick_list_pdf
from connectors.shop import Shop
from tasks.fulfilling.request import request_of


def pick_lists(shop: Shop, stored: StoredOrder) -> dict[str, bytes]:
    """The lists of an order's shipments as PDF files, by file name; none of one that is void or has arrived."""
    with shop.database.read() as conn:
        rows = shipments.shipments_of(conn, [stored.id])[stored.id]
    named = {}
    for row in rows:
        if row.state in {"pending", "labelled"} and row.location in shop.locations:
            place = shop.locations[row.location]
            partner = place.partner.code if place.partner else ""
            name = f"pick-list-{stored.order.number.strip('#')}-{row.number}.pdf"
            named[name] = pick_list_pdf(request_of(stored, row, place, partner), place.title)
    return named
