"""All rules of a shop, asked at once."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from orderflow.facts import RoutingFacts
from orderflow.rules.expression import Expression
from orderflow.rules.index.questions import question_of, ranked
from orderflow.rules.index.readings import Reader, reader_of
from orderflow.rules.index.rows import rows_of
from orderflow.rules.index.sieve import Sieve, row_of

# Every stretch reads its fields anew, so a second one must be rare: only very many rules are cut at all.
FIRST_ROWS = 4096
GROWTH = 8


class RuleIndex:
    """The expressions of rules, in the order they are asked; says which of them an order meets.

    A sieve is built when it is first needed: who asks for the first rule never needs the sieve of all.
    """

    def __init__(self, expressions: Sequence[Expression], *, first_rows: int = FIRST_ROWS) -> None:
        self._first_rows = first_rows
        by_rule = [rows_of(expression) for expression in expressions]
        asked = {literal: question_of(literal) for rows in by_rule for row in rows for literal in row}
        self._readers: dict[str, Reader] = {}
        for literal, question in asked.items():
            if question.name not in self._readers:
                self._readers[question.name] = reader_of(literal.asked)
        self._rule_of = [rule for rule, rows in enumerate(by_rule) for _ in rows]
        self._rows = [row_of(ranked([asked[one] for one in row])) for rows in by_rule for row in rows]

    def first(self, facts: RoutingFacts) -> int | None:
        """The position of the first expression the order meets, or None."""
        for start, sieve in self._stretches:
            for place in sieve.passed(facts):
                return self._rule_of[start + place]
        return None

    def all(self, facts: RoutingFacts) -> list[int]:
        """The positions of all expressions the order meets, in order."""
        rule_of = self._rule_of
        return list(dict.fromkeys([rule_of[place] for place in self._whole.passed(facts)]))

    @cached_property
    def _whole(self) -> Sieve:
        return Sieve(self._rows, self._readers)

    @cached_property
    def _stretches(self) -> tuple[tuple[int, Sieve], ...]:
        """Where each stretch of rows starts, and its sieve."""
        cuts = _cut(len(self._rows), self._first_rows)
        return tuple((start, Sieve(self._rows[start:end], self._readers)) for start, end in cuts)


def _cut(row_count: int, length: int) -> Iterator[tuple[int, int]]:
    """Stretches of rows, each longer than the one before."""
    start = 0
    while start < row_count:
        yield start, min(start + length, row_count)
        start, length = start + length, length * GROWTH
