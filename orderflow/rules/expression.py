"""What a rule's conditions mean, once they are understood: tests, joined by all, any and none.

`meets` is their plain reading, one condition after the other: slow, obviously right, and what the index is held to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from orderflow.facts import RoutingFacts
from orderflow.money import Money
from orderflow.order import OrderLine
from orderflow.rules.comparable import comparable
from orderflow.rules.operators import Operator
from orderflow.rules.reference import Reference

Quantifier = Literal["all", "any", "none"]
QUANTIFIERS: tuple[Quantifier, ...] = get_args(Quantifier)


@dataclass(frozen=True, eq=False)
class Test:
    """One comparison. `written` is the operand as written, `operand` in comparable form, amounts in `currency`."""

    reference: Reference
    operator: Operator
    operand: Any
    path: str
    currency: str
    written: Any

    def holds_for(self, value: Any) -> bool:
        """Whether a value as the condition read it passes; money of another currency never does."""
        if self.is_incomparable(value):
            return self.operator.code == "exists" and self.operand
        key = None if value is None else comparable(value, self.reference.kind)
        if self.operator.code == "exists":
            return (key is not None) is self.operand
        return self.operator.negative if key is None else self.operator.holds(key, self.operand)

    def is_incomparable(self, value: Any) -> bool:
        """Whether the value is money of another currency than the threshold."""
        return isinstance(value, Money) and value.currency != self.currency


@dataclass(frozen=True, eq=False)
class Group:
    """Several expressions of which all, any or none must be true."""

    quantifier: Quantifier
    parts: tuple["Expression", ...]
    path: str


@dataclass(frozen=True, eq=False)
class OverLines:
    """An expression that all, any or none of the order's lines must meet. "all" needs at least one line."""

    quantifier: Quantifier
    inner: "Expression"
    path: str


Expression = Test | Group | OverLines


def tests_of(expression: Expression) -> Iterator[Test]:
    """Every comparison in the expression, in the order it was written."""
    if isinstance(expression, Test):
        yield expression
    elif isinstance(expression, OverLines):
        yield from tests_of(expression.inner)
    else:
        for part in expression.parts:
            yield from tests_of(part)


def meets(expression: Expression, facts: RoutingFacts, line: OrderLine | None = None) -> bool:
    """Whether the order, or the line, is as the expression says."""
    if isinstance(expression, Test):
        return expression.holds_for(expression.reference.value(facts, line))
    if isinstance(expression, OverLines):
        answers = [meets(expression.inner, facts, one) for one in facts.order.lines]
        return quantified(expression.quantifier, answers) and bool(answers or expression.quantifier != "all")
    return quantified(expression.quantifier, [meets(part, facts, line) for part in expression.parts])


def quantified(quantifier: Quantifier, answers: list[bool]) -> bool:
    """Whether all, any or none of the answers are true."""
    if quantifier == "none":
        return not any(answers)
    return any(answers) if quantifier == "any" else all(answers)
