"""What a rule asks of an order, as fast as it can be asked: is this reading among those allowed?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from orderflow.rules.condition import Kind
from orderflow.rules.expression import Test
from orderflow.rules.index.places import INCOMPARABLE, MISSING, place_of
from orderflow.rules.index.readers import ORDERED, name_of
from orderflow.rules.index.rows import Literal
from orderflow.rules.operators import POSITIVE_OF
from orderflow.rules.reference import Reference

_NOTHING: frozenset[Any] = frozenset({None})
_TRUE = frozenset({True})

# What these groups tell is reckoned from stock, distances and rates; everything else the order simply has.
_RECKONED = frozenset({"stock", "shipping"})


class Question(NamedTuple):
    """Whether the reading of that name is in `allowed` (or is not, where not `wanted`).

    `kind` is the kind of field whose table can answer it; None for lines and a comparison that looks inside a text.
    A reckoned field takes its time to read.
    """

    name: str
    allowed: Any
    wanted: bool
    kind: Kind | None
    is_reckoned: bool = False


@dataclass(frozen=True)
class AnyOf:
    """Lists that have one of these words."""

    words: frozenset[str]

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __contains__(self, members: tuple[str, ...] | None) -> bool:
        return members is not None and not self.words.isdisjoint(members)


@dataclass(frozen=True)
class OtherThan:
    """Amounts of the right currency, or missing ones, that are not allowed by `refused`."""

    refused: Any

    def __contains__(self, place: int) -> bool:
        return place != INCOMPARABLE and place not in self.refused


@dataclass(frozen=True)
class Like:
    """Texts that pass a comparison which looks inside them."""

    test: Test

    def __contains__(self, value: Any) -> bool:
        operator = self.test.operator
        return operator.negative if value is None else operator.holds(value, self.test.operand)


def question_of(literal: Literal) -> Question:
    """The question a literal asks; lines, and rules too large for rows, are a reading of their own."""
    test = literal.asked
    if not isinstance(test, Test):
        return Question(name_of(test), _TRUE, literal.wanted, None)
    of = _of_places if test.reference.kind in ORDERED else _of_words
    allowed, wanted = of(test, literal.wanted)
    return Question(name_of(test), allowed, wanted, _table_kind(test, allowed), _is_reckoned(test.reference))


def _is_reckoned(reference: Reference) -> bool:
    condition = reference.condition
    return condition.group in _RECKONED or (bool(reference.arguments) and condition.kind is not Kind.ATTRIBUTE)


def _table_kind(test: Test, allowed: Any) -> Kind | None:
    one_word_in_list = test.reference.kind is not Kind.TEXTS or isinstance(allowed, AnyOf)
    return test.reference.kind if one_word_in_list and not isinstance(allowed, Like) else None


def _of_words(test: Test, wanted: bool) -> tuple[Any, bool]:
    code = POSITIVE_OF.get(test.operator.code, test.operator.code)
    if code == "exists":
        return _NOTHING, wanted is not test.operand
    if code not in {"eq", "in"}:
        return Like(test), wanted
    words = frozenset(test.operand if code == "in" else {test.operand})
    return AnyOf(words) if test.reference.kind is Kind.TEXTS else words, wanted is not test.operator.negative


def _of_places(test: Test, wanted: bool) -> tuple[Any, bool]:
    code = test.operator.code
    if code == "exists":
        return range(MISSING, MISSING + 1), wanted is not test.operand
    places = _PLACES[POSITIVE_OF.get(code, code)](test.operand)
    if test.operator.negative and test.reference.kind is Kind.MONEY:
        return OtherThan(places), wanted
    return places, wanted is not test.operator.negative


def edges(allowed: Any) -> tuple[int, ...]:
    """The places where the answer to a question about places may change."""
    if isinstance(allowed, range):
        return (allowed.start, allowed.stop)
    if isinstance(allowed, OtherThan):
        return (*edges(allowed.refused), INCOMPARABLE)
    return tuple(edge for place in allowed for edge in (place, place + 1))


_PLACES: Mapping[str, Callable[[Any], Any]] = {
    "eq": lambda operand: range(place_of(operand), place_of(operand) + 1),
    "in": lambda operands: frozenset(map(place_of, operands)),
    "gt": lambda operand: range(place_of(operand) + 1, INCOMPARABLE),
    "gte": lambda operand: range(place_of(operand), INCOMPARABLE),
    "lt": lambda operand: range(MISSING + 1, place_of(operand)),
    "lte": lambda operand: range(MISSING + 1, place_of(operand) + 1),
    "between": lambda ends: range(place_of(ends[0]), place_of(ends[1]) + 1),
}
