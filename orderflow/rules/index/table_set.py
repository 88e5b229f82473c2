"""The tables of all fields, looked up together."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import and_, getitem, itemgetter
from typing import Any

from orderflow.rules.condition import Kind
from orderflow.rules.index.questions import Asked, Question, plain
from orderflow.rules.index.readings import ORDERED
from orderflow.rules.index.tables import Asking, Bits, list_table, place_table, word_table

Row = Sequence[Question]
WORDS = frozenset({Kind.TEXT, Kind.FLAG})

_mask: Any = dict.get


class TableSet:
    """What every field of an order leaves possible of some rows, in two steps: by words, and by numbers and lists.

    `left_by_words` and `left_by_all` are what is left to ask of each row after the step. All words, and all numbers,
    are looked up in one go, so that the loop over the fields is the interpreter's own.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self._everything: Bits = (1 << len(rows)) - 1
        fields: dict[str, list[Asking]] = defaultdict(list)
        self.left_by_words: list[Asked] = []
        self.left_by_all: list[Asked] = []
        for place, row in enumerate(rows):
            asked, left = _split(row)
            self.left_by_words.append(plain(one for one in row if one.kind not in WORDS))
            self.left_by_all.append(plain(left))
            for name, questions in asked.items():
                fields[name].append((1 << place, questions))
        self._build(fields)

    def by_words(self, readings: Mapping[str, Any]) -> Bits:
        """The rows that no table of words or flags excludes."""
        return reduce(and_, map(_mask, self._words, self._read_words(readings), self._others), self._everything)

    def by_all(self, readings: Mapping[str, Any], rows: Bits) -> Bits:
        """Those of the rows that no other table excludes either."""
        regions = map(bisect_right, self._edges, self._read_places(readings))
        rows = reduce(and_, map(getitem, self._places, regions), rows)
        for name, table in self._lists:
            rows &= table.look(readings[name])
        return rows

    def _build(self, fields: Mapping[str, list[Asking]]) -> None:
        everything = self._everything
        kinds = {name: askers[0][1][0].kind for name, askers in fields.items()}
        words = {name: word_table(fields[name], everything) for name in fields if kinds[name] in WORDS}
        places = {name: place_table(fields[name], everything) for name in fields if kinds[name] in ORDERED}
        lists = {name: list_table(fields[name], everything) for name in fields if kinds[name] is Kind.TEXTS}
        self._read_words, self._read_places = _picker(tuple(words)), _picker(tuple(places))
        self._words = [table.masks for table in words.values()]
        self._others = [table.other for table in words.values()]
        self._edges = [table.edges for table in places.values()]
        self._places = [table.masks for table in places.values()]
        self._lists = tuple(lists.items())


def _split(row: Row) -> tuple[Mapping[str, list[Question]], tuple[Question, ...]]:
    """What the row asks of tables, by field, and what is left to ask."""
    asked: dict[str, list[Question]] = defaultdict(list)
    left = []
    for question in row:
        if question.kind is None or _overtaxes(question, asked.get(question.name, ())):
            left.append(question)
        else:
            asked[question.name].append(question)
    return asked, tuple(left)


def _overtaxes(question: Question, beside: Sequence[Question]) -> bool:
    """Whether a list is already asked for a word: another member may have the second one, which no table can tell."""
    return question.kind is Kind.TEXTS and question.wanted and any(one.wanted for one in beside)


def _picker(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """The function that reads these names at once."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda readings: tuple(readings[name] for name in names)
