"""What one order has in the fields the rules ask for, each read once and only when a rule asks for it."""

from collections.abc import Callable, Mapping
from typing import Any

from orderflow.facts import RoutingFacts
from orderflow.money import Money
from orderflow.rules.comparable import comparable
from orderflow.rules.condition import Kind
from orderflow.rules.expression import Expression, Test, meets
from orderflow.rules.index.places import INCOMPARABLE, MISSING, place_of

Reader = Callable[[RoutingFacts], Any]

ORDERED = frozenset({Kind.NUMBER, Kind.MONEY, Kind.DATE})


def name_of(asked: Expression) -> str:
    """How a reading is called: "customer_tier", "order_value in EUR", "attribute(size) as number".

    What is not one comparison is called by its path in the rules.
    """
    if not isinstance(asked, Test):
        return asked.path
    reference = asked.reference
    if asked.currency:
        return f"{reference} in {asked.currency}"
    return f"{reference} as {reference.kind}" if reference.kind is not reference.condition.kind else str(reference)


def reader_of(asked: Expression) -> Reader:
    """The function from an order to the reading.

    Text is folded, with None for a missing one; what has an order is a place; what is not one comparison is its answer.
    """
    if not isinstance(asked, Test):
        return lambda facts: meets(asked, facts)
    if asked.reference.kind in ORDERED:
        return lambda facts: _place(asked, facts)
    return lambda facts: _words(asked, facts)


class Readings(dict[str, Any]):
    """The readings of one order by name; one that is not there yet is read when it is first asked for."""

    def __init__(self, facts: RoutingFacts, readers: Mapping[str, Reader]) -> None:
        super().__init__()
        self._facts = facts
        self._readers = readers

    def __missing__(self, name: str) -> Any:
        value = self[name] = self._readers[name](self._facts)
        return value


def _words(test: Test, facts: RoutingFacts) -> Any:
    value = test.reference.value(facts)
    return None if value is None else comparable(value, test.reference.kind)


def _place(test: Test, facts: RoutingFacts) -> int:
    value = test.reference.value(facts)
    if isinstance(value, Money) and value.currency != test.currency:
        return INCOMPARABLE
    key = None if value is None else comparable(value, test.reference.kind)
    return MISSING if key is None else place_of(key)
