"""What customers owe for an order, line by line, as accounting programs take it; the lines add up to its total."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from orderflow.money import Money
from orderflow.notices.wording import one_line
from orderflow.order import Order

INVOICE_COLUMNS = (
    *("key", "period", "invoice_number", "customer", "email", "invoice_date", "due_date", "line_no", "sku"),
    *("description", "quantity", "unit_price", "amount", "currency", "order_total", "source"),
)
SHIPPING, ADJUSTMENT = "Shipping", "Discounts and taxes"


def invoice_lines(order: Order, order_id: str, period: str, on: date) -> list[dict[str, Any]]:
    """The lines of the order's invoice: its goods, its shipping, and what is left to the total the customer paid.

    The channel's total is the truth: what discounts and taxes it contains beyond prices and shipping is one line.
    """
    goods = [(line.sku, _described(line.title, line.sku), line.quantity, line.unit_price) for line in order.lines]
    if order.shipping_paid and order.shipping_paid.amount:
        goods.append(("", SHIPPING, 1, order.shipping_paid))
    rest = order.total - _sum(order, (price * units for _, _, units, price in goods))
    if rest.amount:
        goods.append(("", ADJUSTMENT, 1, rest))
    head = {
        "period": period,
        "invoice_number": one_line(order.number),
        "customer": one_line(order.customer.name or order.destination.name) or "unknown",
        "email": one_line(order.customer.email),
        "invoice_date": on.isoformat(),
        "due_date": on.isoformat(),
        "currency": order.currency,
        "order_total": order.total.amount,
        "source": order.source,
    }
    return [
        head
        | {"key": f"{order_id}/{number}", "line_no": number, "sku": sku, "description": what, "quantity": units}
        | {"unit_price": price.amount, "amount": (price * units).amount}
        for number, (sku, what, units, price) in enumerate(goods, 1)
    ]


def _sum(order: Order, amounts: Iterable[Money]) -> Money:
    return sum(amounts, start=Money.of(0, order.currency))


def _described(title: str, sku: str) -> str:
    return f"{one_line(title)} ({one_line(sku)})" if title and title != sku else one_line(sku or title)
