"""How a client changes orders and subscriptions of the simulated shop, by root field of a mutation."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from deployments.sandbox.shopify.nodes import gid, metafield_of
from deployments.sandbox.shopify.placing import tail
from deployments.sandbox.shopify.shop import Shop, now_text

Payload = dict[str, Any]


def order_changes(shop: Shop) -> dict[str, Callable[..., Any]]:
    """The root fields; what they refuse is in `userErrors`."""
    return {
        "orderCancel": lambda orderId, reason, **_: _cancel(shop, tail(orderId), reason),  # noqa: N803
        "orderEditBegin": lambda id: _begin(shop, tail(id)),
        "orderEditSetQuantity": lambda id, lineItemId, quantity, **_: _set(shop, id, tail(lineItemId), quantity),  # noqa: N803
        "orderEditCommit": lambda id, **_: _commit(shop, id),
        "metafieldsSet": lambda metafields: _set_metafields(shop, metafields),
        "tagsAdd": lambda id, tags: _add_tags(shop, tail(id), tags),
        "webhookSubscriptionCreate": lambda topic, webhookSubscription: _subscribe(shop, topic, webhookSubscription),  # noqa: N803
    }


def subscriptions_to(shop: Shop, uri: str | None) -> list[Payload]:
    """The subscriptions that deliver to an address."""
    return [each for each in shop.subscriptions if uri in {None, each["uri"]}]


def _refused(message: str, *field: str, **nothing: None) -> Payload:
    return {**nothing, "userErrors": [{"field": list(field), "message": message, "code": None}]}


def _cancel(shop: Shop, order_id: str, reason: str) -> Payload:
    if shop.orders[order_id]["cancelled_at"]:
        error = {"field": ["orderId"], "message": "Order has already been cancelled.", "code": "INVALID"}
        return {"job": None, "orderCancelUserErrors": [error], "userErrors": []}
    shop.end(order_id)
    shop.books.record("cancellations", order_id=order_id, reason=reason)
    return {"job": {"id": gid("Job", shop.new_id())}, "orderCancelUserErrors": [], "userErrors": []}


def _begin(shop: Shop, order_id: str) -> Payload:
    if shop.orders[order_id]["cancelled_at"]:
        return _refused("The order cannot be edited.", "id", calculatedOrder=None)
    edit = gid("CalculatedOrder", shop.new_id())
    shop.edits[edit] = {"order_id": order_id, "quantities": {}}
    return {"calculatedOrder": {"id": edit}, "userErrors": []}


def _set(shop: Shop, edit: str, line_id: str, quantity: int) -> Payload:
    lines = {str(line["id"]): line for line in shop.orders[shop.edits[edit]["order_id"]]["line_items"]}
    if line_id not in lines or quantity < 0 or quantity < lines[line_id].get("sent", 0):
        return _refused("The quantity cannot be set.", "quantity", calculatedOrder=None)
    shop.edits[edit]["quantities"][line_id] = quantity
    return {"calculatedOrder": {"id": edit}, "userErrors": []}


def _commit(shop: Shop, edit: str) -> Payload:
    """Nothing of an edit is done before this; the total is reckoned anew and no money moves."""
    order_id, quantities = shop.edits[edit]["order_id"], shop.edits.pop(edit)["quantities"]
    order = shop.orders[order_id]
    for line_id, quantity in quantities.items():
        line = next(line for line in order["line_items"] if str(line["id"]) == line_id)
        gone = line.get("current_quantity", line["quantity"]) - quantity
        order["current_total_price"] = str(Decimal(order["current_total_price"]) - gone * Decimal(line["price"]))
        shop.take_out(order_id, line_id, quantity)
    order["updated_at"] = now_text()
    shop.books.record("edits", order_id=order_id, quantities=quantities)
    return {"order": {"id": gid("Order", order_id)}, "userErrors": []}


def _set_metafields(shop: Shop, metafields: list[Payload]) -> Payload:
    for each in metafields:
        order = shop.orders[tail(each["ownerId"])]
        known = metafield_of(order, each["namespace"], each["key"])
        if known is None:
            known = {"namespace": each["namespace"], "key": each["key"]}
            order.setdefault("metafields", []).append(known)
        known["value"] = each["value"]
        shop.books.record("metafields", order_id=order["id"], **known)
    return {"metafields": [{"key": each["key"]} for each in metafields], "userErrors": []}


def _add_tags(shop: Shop, order_id: str, tags: list[str]) -> Payload:
    order = shop.orders[order_id]
    listed = order["tags"].split(",") if isinstance(order["tags"], str) else order["tags"]
    known = [tag.strip() for tag in listed if tag.strip()]
    order["tags"] = ", ".join(dict.fromkeys([*known, *tags]))
    order["updated_at"] = now_text()
    return {"userErrors": []}


def _subscribe(shop: Shop, topic: str, wanted: Payload) -> Payload:
    if not str(wanted.get("uri", "")).startswith("https://"):
        return _refused("Address is invalid", "webhookSubscription", "uri", webhookSubscription=None)
    made = {"id": gid("WebhookSubscription", shop.new_id()), "topic": topic, "uri": wanted["uri"]}
    if any((each["topic"], each["uri"]) == (topic, wanted["uri"]) for each in shop.subscriptions):
        return _refused(
            "Address for this topic has already been taken", "webhookSubscription", webhookSubscription=None
        )
    shop.subscriptions.append(made)
    shop.books.record("subscriptions", topic=topic, uri=wanted["uri"])
    return {"webhookSubscription": {"id": made["id"]}, "userErrors": []}
