"""What a sales channel is asked for after units of its order were cancelled: to take them out, and to refund them.

Both may be asked for again without harm: the channel is told how many units remain, and knows the refund's reference.
"""

from connectors.database.orders import StoredOrder
from connectors.database.outbox import OutboxItem, OutboxRow
from connectors.protocols import LineCancellation, RefundRequest
from connectors.shop import Shop
from orderflow.backorders.cancellation import PartialCancellation
from orderflow.money import Money
from orderflow.order import Order

REMOVAL = "line_cancellation"
REFUND = "refund_request"
KINDS = (REMOVAL, REFUND)


def cancellation_items(stored: StoredOrder, done: PartialCancellation, reason: str) -> list[OutboxItem]:
    """The two questions, as rows of the sync stage; no refund is asked for where nothing was paid."""
    key = f"{stored.id}/{stored.version}"
    ids = {line.line_no: (line.line_id, line.quantity) for line in stored.order.lines}
    remain = [(ids[line_no][0], ids[line_no][1] - units) for line_no, units in done.units.items()]
    about = {"reference": key, "reason": reason, "repeat_is_safe": True}
    items = [OutboxItem(f"{key}/{REMOVAL}", "sync", REMOVAL, stored.id, about | {"lines": remain})]
    if done.refund.minor:
        money = {"minor": done.refund.minor, "currency": done.refund.currency}
        lines = [(ids[line_no][0], units) for line_no, units in done.units.items()]
        items.append(OutboxItem(f"{key}/{REFUND}", "sync", REFUND, stored.id, about | money | {"lines": lines}))
    return items


async def ask_channel(shop: Shop, order: Order, row: OutboxRow) -> str:
    """Asks the order's channel for what the row says; returns its id of the request, where it gives one."""
    channel, told = shop.channel(order.source), row.payload
    lines = tuple((line_id, units) for line_id, units in told["lines"])
    if row.kind == REMOVAL:
        await channel.cancel_lines(LineCancellation(order.external_id, told["reference"], lines, told["reason"]))
        return ""
    amount = Money.from_minor(told["minor"], told["currency"])
    return await channel.request_refund(
        RefundRequest(order.external_id, told["reference"], amount, lines, told["reason"])
    )
