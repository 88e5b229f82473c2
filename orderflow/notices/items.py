"""What is in an order or a parcel, in words."""

from collections import Counter
from collections.abc import Iterable

from orderflow.decision import PlannedLine
from orderflow.notices.wording import one_line
from orderflow.order import Order, OrderLine


def product_name(line: OrderLine) -> str:
    """What the customer calls the thing: its title, or its SKU where the channel gave none."""
    return one_line(line.title or line.sku)


def ordered_items(order: Order) -> tuple[str, ...]:
    """Every line of the order: "12x Widget Pro"."""
    return tuple(_item(line, line.quantity) for line in order.lines)


def planned_items(order: Order, lines: Iterable[PlannedLine]) -> tuple[str, ...]:
    """The units a shipment or backorder takes, in the order's own words; lines of another order are left out."""
    quantities = _by_line(lines)
    return tuple(_item(line, quantities[line.line_no]) for line in order.lines if quantities[line.line_no])


def remaining_items(order: Order, gone: Iterable[PlannedLine]) -> tuple[str, ...]:
    """What still has to be shipped once these units are gone."""
    quantities = _by_line(gone)
    left = ((line, line.quantity - quantities[line.line_no]) for line in order.shippable_lines)
    return tuple(_item(line, quantity) for line, quantity in left if quantity > 0)


def _by_line(lines: Iterable[PlannedLine]) -> Counter[int]:
    quantities: Counter[int] = Counter()
    for line in lines:
        quantities[line.line_no] += line.quantity
    return quantities


def _item(line: OrderLine, quantity: int) -> str:
    return f"{quantity}x {product_name(line)}"
