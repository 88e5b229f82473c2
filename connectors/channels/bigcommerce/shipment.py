"""Telling BigCommerce of a shipment.

A shipment knows no key of ours, so its comments end with our reference, which is looked for before another one is made.
It belongs to one address of the order, and its items are named by the order's own ids of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.channels.bigcommerce.rest import BigRest, number_of
from connectors.errors import Refused
from connectors.protocols import Document, ShipmentReport

LONGEST_TRACKING_NUMBER = 50
LONGEST_LINK = 500

# The carriers BigCommerce tracks under names of its own; others are told by the link alone.
_TRACKED = {"ups": "ups", "usps": "usps", "fedex": "fedex", "dhl": "dhl"}


async def report_shipment(rest: BigRest, report: ShipmentReport) -> str:
    """Creates the shipment once; returns its id, also when it was there already.

    Raises Refused where the order has fewer units left than were shipped.
    """
    order_id = str(number_of(report.order_external_id, "order_external_id"))
    for shipment in await rest.of_order(order_id, "shipments"):
        if report.shipment_reference in (shipment.get("comments") or ""):
            return str(shipment["id"])
    products = await rest.of_order(order_id, "products")
    created = await rest.send("POST", f"v2/orders/{order_id}/shipments", shipment_content(report, products))
    return str(created["id"])


def shipment_content(report: ShipmentReport, products: Sequence[Document]) -> dict[str, Any]:
    """The shipment as BigCommerce wants it. Raises Refused for too many units or more than one address."""
    if len(report.tracking_number) > LONGEST_TRACKING_NUMBER:
        raise Refused("BigCommerce takes 50 signs of a tracking number", field="tracking_number", code="too_long")
    known = {str(product["id"]): product for product in products}
    items = [_item(known, line_id, units) for line_id, units in report.lines]
    addresses = {known[str(item["order_product_id"])]["order_address_id"] for item in items}
    if len(addresses) != 1:
        raise Refused("the shipment's lines go to several addresses", field="lines", code="several_addresses")
    return {
        "order_address_id": addresses.pop(),
        "tracking_number": report.tracking_number,
        "tracking_carrier": _TRACKED.get(report.carrier.lower(), ""),
        "comments": f"Shipped with {report.carrier} [{report.shipment_reference}]",
        "items": items,
        **({"tracking_link": report.tracking_url} if 0 < len(report.tracking_url) <= LONGEST_LINK else {}),
    }


def _item(known: Mapping[str, Document], line_id: str, units: int) -> dict[str, int]:
    product = known.get(line_id, {})
    left = int(product.get("quantity") or 0) - int(product.get("quantity_shipped") or 0)
    left -= int(product.get("quantity_refunded") or 0)
    if units > left:
        message = f"the order has {max(0, left)} of {units} units left to ship"
        raise Refused(message, field=f"lines.{line_id}", code="more_than_remaining")
    return {"order_product_id": product["id"], "quantity": units}
