"""What a rule may ask of the things ordered: of all lines together, or of one line inside `lines`."""

from orderflow.facts import RoutingFacts
from orderflow.money import Money
from orderflow.order import OrderLine
from orderflow.rules.condition import Kind, condition


@condition("how many lines the order has", Kind.NUMBER, unit="lines")
def line_count(facts: RoutingFacts) -> int:
    """The number of lines, packed or not."""
    return len(facts.order.lines)


@condition("how many units were ordered", Kind.NUMBER, unit="units")
def unit_count(facts: RoutingFacts) -> int:
    """The quantities of all lines together."""
    return sum([line.quantity for line in facts.order.lines])


@condition("how many different SKUs were ordered", Kind.NUMBER, unit="SKUs")
def sku_count(facts: RoutingFacts) -> int:
    """Different SKUs, variants not told apart."""
    return len({line.sku for line in facts.order.lines})


@condition("the category of any line", Kind.TEXTS)
def product_category(facts: RoutingFacts) -> tuple[str, ...]:
    """The categories of all lines."""
    return tuple(line.category for line in facts.order.lines if line.category)


@condition("the SKU of any line", Kind.TEXTS)
def sku(facts: RoutingFacts) -> tuple[str, ...]:
    """The SKUs of all lines."""
    return tuple(line.sku for line in facts.order.lines)


@condition("the variant of any line", Kind.TEXTS)
def variant(facts: RoutingFacts) -> tuple[str, ...]:
    """The variants of all lines that have one."""
    return tuple(line.variant for line in facts.order.lines if line.variant)


@condition("the title of any line", Kind.TEXTS)
def product_title(facts: RoutingFacts) -> tuple[str, ...]:
    """The titles of all lines that have one."""
    return tuple(line.title for line in facts.order.lines if line.title)


@condition("the highest unit price", Kind.MONEY)
def highest_unit_price(facts: RoutingFacts) -> Money | None:
    """The dearest single unit."""
    return max((line.unit_price for line in facts.order.lines), default=None)


@condition("the lowest unit price", Kind.MONEY)
def lowest_unit_price(facts: RoutingFacts) -> Money | None:
    """The cheapest single unit."""
    return min((line.unit_price for line in facts.order.lines), default=None)


@condition("the highest value of a line", Kind.MONEY)
def highest_line_value(facts: RoutingFacts) -> Money | None:
    """Unit price times quantity of the dearest line."""
    return max((line.value for line in facts.order.lines), default=None)


@condition("the largest quantity of a line", Kind.NUMBER, unit="units")
def largest_quantity(facts: RoutingFacts) -> int | None:
    """The most units of one line."""
    return max((line.quantity for line in facts.order.lines), default=None)


@condition("the weight of everything to be packed", Kind.NUMBER, unit="grams")
def total_weight_grams(facts: RoutingFacts) -> int | None:
    """Missing where a line's weight is unknown."""
    return total_weight(facts.order.shippable_lines)


@condition("the weight of the heaviest unit", Kind.NUMBER, unit="grams")
def heaviest_unit_grams(facts: RoutingFacts) -> int | None:
    """Missing where no line has a weight."""
    weights = [line.weight_grams for line in facts.order.shippable_lines if line.weight_grams is not None]
    return max(weights, default=None)


@condition("whether anything must be packed", Kind.FLAG)
def needs_shipping(facts: RoutingFacts) -> bool:
    """Whether there is a line that is not a download or a gift card."""
    return bool(facts.order.shippable_lines)


@condition("whether some lines need no shipping", Kind.FLAG)
def has_digital_items(facts: RoutingFacts) -> bool:
    """Whether there is a download or a gift card."""
    return len(facts.order.shippable_lines) < len(facts.order.lines)


@condition("whether the weight of a line is unknown", Kind.FLAG)
def has_unknown_weight(facts: RoutingFacts) -> bool:
    """Whether a line to be packed has no weight."""
    return any(line.weight_grams is None for line in facts.order.shippable_lines)


@condition("whether the shop does not know a SKU of the order", Kind.FLAG)
def has_unknown_sku(facts: RoutingFacts) -> bool:
    """Whether a line to be packed is not in the catalogue."""
    return any((line.sku, line.variant) not in facts.known_skus for line in facts.order.shippable_lines)


@condition("the line's SKU", Kind.TEXT)
def line_sku(_facts: RoutingFacts, line: OrderLine) -> str:
    """The SKU."""
    return line.sku


@condition("the line's variant", Kind.TEXT)
def line_variant(_facts: RoutingFacts, line: OrderLine) -> str:
    """The variant; missing where there is none."""
    return line.variant


@condition("the line's title", Kind.TEXT)
def line_title(_facts: RoutingFacts, line: OrderLine) -> str:
    """The title."""
    return line.title


@condition("the line's category", Kind.TEXT)
def line_category(_facts: RoutingFacts, line: OrderLine) -> str:
    """The category; missing where there is none."""
    return line.category


@condition("the line's quantity", Kind.NUMBER, unit="units")
def line_quantity(_facts: RoutingFacts, line: OrderLine) -> int:
    """The units ordered."""
    return line.quantity


@condition("the line's unit price", Kind.MONEY)
def line_unit_price(_facts: RoutingFacts, line: OrderLine) -> Money:
    """The price of one unit."""
    return line.unit_price


@condition("the line's value", Kind.MONEY)
def line_value(_facts: RoutingFacts, line: OrderLine) -> Money:
    """Unit price times quantity."""
    return line.value


@condition("the weight of one unit of the line", Kind.NUMBER, unit="grams")
def line_weight_grams(_facts: RoutingFacts, line: OrderLine) -> int | None:
    """Missing where it is unknown."""
    return line.weight_grams


@condition("whether the line must be packed", Kind.FLAG)
def line_requires_shipping(_facts: RoutingFacts, line: OrderLine) -> bool:
    """False for a download or a gift card."""
    return line.requires_shipping


@condition("a field of the line the shop made up", Kind.ATTRIBUTE)
def line_attribute(_facts: RoutingFacts, line: OrderLine, name: str) -> str | None:
    """The attribute of that name, as the channel gave it."""
    return line.attributes.get(name)


def total_weight(lines: tuple[OrderLine, ...]) -> int | None:
    """The weight of these lines in grams, or None where one is unknown."""
    weights = [line.weight_grams and line.weight_grams * line.quantity for line in lines]
    known = [weight for weight in weights if weight is not None]
    return sum(known) if len(known) == len(weights) else None
