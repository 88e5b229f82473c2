"""All rules of a shop, asked at once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from orderflow.facts import RoutingFacts
from orderflow.rules.condition import Kind
from orderflow.rules.expression import Expression
from orderflow.rules.index.bits import Bits, positions
from orderflow.rules.index.columns import Columns, columns_of
from orderflow.rules.index.questions import Question, question_of
from orderflow.rules.index.readers import Reader, reader_of
from orderflow.rules.index.reading import Reading
from orderflow.rules.index.rows import rows_of

# Of very many rows most orders meet one of the first; so the first match is looked for among these alone, then in all.
EARLY_ROWS = 1024

# Questions as plain tuples of reader, allowed and wanted: named ones take twice as long to take apart.
Asked = tuple[tuple[Reader, Any, bool], ...]


class _Row(NamedTuple):
    """What a row asks that a table can answer, by field, and what no table can."""

    tabled: Mapping[str, Sequence[Question]]
    others: Sequence[Question]


class RuleIndex:
    """The expressions of rules, in the order they are asked; says which of them an order meets."""

    def __init__(self, expressions: Sequence[Expression], *, early_rows: int = EARLY_ROWS) -> None:
        by_rule = [rows_of(expression) for expression in expressions]
        asked = {literal: question_of(literal) for rows in by_rule for row in rows for literal in row}
        readers: dict[str, Reader] = {}
        for literal, question in asked.items():
            if question.name not in readers:
                readers[question.name] = reader_of(literal.asked)
        rows = [_row_of([asked[one] for one in row]) for rows in by_rule for row in rows]
        self._rule_of = [rule for rule, rows in enumerate(by_rule) for _ in rows]
        everything = (1 << len(rows)) - 1
        columns = columns_of([row.tabled for row in rows], readers, everything)
        self._all = Columns(columns, everything)
        self._early = self._all
        if len(rows) > 2 * early_rows:
            early = (1 << early_rows) - 1
            self._early = Columns([column.cut(early) for column in columns], early)
        self._others: dict[int, Asked] = {
            place: tuple([(readers[one.name], one.allowed, one.wanted) for one in row.others])
            for place, row in enumerate(rows)
            if row.others
        }
        self._with_others: Bits = sum(1 << place for place in self._others)

    def first(self, facts: RoutingFacts) -> int | None:
        """The position of the first expression the order meets, or None."""
        return self.first_of(self.read(facts))

    def all(self, facts: RoutingFacts) -> list[int]:
        """The positions of all expressions the order meets, in order."""
        return self.all_of(self.read(facts))

    def read(self, facts: RoutingFacts) -> Reading:
        """The order as this index takes it, for whoever asks more than once."""
        return self._all.read(facts)

    def first_of(self, reading: Reading) -> int | None:
        """The position of the first expression the order meets, or None."""
        found = self._first_among(self._early.possible(reading), reading)
        if found is None and self._early is not self._all:
            found = self._first_among(self._all.possible(reading), reading)
        return found

    def all_of(self, reading: Reading) -> list[int]:
        """The positions of all expressions the order meets, in order."""
        rows = self._all.possible(reading)
        if not rows:
            return []
        if rows & self._with_others:
            return list(dict.fromkeys(self._passed(rows, reading)))
        rule_of = self._rule_of
        return list(dict.fromkeys([rule_of[place] for place in positions(rows)]))

    def _first_among(self, rows: Bits, reading: Reading) -> int | None:
        if rows & self._with_others:
            return next(self._passed(rows, reading), None)
        return self._rule_of[(rows & -rows).bit_length() - 1] if rows else None

    def _passed(self, rows: Bits, reading: Reading) -> Iterator[int]:
        """The rules of these rows whose other questions the order answers as they want, too."""
        for place in positions(rows):
            if self._passes(self._others.get(place, ()), reading):
                yield self._rule_of[place]

    @staticmethod
    def _passes(asked: Asked, reading: Reading) -> bool:
        return all((reading.answer(reader) in allowed) is wanted for reader, allowed, wanted in asked)


def _row_of(questions: Sequence[Question]) -> _Row:
    """The row that asks these questions.

    Of a list a table answers only one question for a word: another member may have the second one.
    """
    tabled: dict[str, list[Question]] = {}
    others: list[Question] = []
    for question in questions:
        if question.kind is None:
            others.append(question)
            continue
        beside = tabled.setdefault(question.name, [])
        second_word = question.kind is Kind.TEXTS and question.wanted and any(one.wanted for one in beside)
        (others if second_word else beside).append(question)
    return _Row(tabled, others)
