"""What the simulator's Admin API can do, by root field."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from deployments.sandbox.shopify.changes import order_changes, subscriptions_to
from deployments.sandbox.shopify.graphql import GraphqlError
from deployments.sandbox.shopify.nodes import (
    MOST_NODES,
    connection,
    customer_node,
    gid,
    item_node,
    location_node,
    order_node,
    planned_node,
)
from deployments.sandbox.shopify.placing import tail
from deployments.sandbox.shopify.shop import Shop

# Without the directive these are refused from API version 2026-04 on.
NEED_IDEMPOTENCY = {"inventorySetQuantities", "inventoryActivate"}

_UPDATED = re.compile(r"updated_at:>='([^']+)'")
_SKUS = re.compile(r'sku:"((?:[^"\\]|\\.)*)"')


def queries(shop: Shop) -> dict[str, Callable[..., Any]]:
    """The root fields of a query."""

    def orders(query: str = "", sortKey: str = "", **page: Any) -> Any:  # noqa: N803 - GraphQL's name
        since = _UPDATED.fullmatch(query)
        if not since or sortKey != "UPDATED_AT":
            raise GraphqlError(f"the sandbox finds orders by updated_at only, not by {query!r}")
        dated = [(datetime.fromisoformat(order["updated_at"]), order) for order in shop.orders.values()]
        changed = [each for each in dated if each[0] >= datetime.fromisoformat(since[1])]
        changed.sort(key=lambda each: each[0])
        return connection([order for _, order in changed], partial(order_node, shop))(**page)

    def order(id: str) -> Any:
        found = shop.orders.get(tail(id))
        return order_node(shop, found) if found else None

    def fulfillment_order(id: str) -> Any:
        found = shop.planned.get(tail(id))
        return planned_node(found) if found else None

    def nodes(ids: list[str]) -> list[Any]:
        kinds = {"Customer": lambda id: customer_node(shop.customers.get(tail(id))), "Order": order}
        if len(ids) > MOST_NODES:
            raise GraphqlError(f"ids has {len(ids)} entries, the most is {MOST_NODES}")
        return [kinds[id.split("/")[-2]](id) for id in ids]

    return {
        "nodes": nodes,
        "orders": orders,
        "order": order,
        "fulfillmentOrder": fulfillment_order,
        **_place_queries(shop),
    }


def _place_queries(shop: Shop) -> dict[str, Callable[..., Any]]:
    """The root fields about places: locations, what they stock, and the addresses webhooks go to."""

    def location(id: str) -> Any:
        return location_node(shop, tail(id)) if tail(id) in shop.locations else None

    def locations(**page: Any) -> Any:
        return connection(shop.locations, partial(location_node, shop))(**page)

    def items(query: str = "", **page: Any) -> Any:
        wanted = {text.replace('\\"', '"').replace("\\\\", "\\") for text in _SKUS.findall(query)}
        return connection([sku for sku in shop.items if sku in wanted], partial(item_node, shop))(**page)

    def subscriptions(uri: str | None = None, **page: Any) -> Any:
        return connection(subscriptions_to(shop, uri))(**page)

    return {
        "locations": locations,
        "location": location,
        "inventoryItems": items,
        "webhookSubscriptions": subscriptions,
    }


def mutations(shop: Shop) -> dict[str, Callable[..., Any]]:
    """The root fields of a mutation; what they refuse is in `userErrors`."""
    return {
        "fulfillmentCreate": lambda fulfillment, message=None: _create_fulfillment(shop, fulfillment),
        "fulfillmentOrderMove": lambda id, newLocationId, fulfillmentOrderLineItems=None: _move(  # noqa: N803
            shop, tail(id), tail(newLocationId), fulfillmentOrderLineItems or []
        ),
        "inventorySetQuantities": lambda input: _set_quantities(shop, input),
        "inventoryActivate": lambda inventoryItemId, locationId, available=0: _activate(  # noqa: N803
            shop, tail(inventoryItemId), tail(locationId), available
        ),
        **order_changes(shop),
    }


def _refused(result: str, message: str, field: list[str], code: str | None = None) -> dict[str, Any]:
    return {result: None, "userErrors": [{"field": field, "message": message, "code": code}]}


def _create_fulfillment(shop: Shop, fulfillment: Mapping[str, Any]) -> dict[str, Any]:
    taken = []
    for group in fulfillment["lineItemsByFulfillmentOrder"]:
        planned = shop.planned.get(tail(group["fulfillmentOrderId"]))
        if planned is None:
            return _refused("fulfillment", "Fulfillment order does not exist.", ["fulfillment"])
        lines = {line["id"]: line for line in planned["lines"]}
        for wanted in group["fulfillmentOrderLineItems"]:
            line = lines.get(tail(wanted["id"]))
            if line is None or not 0 < wanted["quantity"] <= line["remaining"]:
                return _refused(
                    "fulfillment", "Invalid fulfillment order line item quantity requested.", ["fulfillment"]
                )
            taken.append((planned, line, wanted["quantity"]))
    if len({(planned["order_id"], planned["location"]) for planned, _, _ in taken}) != 1:
        return _refused("fulfillment", "All fulfillment orders must share one order and location.", ["fulfillment"])
    made = shop.fulfil(taken, dict(fulfillment.get("trackingInfo") or {}))
    made["notify_customer"] = bool(fulfillment.get("notifyCustomer"))
    return {"fulfillment": {"id": gid("Fulfillment", made["id"])}, "userErrors": []}


def _move(shop: Shop, planned_id: str, location: str, lines: list[Mapping[str, Any]]) -> dict[str, Any]:
    planned = shop.planned.get(planned_id)
    if planned is None or planned["status"] != "OPEN":
        return _refused("movedFulfillmentOrder", "Fulfillment order is not open.", ["id"], "NOT_MOVABLE")
    units = {tail(line["id"]): line["quantity"] for line in lines}
    skus = {line["sku"] for line in planned["lines"] if line["id"] in units or not units}
    unstocked = [sku for sku in skus if sku in shop.items and (location, sku) not in shop.levels]
    if location not in shop.locations or unstocked:
        message = "The destination location does not stock the requested inventory item."
        return _refused("movedFulfillmentOrder", message, ["newLocationId"], "LOCATION_NOT_FOUND")
    return {"movedFulfillmentOrder": planned_node(shop.move(planned, location, units)), "userErrors": []}


def _activate(shop: Shop, item: str, location: str, available: int) -> dict[str, Any]:
    sku = next((sku for sku, number in shop.items.items() if number == item), "")
    if not sku or location not in shop.locations or (location, sku) in shop.levels:
        return _refused("inventoryLevel", "The item cannot be stocked at the location.", ["locationId"])
    shop.stock(location, sku, available)
    shop.books.record("activations", sku=sku, location=location, available=available)
    return {"inventoryLevel": {"id": gid("InventoryLevel", shop.new_id())}, "userErrors": []}


def _set_quantities(shop: Shop, wanted: Mapping[str, Any]) -> dict[str, Any]:
    sku_of = {item: sku for sku, item in shop.items.items()}
    errors, sets = [], []
    for position, each in enumerate(wanted["quantities"]):
        field = ["input", "quantities", str(position)]
        level = (tail(each["locationId"]), sku_of.get(tail(each["inventoryItemId"]), ""))
        if level not in shop.levels:
            errors.append({"field": [*field, "locationId"], "message": "Not stocked.", "code": "INVALID_LOCATION"})
        elif each["changeFromQuantity"] not in {None, shop.levels[level]["available"]}:
            message = "The changeFromQuantity argument no longer matches the persisted quantity."
            errors.append({"field": field, "message": message, "code": "CHANGE_FROM_QUANTITY_STALE"})
        else:
            sets.append((*level, each["quantity"]))
    if errors:
        return {"inventoryAdjustmentGroup": None, "userErrors": errors}
    for location, sku, quantity in sets:
        shop.set_available(location, sku, quantity)
    made = shop.books.record(
        "inventory_sets", id=shop.new_id(), reference=wanted.get("referenceDocumentUri"), sets=sets
    )
    return {"inventoryAdjustmentGroup": {"id": gid("InventoryAdjustmentGroup", made["id"])}, "userErrors": []}
