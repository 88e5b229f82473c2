"""The values that tell questions of one field apart: enough of them to decide what holds for all values."""

from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations
from typing import Any

from orderflow.money import minor_digits
from orderflow.rules.condition import Kind
from orderflow.rules.expression import Test
from orderflow.rules.index.places import INCOMPARABLE, MILLIONTHS, MISSING
from orderflow.rules.index.questions import AnyOf, Like, edges
from orderflow.rules.index.readings import ORDERED
from orderflow.rules.lint.meaning import Asking

# A text that no rule names.
UNNAMED = "\0"


def samples(asked: Sequence[Asking]) -> set[Any]:
    """For every value there is one sample that all these questions answer alike."""
    test = asked[0].test
    if test is None or test.reference.kind is Kind.FLAG:
        return {True, False} if test is None else {True, False, None}
    if test.reference.kind in ORDERED:
        return _places(asked, test)
    words = {word for one in asked for word in _words(one)} | {UNNAMED}
    if test.reference.kind is Kind.TEXT:
        return words | {None}
    most = 1 + sum(one.question.wanted for one in asked)
    return {None} | {members for size in range(1, most + 1) for members in combinations(sorted(words), size)}


def accepts(asked: Sequence[Asking], sample: Any, *, unknown: frozenset[Hashable] | None = None) -> bool:
    """Whether the questions are all answered as wanted.

    What a comparison inside a text says of an unnamed one nobody knows: it counts as accepted, or only where its
    meaning is among `unknown`, if given.
    """
    return all(_accepts(one, sample, unknown) for one in asked)


def step_of(test: Test) -> int | None:
    """The distance of two neighbouring values in places; None where there is always one between."""
    if test.reference.kind is Kind.MONEY:
        return 2 * MILLIONTHS // 10 ** minor_digits(test.currency)
    if test.reference.kind is Kind.DATE:
        return 2
    return 2 * MILLIONTHS if test.reference.condition.is_whole else None


def _accepts(one: Asking, sample: Any, unknown: frozenset[Hashable] | None) -> bool:
    allowed = one.question.allowed
    if isinstance(allowed, Like) and (sample == UNNAMED or isinstance(sample, tuple)):
        return unknown is None or one.meaning in unknown
    return (sample in allowed) is one.question.wanted


def _words(one: Asking) -> Iterator[str]:
    if isinstance(one.question.allowed, AnyOf | frozenset):
        yield from (word for word in one.question.allowed if word is not None)


def _places(asked: Sequence[Asking], test: Test) -> set[Any]:
    found = {MISSING, 0} | ({INCOMPARABLE} if test.reference.kind is Kind.MONEY else set())
    step = step_of(test) or 1
    for one in asked:
        for edge in edges(one.question.allowed):
            if MISSING + 1 < edge < INCOMPARABLE:
                found |= {-(-edge // step) * step, (edge - 1) // step * step}
    return found
