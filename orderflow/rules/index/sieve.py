"""The tables of the fields that tell most of some rows apart, looked up one after the other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from orderflow.facts import RoutingFacts
from orderflow.rules.condition import Kind
from orderflow.rules.index.bits import Bits, positions
from orderflow.rules.index.questions import Question, cost_of
from orderflow.rules.index.readings import Reader
from orderflow.rules.index.tables import Asking, Table, table_of

# Questions as plain tuples of reader, allowed and wanted: named ones take twice as long to take apart.
Asked = tuple[tuple[Reader, Any, bool], ...]

_UNREAD = object()


class Row(NamedTuple):
    """What a row asks that a table could answer, by field, and what no table can."""

    tabled: Mapping[str, Sequence[Question]]
    others: Sequence[Question]


class _Field(NamedTuple):
    """A field that could be looked up: what that costs, and the share of the rows an order is left with after it."""

    name: str
    table: Table
    cost: float
    passing: float


class Sieve:
    """Some rows, of which those that an order passes fall through.

    1. Fields are looked up in tables, the one that excludes most rows for its cost first; each look is an AND.
    2. A field that excludes fewer rows than its look costs has no table: the rows that are left are asked in turn.
    """

    def __init__(self, rows: Sequence[Row], readers: Mapping[str, Reader]) -> None:
        self._everything: Bits = (1 << len(rows)) - 1
        chosen = _worth_a_look(_fields(rows, self._everything), len(rows))
        self._looks = [field.table.look(readers[field.name]) for field in chosen]
        names = {field.name for field in chosen}
        self._left: list[Asked] = [
            tuple([(readers[one.name], one.allowed, one.wanted) for one in _left(row, names)]) for row in rows
        ]

    def passed(self, facts: RoutingFacts) -> Iterator[int]:
        """The places of the rows the order passes. The innermost loop: nothing is called in it but what reads."""
        rows = self._everything
        for look in self._looks:
            rows &= look(facts)
            if not rows:
                return
        left, known = self._left, {}
        for place in positions(rows):
            for reader, allowed, wanted in left[place]:
                reading = known.get(reader, _UNREAD)
                if reading is _UNREAD:
                    reading = known[reader] = reader(facts)
                if (reading in allowed) is not wanted:
                    break
            else:
                yield place


def row_of(questions: Sequence[Question]) -> Row:
    """The row that asks these questions.

    Of a list a table answers only one question for a word: another member may have the second one.
    """
    tabled: dict[str, list[Question]] = {}
    others = []
    for question in questions:
        beside = tabled.setdefault(question.name, []) if question.kind is not None else []
        second_word = question.kind is Kind.TEXTS and question.wanted and any(one.wanted for one in beside)
        (others if question.kind is None or second_word else beside).append(question)
    return Row(tabled, others)


def _fields(rows: Sequence[Row], everything: Bits) -> list[_Field]:
    """Every field a table can be made for."""
    askers: dict[str, list[Asking]] = defaultdict(list)
    for place, row in enumerate(rows):
        for name, questions in row.tabled.items():
            askers[name].append((1 << place, questions))
    return [_field(name, asking, everything) for name, asking in askers.items()]


def _field(name: str, asking: Sequence[Asking], everything: Bits) -> _Field:
    one = asking[0][1][0]
    table = table_of(one.kind, asking, everything)
    samples = [rows.bit_count() for rows in table.samples()]
    return _Field(name, table, cost_of(one), sum(samples) / len(samples) / everything.bit_count())


def _worth_a_look(fields: list[_Field], row_count: float) -> list[_Field]:
    """The fields whose look spares more questions than it costs, the best first."""
    ranked = sorted(fields, key=lambda field: (1 - field.passing) / field.cost, reverse=True)
    chosen = []
    for field in ranked:
        if row_count * (1 - field.passing) > field.cost:
            chosen.append(field)
            row_count *= field.passing
    return chosen


def _left(row: Row, names: set[str]) -> Sequence[Question]:
    """The questions that the tables of these fields do not answer, the cheap ones first."""
    return [one for name, asked in row.tabled.items() if name not in names for one in asked] + [*row.others]
