"""What an order needs, as plain numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from orderflow.order import Order

FULFILLED_BY = "fulfilled_by"  # the line attribute that fixes a product to a location or a kind of location

Units = Mapping[int, int]  # units per index into a demand's lines


@dataclass(frozen=True, slots=True)
class LineNeed:
    """One shippable order line; `item` is the index of its SKU and variant, which other lines may share."""

    line_no: int
    sku: str
    variant: str
    item: int
    quantity: int
    weight_grams: int
    fulfilled_by: str


@dataclass(frozen=True, slots=True)
class Demand:
    """All units an order needs.

    `needed` is per distinct SKU and variant, whose lines share the stock; `wanted` and `grams_each` are per line. A
    line without a weight weighs nothing here: readiness holds such an order.
    """

    lines: tuple[LineNeed, ...]
    items: tuple[tuple[str, str], ...]
    needed: tuple[int, ...]
    wanted: Units
    grams_each: tuple[int, ...]
    units: int
    weight_grams: int

    def weight_of(self, units: Units) -> int:
        """Grams of these units together."""
        if units is self.wanted:
            return self.weight_grams
        return sum([self.grams_each[index] * count for index, count in units.items()])


def demand_of(order: Order) -> Demand:
    """The demand of the order's shippable lines, in line order."""
    items = tuple(sorted({(line.sku, line.variant) for line in order.shippable_lines}))
    index = {item: i for i, item in enumerate(items)}
    needed = [0] * len(items)
    lines = []
    for line in sorted(order.shippable_lines, key=lambda line: line.line_no):
        item = index[line.sku, line.variant]
        needed[item] += line.quantity
        fixed = line.attributes.get(FULFILLED_BY, "")
        weight = line.weight_grams or 0
        lines.append(LineNeed(line.line_no, line.sku, line.variant, item, line.quantity, weight, fixed))
    wanted = {i: line.quantity for i, line in enumerate(lines)}
    grams_each = tuple(line.weight_grams for line in lines)
    total_grams = sum(line.weight_grams * line.quantity for line in lines)
    return Demand(tuple(lines), items, tuple(needed), wanted, grams_each, sum(needed), total_grams)
