"""Orders in words that show a finding: "an order with customer_tier VIP and order_value $500.00"."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from orderflow.money import Money
from orderflow.rules.expression import Test
from orderflow.rules.lint.asking import Asking, LintRow
from orderflow.rules.lint.coverage import passing
from orderflow.rules.lint.samples import UNNAMED, samples
from orderflow.rules.sentences import sentence, shown

# What an order has in one field, as a sample, with the comparisons that are asked of it.
Chosen = tuple[Sequence[Asking], Any]


def order_passing(row: LintRow) -> str:
    """An order that passes the row."""
    return order_with({name: (asked, _plainest(asked)) for name, asked in row.fields.items()})


def order_with(fields: Mapping[Hashable, Chosen]) -> str:
    """An order with these values; any order where there are none."""
    parts = [having(*one) for one in fields.values()]
    return f"for example an order with {' and '.join(parts)}" if parts else "for example any order"


def refused_anyway(asked: Sequence[Asking]) -> str:
    """For comparisons that exclude each other: the value that passes most of them, and the one it fails."""
    best = max(samples(asked), key=lambda one: sum(asking.accepts(one) for asking in asked))
    failed = next((asking for asking in asked if not asking.accepts(best)), asked[-1])
    return f'for example {having(asked, best)} fails "{failed}"'


def having(asked: Sequence[Asking], sample: Any) -> str:
    """The field with its value: "order_value $500.00"; for lines, whether they are as asked."""
    test = next((one.test for one in asked if one.test is not None), None)
    if test is None:
        asking = sentence(asked[0].asked)
        return f"lines where {asking}" if sample else f"lines where it is not so that {asking}"
    return f"{test.reference} {value_in_words(test, sample, asked)}"


def value_in_words(test: Test, sample: Any, asked: Iterable[Asking] = ()) -> str:
    """One value as people write it; a text no rule names as such."""
    if isinstance(sample, tuple):
        return " and ".join(value_in_words(test, member, asked) for member in sample)
    if sample != UNNAMED:
        return str(sample) if isinstance(sample, Money) else shown(sample)
    inside = [str(one).removeprefix(f"{test.reference} ") for one in asked if one.looks_inside and one.is_positive]
    return f"that {' and '.join(inside)}" if inside else "that no rule names"


def _plainest(asked: Sequence[Asking]) -> Any:
    """The first sample that passes, one that a rule names rather than none."""
    able = list(passing(asked))
    named = (one for one in able if one is not None and one != UNNAMED)
    return next(chain(named, able), None)
