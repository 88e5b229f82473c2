"""What one order has in the fields the rules ask for."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from orderflow.facts import RoutingFacts
from orderflow.rules.comparable import comparable
from orderflow.rules.condition import Kind
from orderflow.rules.expression import Expression, Test, meets
from orderflow.rules.index.places import INCOMPARABLE, MISSING, place_of
from orderflow.rules.reference import Reference

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
        return partial(meets, asked)
    if asked.reference.condition.kind is Kind.ATTRIBUTE and asked.reference.kind is not Kind.TEXT:
        return _attribute_reader(asked.reference)
    read = raw_reader(asked.reference)
    return _money_reader(read, asked.currency) if asked.currency else _READERS[asked.reference.kind](read)


def raw_reader(reference: Reference) -> Reader:
    """The function from an order to what the condition itself reads, which may be empty."""
    condition, arguments = reference.condition, reference.arguments
    return (lambda facts: condition.read(facts, *arguments)) if arguments else condition.read


# Each kind has its own short reader: an order has few fields that rules do not ask for, so these are called most.
def _text_reader(read: Reader) -> Reader:
    def text(facts: RoutingFacts) -> str | None:
        value = read(facts)
        return value.casefold() if value else None

    return text


def _texts_reader(read: Reader) -> Reader:
    def texts(facts: RoutingFacts) -> tuple[str, ...] | None:
        members = read(facts)
        return tuple([member.casefold() for member in members]) if members else None

    return texts


def _place_reader(read: Reader) -> Reader:
    def place(facts: RoutingFacts) -> int:
        value = read(facts)
        return MISSING if value is None else place_of(value)

    return place


def _money_reader(read: Reader, currency: str) -> Reader:
    def place(facts: RoutingFacts) -> int:
        value = read(facts)
        if value is None:
            return MISSING
        return place_of(value.amount) if value.currency == currency else INCOMPARABLE

    return place


def _attribute_reader(reference: Reference) -> Reader:
    """Reads a made-up field, which is text, as a number or a flag; it is missing where it is not such a thing."""
    kind = reference.kind

    def attribute(facts: RoutingFacts) -> Any:
        value = reference.value(facts)
        key = None if value is None else comparable(value, kind)
        if kind is Kind.FLAG:
            return key
        return MISSING if key is None else place_of(key)

    return attribute


_READERS: Mapping[Kind, Callable[[Reader], Reader]] = {
    Kind.TEXT: _text_reader,
    Kind.TEXTS: _texts_reader,
    Kind.FLAG: lambda read: read,
    Kind.NUMBER: _place_reader,
    Kind.DATE: _place_reader,
}
