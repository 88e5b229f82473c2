"""Rules looked up in tables, which takes little longer for thousands than for a hundred."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from orderflow.rules.index.questions import Asked, questions_of
from orderflow.rules.index.rows import Row
from orderflow.rules.index.table_set import TableSet
from orderflow.rules.index.tables import positions

# So many rows are asked one after the other before more tables are looked up.
FEW_ROWS = 64


class TabledRules:
    """Many rules, each as its rows, one bit a row."""

    def __init__(self, by_rule: Sequence[Sequence[Row]]) -> None:
        self._rule_of = [rule for rule, rows in enumerate(by_rule) for _ in rows]
        self._tables = TableSet([questions_of(row) for rows in by_rule for row in rows])

    def first(self, readings: Mapping[str, Any]) -> int | None:
        """The position of the first rule the order meets, or None.

        The rows that words leave possible are asked in turn, for one of the first is mostly met; only when many were
        not are the other tables looked up for the rest.
        """
        rows = self._tables.by_words(readings)
        places = positions(rows)
        found = next(self._met(islice(places, FEW_ROWS), self._tables.left_by_words, readings), None)
        place = next(places, None) if found is None else None
        if place is None:
            return found
        rest = self._tables.by_all(readings, rows >> place << place)
        return next(self._met(positions(rest), self._tables.left_by_all, readings), None)

    def all(self, readings: Mapping[str, Any]) -> list[int]:
        """The positions of all rules the order meets, in order."""
        rows = self._tables.by_all(readings, self._tables.by_words(readings))
        return list(dict.fromkeys(self._met(positions(rows), self._tables.left_by_all, readings)))

    def _met(self, places: Iterable[int], left: Sequence[Asked], readings: Mapping[str, Any]) -> Iterator[int]:
        """The rules of those rows whose questions the order passes. The innermost loop: nothing is called in it."""
        for place in places:
            for name, allowed, wanted in left[place]:
                if (readings[name] in allowed) is not wanted:
                    break
            else:
                yield self._rule_of[place]
