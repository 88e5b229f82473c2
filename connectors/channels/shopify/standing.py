"""How far the shop is with an order: what it counts as sent, and what still waits in its fulfillment orders."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from connectors.channels.shopify.global_id import global_id, tail
from connectors.channels.shopify.graph import AdminGraph
from connectors.errors import Refused

# As many orders as one question may ask for, and as many fulfillments as it shows of each.
MOST_AT_ONCE = 8
_SHOWN = 5

_FULFILLABLE = {"OPEN", "IN_PROGRESS"}
_UNDONE = {"CANCELLED", "ERROR", "FAILURE"}


class OpenLine(NamedTuple):
    """Units of one order line that still wait in a fulfillment order, and the location Shopify planned for them."""

    fulfillment_order_id: str
    location_id: str
    id: str
    line_id: str
    units: int


class Standing(NamedTuple):
    """Fulfillments by the tracking numbers they were given, and the units that still wait."""

    fulfillments: Mapping[str, str]
    open_lines: Sequence[OpenLine]


async def standings(graph: AdminGraph, order_ids: Sequence[str]) -> Mapping[str, Standing]:
    """How far the orders are, by their ids; those the shop does not know are left out."""
    nodes = (await graph.read("OrdersStanding", ids=[global_id("Order", each) for each in order_ids]))["nodes"]
    shown = {tail(order["id"]): order for order in nodes if order}
    return {
        order_id: await standing_of(graph, order_id) if _is_cut(order) else await _standing(graph, [order])
        for order_id, order in shown.items()
    }


async def standing_of(graph: AdminGraph, order_id: str) -> Standing:
    """How far one order is, however much there is of it. Raises Refused where the shop does not know it."""
    pages, after, more = [], None, True
    while more:
        order = (await graph.read("FulfillmentOrders", id=global_id("Order", order_id), after=after))["order"]
        if order is None:
            raise Refused("the shop does not know the order", field="order_external_id", code="not_found")
        pages.append(order)
        page = order["fulfillmentOrders"]["pageInfo"]
        more, after = page["hasNextPage"], page["endCursor"]
    return await _standing(graph, pages)


async def open_lines(graph: AdminGraph, planned: Mapping[str, Any]) -> list[OpenLine]:
    """The units that wait in one fulfillment order."""
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


def _is_cut(order: Mapping[str, Any]) -> bool:
    """Whether there may be more of the order than was shown."""
    return len(order["fulfillments"]) >= _SHOWN or order["fulfillmentOrders"]["pageInfo"]["hasNextPage"]


async def _standing(graph: AdminGraph, pages: Sequence[Mapping[str, Any]]) -> Standing:
    planned = [each for page in pages for each in page["fulfillmentOrders"]["nodes"]]
    lines = [line for each in planned for line in await open_lines(graph, each)]
    return Standing(_by_tracking_number(pages[0]["fulfillments"]), lines)


def _by_tracking_number(fulfillments: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The first fulfillment of each number that was not undone."""
    valid = (each for each in reversed(fulfillments) if each["status"] not in _UNDONE)
    return {told["number"]: tail(each["id"]) for each in valid for told in each["trackingInfo"] if told["number"]}
