"""Telling WooCommerce of a shipment.

The shop knows no shipments, so each one becomes a meta field of the order under its own reference, and a note for
people. The meta field is written last and means that all was told; the note is looked for before it is written again.
The status becomes `completed` when every unit was shipped; a status "shipped" does not exist.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from connectors.channels.woocommerce.mapping import OUR_META_PREFIX
from connectors.channels.woocommerce.rest import WooRest
from connectors.errors import Refused
from connectors.protocols import Document, ShipmentReport

_PREFIX = f"{OUR_META_PREFIX}shipment_"
_FINAL = {"completed", "cancelled", "refunded", "failed", "trash"}


async def report_shipment(rest: WooRest, report: ShipmentReport) -> str:
    """Writes the shipment into its order once; returns the reference it is kept under.

    Raises Refused where the order has fewer units left than were shipped.
    """
    path = f"orders/{quote(report.order_external_id, safe='')}"
    order = await rest.get(path)
    if _PREFIX + report.shipment_reference not in shipments_in(order):
        check_units(order, report)
        await _note_once(rest, path, report)
        order = await rest.put(path, {"meta_data": [shipment_meta(report)]})
    if everything_shipped(order) and order["status"] not in _FINAL:
        await rest.put(path, {"status": "completed"})
    return report.shipment_reference


def shipment_meta(report: ShipmentReport) -> dict[str, str]:
    """The meta field that holds one shipment, as JSON text."""
    content = {
        "carrier": report.carrier,
        "tracking_number": report.tracking_number,
        "tracking_url": report.tracking_url,
        "lines": dict(report.lines),
    }
    return {"key": _PREFIX + report.shipment_reference, "value": json.dumps(content, sort_keys=True)}


def shipments_in(order: Document) -> dict[str, Mapping[str, Any]]:
    """The shipments an order knows of, by the key of their meta field."""
    return {
        meta["key"]: json.loads(meta["value"])
        for meta in order.get("meta_data") or ()
        if str(meta["key"]).startswith(_PREFIX)
    }


def units_left(order: Document) -> Counter[str]:
    """The units of each line, by the line's id, that no shipment holds yet."""
    left = Counter({str(line["id"]): line["quantity"] for line in order["line_items"]})
    for shipment in shipments_in(order).values():
        left.subtract(shipment["lines"])
    return left


def everything_shipped(order: Document) -> bool:
    """Whether no unit is left to be shipped."""
    return all(units <= 0 for units in units_left(order).values())


def check_units(order: Document, report: ShipmentReport) -> None:
    """Returns if the order has the shipped units left; raises Refused with the first line that has not."""
    left = units_left(order)
    for line_id, units in report.lines:
        if units > left[line_id]:
            message = f"the order has {left[line_id]} of {units} units left to ship"
            raise Refused(message, field=f"lines.{line_id}", code="more_than_remaining")


def note_of(report: ShipmentReport) -> str:
    """The sentence people read in the shop; the reference at its end tells it from other shipments."""
    tracking = " ".join(filter(None, (report.tracking_number, report.tracking_url)))
    return f"Shipped with {report.carrier}, tracking number {tracking} [{report.shipment_reference}]"


async def _note_once(rest: WooRest, path: str, report: ShipmentReport) -> None:
    notes = await rest.get(f"{path}/notes")
    if not any(report.shipment_reference in note["note"] for note in notes):
        await rest.post(f"{path}/notes", {"note": note_of(report), "customer_note": report.notify_customer})
