"""Numbers that two rules leave out between them, like exactly 100 of "over 100" and "under 100"."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from orderflow.money import Money
from orderflow.rules.condition import Kind
from orderflow.rules.expression import Test
from orderflow.rules.index.places import MILLIONTHS
from orderflow.rules.index.readings import ORDERED
from orderflow.rules.lint.finding import LintCode, LintFinding
from orderflow.rules.lint.meaning import LintRow, LintRule
from orderflow.rules.lint.samples import step_of


class Band(NamedTuple):
    """The values one rule takes: the places from `start` until just before `stop`."""

    start: int
    stop: int
    rule: LintRule
    test: Test


def numeric_holes(rules: Sequence[LintRule]) -> Iterator[LintFinding]:
    """Holes between bands of rules that ask the same otherwise.

    A hole of a single value is always told, as it is hardly meant. A wider one is told where nothing takes it.
    """
    for others, bands in _bands(rules).items():
        catching = next((rule for rule in rules for row in rule.rows if row.meanings <= others[0]), None)
        for lower, upper in pairwise(_merged(bands)):
            if (finding := _hole(lower, upper, catching)) is not None:
                yield finding


def _bands(rules: Sequence[LintRule]) -> Mapping[tuple[frozenset[Hashable], Hashable], list[Band]]:
    """The bands by what else their rows ask and the field they are of."""
    bands: dict[tuple[frozenset[Hashable], Hashable], list[Band]] = defaultdict(list)
    for rule in rules:
        for row in rule.rows:
            for name in row.fields:
                if (band := _band(rule, row, name)) is not None:
                    bands[row.without(name), name].append(band)
    return bands


def _band(rule: LintRule, row: LintRow, name: Hashable) -> Band | None:
    asked = row.fields[name]
    test = asked[0].test
    if test is None or test.reference.kind not in ORDERED:
        return None
    ranges = [one.question.allowed for one in asked if one.question.wanted and isinstance(one.question.allowed, range)]
    if len(ranges) < len(asked):
        return None
    return Band(max(one.start for one in ranges), min(one.stop for one in ranges), rule, test)


def _merged(bands: list[Band]) -> Iterator[Band]:
    """The bands from low to high, each reaching as far as those that overlap it."""
    last: Band | None = None
    for band in sorted(bands, key=lambda one: one[:2]):
        if last is None or band.start > last.stop:
            if last is not None:
                yield last
            last = band
        elif band.stop > last.stop:
            last = band._replace(start=last.start)
    if last is not None:
        yield last


def _hole(lower: Band, upper: Band, catching: LintRule | None) -> LintFinding | None:
    step = step_of(lower.test) or 1
    first, last = -(-lower.stop // step) * step, (upper.start - 1) // step * step
    has_else = lower.rule.rule.otherwise is not None or upper.rule.rule.otherwise is not None
    if first > last or lower.rule is upper.rule or (first < last and (catching or has_else)):
        return None
    span = f"exactly {_shown(first, lower.test)}"
    if first < last:
        span = f"from {_shown(first, lower.test)} to {_shown(last, lower.test)}"
    return LintFinding(
        code=LintCode.NUMERIC_HOLE,
        rule_id=upper.rule.rule.id,
        message=f"{lower.test.reference} of {span} meets neither {lower.rule.rule.id} nor {upper.rule.rule.id}"
        f" and falls to {_catcher(catching, has_else=has_else)}",
        remedy="use gte or lte in one of the two",
    )


def _catcher(catching: LintRule | None, *, has_else: bool) -> str:
    if has_else:
        return "the else branch"
    return catching.rule.id if catching else "no rule"


def _shown(place: int, test: Test) -> str:
    if test.reference.kind is Kind.DATE:
        return date.fromordinal(place // 2).isoformat()
    amount = Decimal(place) / (2 * MILLIONTHS)
    if test.reference.kind is Kind.MONEY:
        return str(Money(amount=amount, currency=test.currency))
    return f"{amount.normalize():f}"
