"""Telling a described shop of a shipment."""

from collections.abc import Mapping
from typing import Any

from connectors.channels.custom_rest.description import FindShipment, ShipmentCall
from connectors.described.filling import fill, fill_path
from connectors.described.paths import pick, pick_list
from connectors.protocols import ShipmentReport
from connectors.transport.http import HttpClient, json_of


async def report_shipment(http: HttpClient, call: ShipmentCall | None, report: ShipmentReport) -> str:
    """Tells the shop once; returns its id of the shipment, or our reference where it gives none.

    A shop whose description has no `shipment` is told nothing. Without `find` the shop itself must know the reference.
    """
    if call is None:
        return report.shipment_reference
    facts = {
        "order_id": report.order_external_id,
        "reference": report.shipment_reference,
        "carrier": report.carrier,
        "tracking_number": report.tracking_number,
        "tracking_url": report.tracking_url,
        "location": report.location_id,
        "lines": [fill(call.line, {"line_id": line_id, "quantity": units}) for line_id, units in report.lines],
    }
    if call.find and (known := await _known(http, call.find, facts)):
        return known
    path, query = fill_path(call.path, facts), fill(call.query, facts)
    response = await http.write(call.method, path, params=query, json=fill(call.body, facts))
    told = pick(json_of(response), call.id) if call.id else None
    return str(told) if told else report.shipment_reference


async def _known(http: HttpClient, find: FindShipment, facts: Mapping[str, Any]) -> str:
    response = await http.read("GET", fill_path(find.path, facts))
    for shipment in pick_list(json_of(response), find.list):
        if pick(shipment, find.reference) == facts["reference"]:
            return str((pick(shipment, find.id) if find.id else None) or facts["reference"])
    return ""
