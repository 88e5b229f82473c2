"""The plain reading of rules, one condition after the other: slow, obviously right, and able to say why."""

from orderflow.facts import RoutingFacts
from orderflow.order import OrderLine
from orderflow.rules.expression import Expression, OverLines, Test


def meets(expression: Expression, facts: RoutingFacts, line: OrderLine | None = None) -> bool:
    """Whether the order, or the line, is as the expression says."""
    if isinstance(expression, Test):
        return expression.holds_for(expression.reference.value(facts, line))
    if isinstance(expression, OverLines):
        answers = [meets(expression.inner, facts, one) for one in facts.order.lines]
        return _quantified(expression.quantifier, answers) and bool(answers or expression.quantifier != "all")
    return _quantified(expression.quantifier, [meets(part, facts, line) for part in expression.parts])


def _quantified(quantifier: str, answers: list[bool]) -> bool:
    if quantifier == "none":
        return not any(answers)
    return any(answers) if quantifier == "any" else all(answers)
