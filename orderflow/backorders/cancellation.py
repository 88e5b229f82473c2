"""What a customer is to get back for units they no longer wait for. The money itself is the sales channel's.

1. What was paid for the goods is the order's total without shipping; taxes and discounts are in it.
2. Each line has its share of that by its value, and each unit its share of its line. A share is rounded to the minor
   unit once per request, and never to more than what is left.
3. Shipping is given back only where nothing of the order is sent at all.
"""

from collections.abc import Mapping
from fractions import Fraction

from orderflow.money import Money
from orderflow.order import Order
from orderflow.value import Value


class PartialCancellation(Value):
    """Units by line that are cancelled, what to give back for them, and what the order comes to without them."""

    units: dict[int, int]
    refund: Money
    new_total: Money
    nothing_left: bool


def cancelled(order: Order, units: Mapping[int, int], before: Mapping[int, int]) -> PartialCancellation:
    """The cancellation of these units, by line number; `before` is what was cancelled of each line already.

    Raises ValueError for units the order does not have.
    """
    after = {line.line_no: before.get(line.line_no, 0) + units.get(line.line_no, 0) for line in order.lines}
    unknown = units.keys() - after.keys()
    short = [line.line_no for line in order.lines if after[line.line_no] > line.quantity]
    if unknown or short:
        raise ValueError(f"the order has not so many units of line {min(unknown or short)}")
    given_back = _given_back(order, after)
    refund = given_back - _given_back(order, before)
    nothing_left = all(after[line.line_no] == line.quantity for line in order.lines)
    new_total = order.total - given_back
    return PartialCancellation(units=dict(units), refund=refund, new_total=new_total, nothing_left=nothing_left)


def _given_back(order: Order, units: Mapping[int, int]) -> Money:
    """All that is given back for so many units of each line: one rounding, so that parts add up to the whole."""
    if all(units.get(line.line_no, 0) == line.quantity for line in order.lines):
        return order.total
    shipping = order.shipping_paid.minor if order.shipping_paid else 0
    goods = sum(line.value.minor for line in order.lines)
    gone = sum(line.unit_price.minor * units.get(line.line_no, 0) for line in order.lines)
    share = Fraction(gone, goods) if goods else Fraction(0)
    return Money.from_minor(round(share * max(0, order.total.minor - shipping)), order.currency)
