"""What webhooks leave out of an order's customer since API 2025-01: the tags, by which we know a VIP."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.channels.shopify.global_id import global_id, tail
from connectors.channels.shopify.graph import AdminGraph

# A question may name 250 things.
MOST_AT_ONCE = 100

Known = dict[str, Any]


def unknown_customer(topic: str, document: Any) -> str:
    """The id of the customer whose tags the delivery leaves out; "" where nothing is missing."""
    customer = document.get("customer") if topic.startswith("orders/") and isinstance(document, dict) else None
    if not isinstance(customer, dict) or "tags" in customer or not customer.get("id"):
        return ""
    return tail(customer.get("admin_graphql_api_id") or customer["id"])


async def known_customers(graph: AdminGraph, ids: Sequence[str]) -> Mapping[str, Known]:
    """Tags and number of orders of the customers the shop still knows, by their ids."""
    found = await graph.read("CustomerTags", ids=[global_id("Customer", each) for each in ids])
    return {
        tail(node["id"]): {"tags": node["tags"] or [], "orders_count": node["numberOfOrders"] or 0}
        for node in found["nodes"]
        if node
    }
