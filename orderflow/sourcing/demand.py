"""What an order needs, as plain numbers."""

from dataclasses import dataclass

from orderflow.order import Order

FULFILLED_BY = "fulfilled_by"  # the line attribute that fixes a product to a location or a kind of location


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
    """All units an order needs: by line, and per distinct SKU and variant, because lines of one SKU share stock."""

    lines: tuple[LineNeed, ...]
    items: tuple[tuple[str, str], ...]
    needed: tuple[int, ...]

    @property
    def units(self) -> int:
        """How many units the whole order has."""
        return sum(self.needed)

    @property
    def weight_grams(self) -> int:
        """What the whole order weighs; a line without a weight counts nothing (readiness holds such an order)."""
        return sum(line.weight_grams * line.quantity for line in self.lines)


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
    return Demand(tuple(lines), items, tuple(needed))
