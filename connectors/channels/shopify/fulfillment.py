"""Telling Shopify of a shipment.

`fulfillmentCreate` knows no idempotency key, so what is there is read first: a fulfillment with our tracking number
means that it was told before. Then the units are taken from the order's fulfillment orders, which are moved to the
location the parcel leaves from where Shopify planned another one.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from connectors.channels.shopify.global_id import global_id, tail
from connectors.channels.shopify.graph import AdminGraph, refuse_user_errors
from connectors.channels.shopify.standing import OpenLine, Standing, open_lines, standing_of
from connectors.errors import Refused
from connectors.protocols import ShipmentReport


async def report_shipment(graph: AdminGraph, report: ShipmentReport, standing: Standing | None) -> str:
    """Creates the fulfillment once; returns its id, also when it was there already. `standing` was read just now.

    Raises Refused where the order has fewer units left than were shipped, or the location does not stock them.
    """
    if standing is None:
        raise Refused("the shop does not know the order", field="order_external_id", code="not_found")
    if known := standing.fulfillments.get(report.tracking_number):
        return known
    taken = take(standing.open_lines, report)
    if elsewhere := _elsewhere(taken, report.location_id):
        taken = await _moved(graph, elsewhere, report)
    created = (await graph.write("CreateFulfillment", fulfillment=fulfillment_input(taken, report)))[
        "fulfillmentCreate"
    ]
    refuse_user_errors(created)
    return tail(created["fulfillment"]["id"])


def take(open_lines: Sequence[OpenLine], report: ShipmentReport) -> list[OpenLine]:
    """The open units the shipment uses up, those planned for its own location first. Raises Refused for too few."""
    here = tail(report.location_id)
    preferred = sorted(open_lines, key=lambda line: line.location_id != here)
    left = {line.id: line.units for line in open_lines}
    taken = []
    for line_id, units in report.lines:
        wanted = units
        for line in (line for line in preferred if line.line_id == tail(line_id)):
            used = min(wanted, left[line.id])
            if used:
                taken.append(line._replace(units=used))
                left[line.id], wanted = left[line.id] - used, wanted - used
        if wanted:
            message = f"the order has {units - wanted} of {units} units left to fulfil"
            raise Refused(message, field=f"lines.{line_id}", code="more_than_remaining")
    return taken


def fulfillment_input(taken: Sequence[OpenLine], report: ShipmentReport) -> dict[str, Any]:
    """The fulfillment as `fulfillmentCreate` wants it."""
    tracking = {"company": report.carrier, "number": report.tracking_number, "url": report.tracking_url}
    return {
        "lineItemsByFulfillmentOrder": [
            {"fulfillmentOrderId": order_id, "fulfillmentOrderLineItems": _line_inputs(lines)}
            for order_id, lines in _by_fulfillment_order(taken)
        ],
        "trackingInfo": {name: text for name, text in tracking.items() if text},
        "notifyCustomer": report.notify_customer,
    }


def _elsewhere(taken: Sequence[OpenLine], location_id: str) -> list[OpenLine]:
    """What Shopify planned for another location than the parcel's."""
    here = tail(location_id)
    return [line for line in taken if here and line.location_id != here]


async def _moved(graph: AdminGraph, elsewhere: Sequence[OpenLine], report: ShipmentReport) -> list[OpenLine]:
    """What the shipment uses up once these units are planned for its own location.

    Shopify puts together what waits at one location, under new ids, and says how it stands there now. Where that is
    not all of the shipment the order is read again.
    """
    here: list[OpenLine] = []
    for order_id, lines in _by_fulfillment_order(elsewhere):
        location, inputs = global_id("Location", report.location_id), _line_inputs(lines)
        answer = await graph.write("MoveFulfillmentOrder", id=order_id, newLocationId=location, lines=inputs)
        moved = answer["fulfillmentOrderMove"]
        refuse_user_errors(moved)
        there = moved["movedFulfillmentOrder"]
        here = await open_lines(graph, there) if there else []
    try:
        return take(here, report)
    except Refused:
        return take((await standing_of(graph, report.order_external_id)).open_lines, report)


def _by_fulfillment_order(lines: Sequence[OpenLine]) -> list[tuple[str, list[OpenLine]]]:
    ordered = sorted(lines, key=lambda line: line.fulfillment_order_id)
    return [(order_id, list(group)) for order_id, group in groupby(ordered, key=lambda line: line.fulfillment_order_id)]


def _line_inputs(lines: Sequence[OpenLine]) -> list[dict[str, Any]]:
    return [{"id": line.id, "quantity": line.units} for line in lines]
