"""All rules of a shop, asked at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from orderflow.facts import RoutingFacts
from orderflow.rules.expression import Expression
from orderflow.rules.index.in_turn import RulesInTurn
from orderflow.rules.index.readings import Reader, Readings, name_of, reader_of
from orderflow.rules.index.rows import rows_of
from orderflow.rules.index.tabled import TabledRules

# So many rules are asked one after the other sooner than tables are looked up.
FEW_RULES = 64


class RuleIndex:
    """The expressions of rules, in the order they are asked; says which of them an order meets.

    Few rules are asked in turn; many are looked up in tables.
    """

    def __init__(self, expressions: Sequence[Expression]) -> None:
        by_rule = [rows_of(expression) for expression in expressions]
        literals = (literal for rows in by_rule for row in rows for literal in row)
        self._readers: dict[str, Reader] = {name_of(one.asked): reader_of(one.asked) for one in literals}
        self._rules = RulesInTurn(by_rule) if len(by_rule) <= FEW_RULES else TabledRules(by_rule)

    def readings(self, facts: RoutingFacts) -> Readings:
        """What the order has in the fields these rules ask for."""
        return Readings(facts, self._readers)

    def first(self, readings: Mapping[str, Any]) -> int | None:
        """The position of the first expression the order meets, or None."""
        return self._rules.first(readings)

    def all(self, readings: Mapping[str, Any]) -> list[int]:
        """The positions of all expressions the order meets, in order."""
        return self._rules.all(readings)
