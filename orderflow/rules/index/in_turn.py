"""Rules asked one after the other, which is fastest where there are few."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orderflow.rules.index.questions import Asked, plain, questions_of
from orderflow.rules.index.rows import Row, in_common


class RulesInTurn:
    """A few rules, each as the questions all its rows share and what else its rows ask."""

    def __init__(self, by_rule: Sequence[Sequence[Row]]) -> None:
        shared = [in_common(rows) for rows in by_rule]
        self._rules = [
            (rule, plain(questions_of(common)), tuple(plain(questions_of(rest)) for rest in rests))
            for rule, (common, rests) in enumerate(shared)
        ]

    def first(self, readings: Mapping[str, Any]) -> int | None:
        """The position of the first rule the order meets, or None."""
        return next(self._met(readings), None)

    def all(self, readings: Mapping[str, Any]) -> list[int]:
        """The positions of all rules the order meets."""
        return list(self._met(readings))

    def _met(self, readings: Mapping[str, Any]) -> Iterator[int]:
        for rule, common, rests in self._rules:
            for name, allowed, wanted in common:
                if (readings[name] in allowed) is not wanted:
                    break
            else:
                if not rests or any(_passes(rest, readings) for rest in rests):
                    yield rule


def _passes(asked: Asked, readings: Mapping[str, Any]) -> bool:
    return all((readings[name] in allowed) is wanted for name, allowed, wanted in asked)
