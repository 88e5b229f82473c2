"""Telling Shopify of a shipment.

`fulfillmentCreate` knows no idempotency key, so what is there is read first: a fulfillment with our tracking number
means that it was told before. Then the units are taken from the order's fulfillment orders, which are moved to the
location the parcel leaves from where Shopify planned another one.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from connectors.channels.shopify.global_id import global_id, tail
from connectors.channels.shopify.graph import AdminGraph, refuse_user_errors
from connectors.errors import Refused
from connectors.protocols import ShipmentReport

_FULFILLABLE = {"OPEN", "IN_PROGRESS"}
_UNDONE = {"CANCELLED", "ERROR", "FAILURE"}


class OpenLine(NamedTuple):
    """Units of one order line that still wait in a fulfillment order, and the location Shopify planned for them."""

    fulfillment_order_id: str
    location_id: str
    id: str
    line_id: str
    units: int


async def report_shipment(graph: AdminGraph, report: ShipmentReport) -> str:
    """Creates the fulfillment once; returns its id, also when it was there already.

    Raises Refused where the order has fewer units left than were shipped, or the location does not stock them.
    """
    order_id = global_id("Order", report.order_external_id)
    known, open_lines = await _standing(graph, order_id, report.tracking_number)
    if known:
        return known
    taken = take(open_lines, report)
    if await _move(graph, taken, report.location_id):
        _, open_lines = await _standing(graph, order_id, report.tracking_number)
        taken = take(open_lines, report)
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


async def _standing(graph: AdminGraph, order_id: str, tracking_number: str) -> tuple[str, list[OpenLine]]:
    """The fulfillment that already has this tracking number ("" for none), and the units that still wait."""
    known, lines, after, more = "", [], None, True
    while more:
        order = (await graph.read("FulfillmentOrders", id=order_id, after=after))["order"]
        if order is None:
            raise Refused("the shop does not know the order", field="order_external_id", code="not_found")
        known = known or _known_fulfillment(order["fulfillments"], tracking_number)
        for planned in order["fulfillmentOrders"]["nodes"]:
            lines += await _open_lines(graph, planned)
        page = order["fulfillmentOrders"]["pageInfo"]
        more, after = page["hasNextPage"] and not known, page["endCursor"]
    return known, lines


def _known_fulfillment(fulfillments: Sequence[Mapping[str, Any]], tracking_number: str) -> str:
    for fulfillment in fulfillments:
        numbers = {tracking["number"] for tracking in fulfillment["trackingInfo"]}
        if tracking_number in numbers and tracking_number and fulfillment["status"] not in _UNDONE:
            return tail(fulfillment["id"])
    return ""


async def _open_lines(graph: AdminGraph, planned: Mapping[str, Any]) -> list[OpenLine]:
    if planned["status"] not in _FULFILLABLE:
        return []
    nodes = planned["lineItems"]["nodes"]
    if planned["lineItems"]["pageInfo"]["hasNextPage"]:  # rare: more lines than the order's own page shows
        pages = graph.pages("FulfillmentOrderLines", "fulfillmentOrder", "lineItems", id=planned["id"])
        nodes = [line async for line in pages]
    location_id = tail((planned["assignedLocation"]["location"] or {}).get("id"))
    return [
        OpenLine(planned["id"], location_id, line["id"], tail(line["lineItem"]["id"]), line["remainingQuantity"])
        for line in nodes
    ]


async def _move(graph: AdminGraph, taken: Sequence[OpenLine], location_id: str) -> bool:
    """Moves what Shopify planned elsewhere to the parcel's location; says whether anything had to be moved."""
    here = tail(location_id)
    elsewhere = [line for line in taken if here and line.location_id != here]
    for order_id, lines in _by_fulfillment_order(elsewhere):
        moved = await graph.write(
            "MoveFulfillmentOrder",
            id=order_id,
            newLocationId=global_id("Location", location_id),
            lines=_line_inputs(lines),
        )
        refuse_user_errors(moved["fulfillmentOrderMove"])
    return bool(elsewhere)


def _by_fulfillment_order(lines: Sequence[OpenLine]) -> list[tuple[str, list[OpenLine]]]:
    ordered = sorted(lines, key=lambda line: line.fulfillment_order_id)
    return [(order_id, list(group)) for order_id, group in groupby(ordered, key=lambda line: line.fulfillment_order_id)]


def _line_inputs(lines: Sequence[OpenLine]) -> list[dict[str, Any]]:
    return [{"id": line.id, "quantity": line.units} for line in lines]
