"""Rules as the lint compares them: rows of questions by field, with a name for what each question means."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property

from orderflow.rules.expression import Expression, OverLines, Test
from orderflow.rules.index.questions import Like, Question, question_of
from orderflow.rules.index.readings import name_of
from orderflow.rules.index.rows import Literal, Row, rows_of
from orderflow.rules.rule import Rule


@dataclass(frozen=True)
class Asking:
    """One literal of a row: its question, and a name that is equal for literals that ask the same."""

    literal: Literal
    question: Question
    meaning: Hashable

    @property
    def test(self) -> Test | None:
        """The comparison; None for lines and for rules kept whole."""
        return self.literal.asked if isinstance(self.literal.asked, Test) else None


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
    return LintRule(rule, tuple(_row(row) for row in rows_of(expression)))


def meaning_of(expression: Expression) -> Hashable:
    """Equal for two expressions that ask the same, wherever they are written."""
    if isinstance(expression, Test):
        return (name_of(expression), expression.operator.code, expression.operand)
    if isinstance(expression, OverLines):
        return ("lines", expression.quantifier, meaning_of(expression.inner))
    return (expression.quantifier, frozenset(meaning_of(part) for part in expression.parts))


def _row(row: Row) -> LintRow:
    fields: dict[Hashable, tuple[Asking, ...]] = {}
    for literal in row:
        question = question_of(literal)
        meaning = meaning_of(literal.asked)
        name = question.name if isinstance(literal.asked, Test) else meaning
        if isinstance(literal.asked, Test) and not isinstance(question.allowed, Like):
            meaning = (name, question.allowed)
        fields[name] = (*fields.get(name, ()), Asking(literal, question, (meaning, question.wanted)))
    return LintRow(fields)
