"""Rules as the lint compares them: rows of comparisons by the field they ask, all of which must hold."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from orderflow.rules.expression import Expression, OverLines, Test
from orderflow.rules.index.rows import Row, rows_of
from orderflow.rules.operators import POSITIVE_OF
from orderflow.rules.rule import Rule
from orderflow.rules.sentences import sentence

# What a comparison inside a text says of others: a text that begins with "gold" contains "old".
_TELLS_OF = {
    "contains": {"contains"},
    "starts_with": {"contains", "starts_with"},
    "ends_with": {"contains", "ends_with"},
}


@dataclass(frozen=True)
class Asking:
    """A comparison that must be true (or false, where not `wanted`); questions over lines are true or false as a whole.

    `meaning` is equal for two that ask the same, however they are written.
    """

    asked: Expression
    wanted: bool

    @cached_property
    def test(self) -> Test | None:
        """The comparison; None for lines and for rules kept whole."""
        return self.asked if isinstance(self.asked, Test) else None

    @property
    def field(self) -> Hashable:
        """What is asked about."""
        return field_of(self.asked)

    @cached_property
    def meaning(self) -> Hashable:
        """What is asked, and the answer wanted."""
        return _meaning(self.asked), self.wanted

    @cached_property
    def looks_inside(self) -> bool:
        """Whether it looks inside a text, so that what it says of a text that no rule names is not known."""
        return self.test is not None and _code(self.test) in _TELLS_OF

    @cached_property
    def is_positive(self) -> bool:
        """Whether a value must pass the comparison, rather than fail it."""
        return self.test is not None and self.wanted is not self.test.operator.negative

    def accepts(self, value: Any) -> bool:
        """Whether the answer for this value is the wanted one."""
        return (self.test.holds_for(value) if self.test else value) is self.wanted

    def tells(self, other: "Asking") -> bool | None:
        """What a text no rule names, that this one accepts, is to the other: accepted, refused, or None: unknown."""
        if self.meaning == other.meaning:
            return True
        if self.test is None or other.test is None or not (self.is_positive and self.looks_inside):
            return None
        if _code(other.test) not in _TELLS_OF[_code(self.test)]:
            return None
        found = other.test.operator.test(self.test.operand, other.test.operand)
        return other.is_positive if found else None

    def __str__(self) -> str:
        return sentence(self.asked) if self.wanted else f"not ({sentence(self.asked)})"


@dataclass(frozen=True)
class LintRow:
    """One way to meet a rule, by the field that is asked."""

    fields: Mapping[Hashable, tuple[Asking, ...]]

    @cached_property
    def meanings(self) -> frozenset[Hashable]:
        """All that is asked."""
        return frozenset(one.meaning for field in self.fields.values() for one in field)

    def without(self, name: Hashable) -> frozenset[Hashable]:
        """All that is asked of other fields."""
        return self.meanings - {one.meaning for one in self.fields[name]}


@dataclass(frozen=True)
class LintRule:
    """A rule with its rows."""

    rule: Rule
    rows: tuple[LintRow, ...]

    @property
    def always_ends(self) -> bool:
        """Whether no later rule is asked, whether this one is met or not."""
        unmet_ends = self.rule.otherwise is not None and self.rule.on_else == "stop"
        return self.rule.on_match == "stop" and unmet_ends

    def is_in_force_whenever(self, other: "LintRule") -> bool:
        """Whether the dates of the other rule lie within the dates of this one."""
        mine, its = self.rule, other.rule
        begins = mine.effective_from is None or (its.effective_from and mine.effective_from <= its.effective_from)
        ends = mine.effective_until is None or (its.effective_until and its.effective_until <= mine.effective_until)
        return bool(begins and ends)


def lint_rule(rule: Rule, expression: Expression) -> LintRule:
    """The rule as the lint compares it."""
    return LintRule(rule, rows_to_compare(expression))


def rows_to_compare(expression: Expression) -> tuple[LintRow, ...]:
    """The ways to meet the expression."""
    return tuple(_row(row) for row in rows_of(expression))


def field_of(asked: Expression) -> Hashable:
    """Equal for two comparisons of the same thing; a made-up field read as a number is another than as text."""
    return (str(asked.reference), asked.reference.kind) if isinstance(asked, Test) else _meaning(asked)


def _row(row: Row) -> LintRow:
    fields: dict[Hashable, tuple[Asking, ...]] = {}
    for literal in row:
        one = Asking(literal.asked, literal.wanted)
        fields[one.field] = (*fields.get(one.field, ()), one)
    return LintRow(fields)


def _meaning(expression: Expression) -> Hashable:
    """Equal for two expressions that ask the same, wherever they are written; to equal one is to be one of one."""
    if isinstance(expression, OverLines):
        return ("lines", expression.quantifier, _meaning(expression.inner))
    if not isinstance(expression, Test):
        return (expression.quantifier, frozenset(_meaning(part) for part in expression.parts))
    code, operand = _code(expression), expression.operand
    if code in {"eq", "in"}:
        code, operand = "in", frozenset(operand if isinstance(operand, tuple) else (operand,))
    return (field_of(expression), expression.currency, code, operand, expression.operator.negative)


def _code(test: Test) -> str:
    return POSITIVE_OF.get(test.operator.code, test.operator.code)
