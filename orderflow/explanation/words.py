"""How units and amounts are written in explanations."""

from collections.abc import Iterable

from orderflow.decision import PlannedLine
from orderflow.money import Money


def units_words(lines: Iterable[PlannedLine]) -> str:
    """Units by product: "2 × SKU123, 1 × SKU456"."""
    return ", ".join(f"{line.quantity} × {line.sku}" for line in lines)


def amount_words(money: Money) -> str:
    """The amount without the cents of a whole one: "$45", "$8.15"."""
    return str(money).removesuffix(".00")


def for_amount(cost: Money | None) -> str:
    """The words " for $8.15", or nothing where no cost is known."""
    return f" for {amount_words(cost)}" if cost else ""
