"""How units and amounts are written in explanations."""

from collections.abc import Iterable

from orderflow.decision import Alternative, PlannedLine
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


def alternative_words(other: Alternative) -> str:
    """One way the order could have gone: "split over a and b for $9 in 3 days: costs $2 more"."""
    ways = {"one location": "from {}", "split": "split over {}", "outside": "from outside, {}", "wait": "wait for {}"}
    way = ways.get(other.way, "{}").format(" and ".join(other.locations))
    days = "" if other.days is None else f" in {other.days} days"
    return f"{way}{for_amount(other.cost)}{days}: {other.verdict}"
