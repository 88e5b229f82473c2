"""Why rules applied to an order and why others did not: which condition failed, and what the order had instead."""

from typing import Literal

from orderflow.facts import RoutingFacts
from orderflow.order import OrderLine
from orderflow.rules.expression import Expression, OverLines, Test, meets, tests_of
from orderflow.rules.rule import Rule
from orderflow.rules.rule_set import RuleSet
from orderflow.rules.sentences import sentence, shown
from orderflow.value import Value

Branch = Literal["then", "else", ""]
Why = Literal["met", "not met", "not asked", "not in force", "disabled"]


class FailedCondition(Value):
    """One condition that stood in the way: where it is written, what it asks, and what the order has."""

    path: str
    asked: str
    actual: str

    def __str__(self) -> str:
        return f"{self.asked}: it is {self.actual}"


class RuleExplanation(Value):
    """What came of one rule. `branch` is the one that was taken, "" for none; `failed` is empty for a rule that is met.

    A rule is "not asked" where an earlier one ended the asking.
    """

    rule_id: str
    name: str = ""
    why: Why
    branch: Branch = ""
    failed: tuple[FailedCondition, ...] = ()


def explain(rule_set: RuleSet, facts: RoutingFacts) -> tuple[RuleExplanation, ...]:
    """What came of every rule, in the order they are asked. Reads the rules plainly, without the index."""
    explained: list[RuleExplanation] = []
    ended = False
    for rule, expression in rule_set.in_order:
        one = _idle(rule, facts, ended=ended) or _asked(rule, expression, facts)
        ended = ended or _ends(rule, one.branch)
        explained.append(one)
    return tuple(explained)


def failures(expression: Expression, facts: RoutingFacts, *, wanted: bool = True) -> tuple[FailedCondition, ...]:
    """The conditions because of which the expression is not as wanted; none where it is.

    Of an `all` those that are false, of an `any` every one, of a `none` those that are true.
    """
    if meets(expression, facts) is wanted:
        return ()
    if isinstance(expression, Test):
        return (_failed_test(expression, facts, wanted=wanted),)
    if isinstance(expression, OverLines):
        return (_failed_lines(expression, facts, wanted=wanted),)
    inside = wanted if expression.quantifier != "none" else not wanted
    return tuple(one for part in expression.parts for one in failures(part, facts, wanted=inside))


def _idle(rule: Rule, facts: RoutingFacts, *, ended: bool) -> RuleExplanation | None:
    why: Why | None = "not asked" if ended else None
    if not rule.in_force(facts.now):
        why = "not in force" if rule.enabled else "disabled"
    return RuleExplanation(rule_id=rule.id, name=rule.name, why=why) if why else None


def _asked(rule: Rule, expression: Expression, facts: RoutingFacts) -> RuleExplanation:
    if meets(expression, facts):
        return RuleExplanation(rule_id=rule.id, name=rule.name, why="met", branch="then")
    branch: Branch = "else" if rule.otherwise is not None else ""
    failed = failures(expression, facts)
    return RuleExplanation(rule_id=rule.id, name=rule.name, why="not met", branch=branch, failed=failed)


def _ends(rule: Rule, branch: Branch) -> bool:
    return (branch == "then" and rule.on_match == "stop") or (branch == "else" and rule.on_else == "stop")


def _failed_test(test: Test, facts: RoutingFacts, *, wanted: bool) -> FailedCondition:
    value = test.reference.value(facts)
    actual = shown(value)
    if test.is_incomparable(value):
        actual += f"; {test.currency} and {value.currency} are not compared"
    return FailedCondition(path=test.path, asked=_asked_for(test, wanted=wanted), actual=actual)


def _failed_lines(lines: OverLines, facts: RoutingFacts, *, wanted: bool) -> FailedCondition:
    actual = "; ".join(_of_line(lines.inner, facts, line) for line in facts.order.lines) or "an order without lines"
    return FailedCondition(path=lines.path, asked=_asked_for(lines, wanted=wanted), actual=actual)


def _of_line(inner: Expression, facts: RoutingFacts, line: OrderLine) -> str:
    values = {str(test.reference): shown(test.reference.value(facts, line)) for test in tests_of(inner)}
    return f"line {line.line_no}: " + ", ".join(f"{name} {value}" for name, value in values.items())


def _asked_for(expression: Expression, *, wanted: bool) -> str:
    return sentence(expression) if wanted else f"not {sentence(expression)}"
