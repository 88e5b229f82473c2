"""The values that tell comparisons of one field apart: enough of them to decide what holds for all values.

They are values as an order has them, so that each is also an example a person can try.
"""

import inspect
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import combinations, pairwise
from math import comb
from typing import Any

from orderflow.money import Money, minor_digits
from orderflow.rules.condition import Kind
from orderflow.rules.expression import Test
from orderflow.rules.lint.asking import Asking

ORDERED = frozenset({Kind.NUMBER, Kind.MONEY, Kind.DATE})

# A text and a currency that no rule names.
UNNAMED = "\0"
ANOTHER_CURRENCY = "XXX"

MOST_SAMPLES = 2_000


def samples(asked: Sequence[Asking]) -> list[Any]:
    """For every value there is one sample that all these comparisons answer alike; the plainest come first."""
    tests = [one.test for one in asked if one.test is not None]
    if not tests:
        return [True, False]
    kind, missing = tests[0].reference.kind, [None] if may_be_missing(tests[0]) else []
    if kind is Kind.FLAG:
        return [True, False, *missing]
    if kind in ORDERED:
        return [*(_amounts(tests) if kind is Kind.MONEY else _values(tests)), *missing]
    words = _named_words(tests)
    if kind is Kind.TEXT:
        return [*words, None]
    most = _most_members(asked) if are_enough(asked) else 1
    return [*(members for size in range(1, most + 1) for members in combinations(words, size)), None]


def are_enough(asked: Sequence[Asking]) -> bool:
    """Whether the samples decide for all values: not for lists of which the rules name very many words.

    Of those only lists of one word are among the samples.
    """
    tests = [one.test for one in asked if one.test is not None]
    if not tests or tests[0].reference.kind is not Kind.TEXTS:
        return True
    words = len(_named_words(tests))
    return sum(comb(words, size) for size in range(1, _most_members(asked) + 1)) <= MOST_SAMPLES


def _most_members(asked: Sequence[Asking]) -> int:
    """Longer lists tell nothing more: one member for each comparison that needs one, and another."""
    return 1 + sum(one.is_positive for one in asked)


def _named_words(tests: Sequence[Test]) -> list[str]:
    return [*dict.fromkeys(word for test in tests for word in _words(test)), UNNAMED]


def accepts(asked: Sequence[Asking], sample: Any, *, known: Iterable[Asking] | None = None) -> bool:
    """Whether the comparisons are all answered as wanted.

    What a comparison inside a text says of an unnamed one nobody knows: it counts as accepted, or, if `known` are
    given, only where these, which the text has passed, say so.
    """
    return all(_accepts(one, sample, known) for one in asked)


def step_of(test: Test) -> Decimal | timedelta | None:
    """The distance of two neighbouring values; None where there is always one between."""
    if test.reference.kind is Kind.MONEY:
        return Decimal(1).scaleb(-minor_digits(test.currency))
    if test.reference.kind is Kind.DATE:
        return timedelta(days=1)
    return Decimal(1) if test.reference.condition.is_whole else None


def may_be_missing(test: Test) -> bool:
    """Whether there are orders that have nothing there: a text may be empty, a number only if its condition says so."""
    returned = inspect.get_annotations(test.reference.condition.read).get("return")
    return returned not in (bool, int, float, date, Money)


def bounds(test: Test) -> tuple[Any, ...]:
    """The numbers or days that the comparison names."""
    if test.operator.takes == "flag":
        return ()
    return test.operand if isinstance(test.operand, tuple) else (test.operand,)


def _accepts(one: Asking, sample: Any, known: Iterable[Asking] | None) -> bool:
    if not (one.looks_inside and _is_unnamed(sample)):
        return one.accepts(sample)
    return known is None or any(other.tells(one) for other in known)


def _is_unnamed(sample: Any) -> bool:
    return sample == UNNAMED or (isinstance(sample, tuple) and UNNAMED in sample)


def _words(test: Test) -> Iterator[str]:
    """The texts a comparison names, as they are written."""
    if test.operator.takes == "flag":
        return
    yield from (test.written if test.operator.takes == "list" else (test.written,))


def _amounts(tests: Sequence[Test]) -> list[Money]:
    by_currency: dict[str, list[Test]] = {}
    for test in tests:
        by_currency.setdefault(test.currency, []).append(test)
    found = [
        Money(amount=amount, currency=currency)
        for currency, asking in by_currency.items()
        for amount in _values(asking)
    ]
    return [*found, Money(amount=Decimal(1), currency=ANOTHER_CURRENCY)]


def _values(tests: Sequence[Test]) -> list[Any]:
    """Every bound, and a value on each side of it and between it and the next."""
    found = sorted({value for test in tests for value in bounds(test)})
    step = step_of(tests[0])
    if not found:
        return [date(2024, 1, 1) if isinstance(step, timedelta) else Decimal(0)]
    if step is None:
        between = [(low + high) / 2 for low, high in pairwise(found)]
        return sorted({*found, *between, found[0] - 1, found[-1] + 1})
    around = {near for value in found for near in _neighbours(value, step)}
    return sorted(around)


def _neighbours(value: Any, step: Any) -> Iterator[Any]:
    """The nearest values there are: the value and those a step away; for one between two steps, those two."""
    if isinstance(value, date):
        yield from (value - step, value, value + step)
        return
    steps = Decimal(value) / step
    low, high = steps.to_integral_value(ROUND_FLOOR), steps.to_integral_value(ROUND_CEILING)
    yield from ((low * step, high * step) if low != high else ((low - 1) * step, low * step, (low + 1) * step))
