"""Conditions and what orders have, in words."""

from collections.abc import Iterable
from typing import Any

from orderflow.money import Money
from orderflow.rules.condition import Kind
from orderflow.rules.expression import Expression, OverLines, Test


def sentence(expression: Expression) -> str:
    """The condition as a person would say it: "order_value is at least $500.00"."""
    if isinstance(expression, Test):
        return _of_test(expression)
    if isinstance(expression, OverLines):
        return f"{expression.quantifier} of the lines: {sentence(expression.inner)}"
    parts = [sentence(part) for part in expression.parts]
    if expression.quantifier == "all":
        return " and ".join(parts) or "anything"
    return f"{expression.quantifier} of ({'; '.join(parts)})"


def shown(value: Any) -> str:
    """What an order has, or a rule asks for: "$500.00", "books, toys", "true", "missing"."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value))
    return f"{value:.2f}" if isinstance(value, float) and value != int(value) else str(value)


def _of_test(test: Test) -> str:
    operator = test.operator
    if operator.takes == "flag":
        return f"{test.reference} is {'known' if test.operand else 'missing'}"
    operand = test.written
    if test.reference.kind is Kind.MONEY:
        operand = _amounts(test)
    if operator.takes == "pair":
        first, last = map(shown, operand)
        return f"{test.reference} {operator.sentence}".replace("…", first, 1).replace("…", last, 1)
    return f"{test.reference} {operator.sentence} {shown(operand)}"


def _amounts(test: Test) -> Money | list[Money]:
    if test.operator.takes == "one":
        return Money(amount=test.operand, currency=test.currency)
    amounts: Iterable[Any] = test.operand
    return [Money(amount=amount, currency=test.currency) for amount in amounts]
