"""Values that rules leave out between them, like exactly 100 of "over 100" and "under 100", or a missing one."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from orderflow.rules.condition import Kind
from orderflow.rules.expression import Test
from orderflow.rules.lint.asking import Asking, LintRule
from orderflow.rules.lint.evidence import order_with, value_in_words
from orderflow.rules.lint.finding import LintCode, LintFinding
from orderflow.rules.lint.samples import ANOTHER_CURRENCY, ORDERED, accepts, bounds, samples, step_of


class Band(NamedTuple):
    """What one rule asks of the field in which it differs from others."""

    rule: LintRule
    asked: Sequence[Asking]


class Gap(NamedTuple):
    """Values nobody takes between two bands, in words, with the first of them; a single one is hardly meant."""

    lower: Band
    upper: Band
    span: str
    first: Any
    is_single: bool


# What else the rules of bands ask, the field they differ in, and the currency they name there.
Beside = tuple[frozenset[Hashable], Hashable, str]


def holes(rules: Sequence[LintRule]) -> Iterator[LintFinding]:
    """Values that fall between rules that ask the same otherwise.

    A hole of a single number is always told; a wider one, and a missing answer to a yes-or-no question both of whose
    answers are ruled on, where nothing takes it.
    """
    for (others, name, _), bands in _bands(rules).items():
        test = bands[0].asked[0].test
        if test is None or len({one.rule.rule.id for one in bands}) < 2:
            continue
        catching = _catching(rules, others, bands)
        if test.reference.kind in ORDERED:
            yield from (_told(gap, name, test, catching) for gap in _gaps(bands, test) if gap.is_single or not catching)
        elif test.reference.kind is Kind.FLAG and not catching:
            yield from _missing(bands, name, test)


def _bands(rules: Sequence[LintRule]) -> Mapping[Beside, list[Band]]:
    bands: dict[Beside, list[Band]] = defaultdict(list)
    for rule in rules:
        for row in rule.rows:
            for name, asked in row.fields.items():
                currency = asked[0].test.currency if asked[0].test else ""
                bands[row.without(name), name, currency].append(Band(rule, asked))
    return bands


def _catching(rules: Sequence[LintRule], others: frozenset[Hashable], bands: Sequence[Band]) -> str:
    """What takes an order that falls through, in words; "" where nothing does."""
    if any(one.rule.rule.otherwise is not None for one in bands):
        return "the else branch"
    return next((rule.rule.id for rule in rules for row in rule.rows if row.meanings <= others), "")


def _gaps(bands: Sequence[Band], test: Test) -> Iterator[Gap]:
    """The stretches nobody takes between values that two different rules take, from low to high."""
    everything = samples([asking for one in bands for asking in one.asked])
    line = [one for one in everything if one is not None and getattr(one, "currency", "") != ANOTHER_CURRENCY]
    taken = [[band for band in bands if accepts(band.asked, one)] for one in line]
    named = {bound for one in bands for asking in one.asked if asking.test for bound in bounds(asking.test)}
    ends = [position for position, takers in enumerate(taken) if takers]
    for before, after in pairwise(ends):
        lower, upper = taken[before][-1], taken[after][0]
        if after - before > 1 and lower.rule is not upper.rule:
            span, is_single = _span(line[before : after + 1], test, named)
            yield Gap(lower, upper, span, line[before + 1], is_single)


def _span(stretch: Sequence[Any], test: Test, named: set[Any]) -> tuple[str, bool]:
    """The values between the ends of the stretch in words, and whether there is but one.

    Where there is always a value between two, one that no rule names stands for all between its neighbours.
    """
    low, *inside, high = stretch
    said = [value_in_words(test, one) for one in (low, inside[0], inside[-1], high)]
    exact = [step_of(test) is not None or getattr(one, "amount", one) in named for one in (inside[0], inside[-1])]
    if len(inside) == 1 and exact[0]:
        return f"exactly {said[1]}", True
    begin = f"from {said[1]}" if exact[0] else f"over {said[0]}"
    return f"{begin} {f'to {said[2]}' if exact[1] else f'and under {said[3]}'}", False


def _told(gap: Gap, name: Hashable, test: Test, catching: str) -> LintFinding:
    lower, upper = gap.lower.rule.rule.id, gap.upper.rule.rule.id
    return LintFinding(
        code=LintCode.NUMERIC_HOLE,
        rule_ids=(upper, lower),
        message=f"{test.reference} of {gap.span} meets neither {lower} nor {upper}"
        f" and falls to {catching or 'no rule'}",
        example=order_with({name: (gap.upper.asked, gap.first)}),
        remedy="use gte or lte in one of the two",
    )


def _missing(bands: Sequence[Band], name: Hashable, test: Test) -> Iterator[LintFinding]:
    everything = samples([asking for one in bands for asking in one.asked])
    if [one for one in everything if not any(accepts(band.asked, one) for band in bands)] != [None]:
        return
    ids = tuple(dict.fromkeys(one.rule.rule.id for one in bands))
    yield LintFinding(
        code=LintCode.MISSING_HOLE,
        rule_ids=ids,
        message=f"an order of which nobody knows {test.reference} meets none of {', '.join(ids)}",
        example=order_with({name: (bands[0].asked, None)}),
        remedy="give one of them an else branch, or ask with ne instead of eq in one of them",
    )
