"""What the shop is asked to change of an order: to cancel it, to take units out, to give money back.

None of it moves money: an order is cancelled and edited without a refund, and a refund is asked of a person by a tag
and a metafield of the order.
"""

import json
import re
from typing import Any

from connectors.channels.shopify.global_id import global_id, tail
from connectors.channels.shopify.graph import AdminGraph, refuse_user_errors
from connectors.channels.shopify.mapping import OUR_NAMESPACE
from connectors.errors import Refused
from connectors.protocols import LineCancellation, RefundRequest
from orderflow.money import Money

REFUND_TAG = "refund requested"
_LONGEST_KEY = 64


async def cancel_order(graph: AdminGraph, order_external_id: str, reason: str) -> bool:
    """Has the order cancelled, its units given back, nobody told; False where it was cancelled before.

    Shopify does it in the background and cannot undo it.
    """
    order_id = global_id("Order", order_external_id)
    if (await _known(graph, "OrderState", id=order_id))["cancelledAt"]:
        return False
    answer = await graph.write("CancelOrder", id=order_id, reason="CUSTOMER", note=reason or None)
    refuse_user_errors({"userErrors": answer["orderCancel"]["orderCancelUserErrors"]})
    return True


async def cancel_lines(graph: AdminGraph, cancellation: LineCancellation) -> None:
    """Edits the order down to the units that remain; an order that has no more than those is left alone.

    Raises Refused where more units were sent than shall remain.
    """
    order_id = global_id("Order", cancellation.order_external_id)
    lines = [line async for line in graph.pages("LineQuantities", "order", "lineItems", id=order_id)]
    now = {tail(line["id"]): line for line in lines}
    changes = {line_id: units for line_id, units in cancellation.lines if _exceeds(now, line_id, units)}
    if not changes:
        return
    begun = (await graph.write("BeginEdit", id=order_id))["orderEditBegin"]
    refuse_user_errors(begun)
    edit = begun["calculatedOrder"]["id"]
    for line_id, units in changes.items():
        # A line keeps its number while the order is being edited; only the kind in its global id is another.
        line = global_id("CalculatedLineItem", line_id)
        refuse_user_errors(
            (await graph.write("SetLineQuantity", id=edit, line=line, quantity=units))["orderEditSetQuantity"]
        )
    refuse_user_errors((await graph.write("CommitEdit", id=edit, note=cancellation.reason or None))["orderEditCommit"])


async def request_refund(graph: AdminGraph, request: RefundRequest) -> str:
    """Marks the order for a refund of the amount, once per reference; returns the reference.

    Raises Refused where Shopify reckons that less can be given back.
    """
    order_id, key = global_id("Order", request.order_external_id), refund_key(request.reference)
    lines = [
        {"lineItemId": global_id("LineItem", line_id), "quantity": units, "restockType": "NO_RESTOCK"}
        for line_id, units in request.lines
    ]
    order = await _known(graph, "Refundable", id=order_id, lines=lines, key=key)
    if order["metafield"]:
        return request.reference
    _check_amount(request.amount, order["suggestedRefund"])
    answer = await graph.write(
        "AskForRefund", id=order_id, metafields=[_metafield(order_id, key, request, order)], tags=[REFUND_TAG]
    )
    refuse_user_errors(answer["metafieldsSet"])
    refuse_user_errors(answer["tagsAdd"])
    return request.reference


def refund_key(reference: str) -> str:
    """The metafield's key, which takes letters, digits, hyphens and underscores."""
    return f"refund_{re.sub(r'[^A-Za-z0-9_-]', '-', reference)}"[:_LONGEST_KEY]


def _metafield(order_id: str, key: str, request: RefundRequest, order: Any) -> dict[str, Any]:
    """The request as people and apps find it: our amount, and what Shopify itself would suggest for these lines."""
    suggested = (order["suggestedRefund"] or {}).get("amountSet", {}).get("shopMoney", {}).get("amount", "")
    content = {
        "amount": str(request.amount.amount),
        "currency": request.amount.currency,
        "suggested_amount": suggested,
        "lines": dict(request.lines),
        "reason": request.reason,
    }
    field = {"ownerId": order_id, "namespace": OUR_NAMESPACE, "key": key, "type": "json"}
    return {**field, "value": json.dumps(content, sort_keys=True)}


def _check_amount(asked: Money, suggested: Any) -> None:
    if suggested is None:
        return
    most = Money.of(suggested["maximumRefundableSet"]["shopMoney"]["amount"], asked.currency)
    if asked.amount > most.amount:
        raise Refused(f"at most {most} can be given back", field="amount", code="more_than_refundable")


def _exceeds(now: dict[str, Any], line_id: str, remaining: int) -> bool:
    """Whether the line has more units than shall remain. Raises Refused for unknown lines and units already sent."""
    line = now.get(tail(line_id))
    if line is None:
        raise Refused("the order has no such line", field=f"lines.{line_id}", code="not_found")
    if line["currentQuantity"] - line["unfulfilledQuantity"] > remaining:
        raise Refused("more units were sent than shall remain", field=f"lines.{line_id}", code="already_sent")
    return line["currentQuantity"] > remaining


async def _known(graph: AdminGraph, operation: str, **variables: Any) -> Any:
    order = (await graph.read(operation, **variables))["order"]
    if order is None:
        raise Refused("the shop does not know the order", field="order_external_id", code="not_found")
    return order
