"""What the shop is asked to change of an order: to cancel it, to take units out, to give money back.

None of it moves money: a refund is asked for by a private note, with a meta field that keeps it from being asked twice.
WooCommerce does not put units back on the shelf when an order is edited by its API; the next push of availability does.
"""

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import quote

from connectors.channels.woocommerce.mapping import OUR_META_PREFIX
from connectors.channels.woocommerce.rest import WooRest
from connectors.channels.woocommerce.shipment import units_left
from connectors.errors import Refused
from connectors.protocols import Document, LineCancellation, RefundRequest

_ENDED = {"cancelled", "refunded", "trash"}
_REFUND = f"{OUR_META_PREFIX}refund_"
_CENT = Decimal("0.01")


async def cancel_order(rest: WooRest, order_external_id: str) -> bool:
    """Gives the order the status "cancelled", which puts its units back; False where it was over before."""
    path = _path(order_external_id)
    if (await rest.get(path))["status"] in _ENDED:
        return False
    await rest.put(path, {"status": "cancelled"})
    return True


async def cancel_lines(rest: WooRest, cancellation: LineCancellation) -> None:
    """Changes the lines to the units that remain, at the same price; the shop reckons the total anew.

    A line of which nothing remains is removed. Raises Refused where more units were sent than shall remain.
    """
    path = _path(cancellation.order_external_id)
    order = await rest.get(path)
    lines = {str(line["id"]): line for line in order["line_items"]}
    changes = [_change(order, lines, line_id, units) for line_id, units in cancellation.lines]
    if wanted := [change for change in changes if change]:
        await rest.put(path, {"line_items": wanted})


async def request_refund(rest: WooRest, request: RefundRequest) -> str:
    """Leaves a private note with the amount, once per reference; returns the reference."""
    path, key = _path(request.order_external_id), _REFUND + request.reference
    order = await rest.get(path)
    if not any(meta["key"] == key for meta in order.get("meta_data") or ()):
        notes = await rest.get(f"{path}/notes")
        if not any(f"[{request.reference}]" in note["note"] for note in notes):
            await rest.post(f"{path}/notes", {"note": refund_note(request), "customer_note": False})
        content = {"amount": str(request.amount.amount), "lines": dict(request.lines)}
        await rest.put(path, {"meta_data": [{"key": key, "value": json.dumps(content, sort_keys=True)}]})
    return request.reference


def refund_note(request: RefundRequest) -> str:
    """The sentence people read in the shop; the reference at its end tells it from other requests."""
    reason = f" ({request.reason})" if request.reason else ""
    return f"Please refund {request.amount}{reason} [{request.reference}]"


def _change(order: Document, lines: Mapping[str, Any], line_id: str, remaining: int) -> dict[str, Any] | None:
    """The line as it shall be; None where no more units are left than that."""
    line = lines.get(line_id)
    if line is None and remaining == 0:
        return None  # it was removed before
    if line is None:
        raise Refused("the order has no such line", field=f"lines.{line_id}", code="not_found")
    if line["quantity"] - units_left(order)[line_id] > remaining:
        raise Refused("more units were sent than shall remain", field=f"lines.{line_id}", code="already_sent")
    if line["quantity"] <= remaining:
        return None
    share = Decimal(remaining) / Decimal(line["quantity"])
    amounts = {
        name: str((Decimal(line[name]) * share).quantize(_CENT, ROUND_HALF_UP)) for name in ("subtotal", "total")
    }
    return {"id": line["id"], "quantity": remaining, **amounts}


def _path(order_external_id: str) -> str:
    return f"orders/{quote(order_external_id, safe='')}"
