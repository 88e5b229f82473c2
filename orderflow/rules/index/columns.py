"""The tables of all fields some rows ask for, looked up one after the other."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from orderflow.facts import RoutingFacts
from orderflow.rules.index.bits import Bits
from orderflow.rules.index.questions import Question
from orderflow.rules.index.readers import Reader
from orderflow.rules.index.reading import UNREAD, Reading
from orderflow.rules.index.tables import Asking, PlaceTable, Table, WordTable, table_of


class Column(NamedTuple):
    """A field, the rows that ask for it, and its table. A late one is only read while one of its askers is possible."""

    read: Reader
    askers: Bits
    table: Table
    is_late: bool

    def cut(self, rows: Bits) -> "Column":
        """The same field for some of the rows only."""
        return self._replace(askers=self.askers & rows, table=self.table.cut(rows))


class Columns:
    """The tables of some rows, those first that exclude most.

    The innermost loops are here: nothing is called in them that need not be, and lists side by side are taken apart
    faster than a list of tuples.
    """

    def __init__(self, columns: Sequence[Column], everything: Bits) -> None:
        self._everything = everything
        words = [(c, c.table) for c in columns if isinstance(c.table, WordTable) and not c.is_late]
        places = [(c, c.table) for c in columns if isinstance(c.table, PlaceTable) and not c.is_late]
        self._word_readers = [column.read for column, _ in words]
        self._gets = [table.masks.get for _, table in words]
        self._others = [table.other for _, table in words]
        self._place_readers = [column.read for column, _ in places]
        self._edges = [table.edges for _, table in places]
        self._masks = [table.masks for _, table in places]
        self._late = [c for c in columns if c.is_late or not isinstance(c.table, WordTable | PlaceTable)]

    def read(self, facts: RoutingFacts) -> Reading:
        """The order as these tables take it."""
        return Reading(
            facts,
            [read(facts) for read in self._word_readers],
            [read(facts) for read in self._place_readers],
            [UNREAD] * len(self._late),
        )

    def possible(self, reading: Reading) -> Bits:
        """The rows no table excludes."""
        rows = self._everything
        for get, other, word in zip(self._gets, self._others, reading.words, strict=True):
            rows &= get(word, other)
        if rows:
            for edges, masks, place in zip(self._edges, self._masks, reading.places, strict=True):
                rows &= masks[bisect_right(edges, place)]
        return self._without_late(rows, reading) if rows and self._late else rows

    def _without_late(self, rows: Bits, reading: Reading) -> Bits:
        values = reading.late
        for number, column in enumerate(self._late):
            if rows & column.askers:
                value = values[number]
                if value is UNREAD:
                    value = values[number] = column.read(reading.facts)
                rows &= column.table.possible(value)
        return rows


def columns_of(
    rows: Sequence[Mapping[str, Sequence[Question]]], readers: Mapping[str, Reader], everything: Bits
) -> list[Column]:
    """Every field these rows ask for, those first that leave the fewest rows on average."""
    return sorted(_columns(rows, readers, everything), key=lambda column: column.table.average())


def _columns(
    rows: Sequence[Mapping[str, Sequence[Question]]], readers: Mapping[str, Reader], everything: Bits
) -> Iterator[Column]:
    askers: dict[str, list[Asking]] = defaultdict(list)
    for place, row in enumerate(rows):
        for name, questions in row.items():
            askers[name].append((1 << place, questions))
    for name, asking in askers.items():
        one = asking[0][1][0]
        table = table_of(one.kind, asking, everything)
        yield Column(readers[name], sum(bit for bit, _ in asking), table, one.is_reckoned)
