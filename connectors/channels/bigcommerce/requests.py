"""What people in the shop are asked for: to cancel an order, to give money back. Nothing here moves money."""

from typing import Any

from connectors.channels.bigcommerce.rest import BigRest, number_of
from connectors.protocols import RefundRequest

CANCELLED = 5
_ENDED = {CANCELLED, 4}  # a refunded order is over as well


async def cancel_order(rest: BigRest, order_external_id: str) -> bool:
    """Gives the order the status "cancelled"; False where it has it, or was refunded."""
    path = f"v2/orders/{number_of(order_external_id, 'order_external_id')}"
    order: dict[str, Any] = await rest.get(path)
    if order["status_id"] in _ENDED:
        return False
    await rest.send("PUT", path, {"status_id": CANCELLED})
    return True


async def request_refund(rest: BigRest, request: RefundRequest) -> str:
    """Adds a line to the order's staff notes, unless one with the reference stands there; returns the reference."""
    path = f"v2/orders/{number_of(request.order_external_id, 'order_external_id')}"
    notes = str((await rest.get(path)).get("staff_notes") or "")
    if request.reference not in notes:
        await rest.send("PUT", path, {"staff_notes": "\n".join(filter(None, (notes, refund_line(request))))})
    return request.reference


def refund_line(request: RefundRequest) -> str:
    """The request in a sentence; the reference at its end tells it from others."""
    reason = f" ({request.reason})" if request.reason else ""
    return f"Please refund {request.amount}{reason} [{request.reference}]"
