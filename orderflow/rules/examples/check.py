"""Whether the rules do with every example what its author expects."""

from collections.abc import Iterator
from typing import Any

from orderflow.facts import RoutingFacts
from orderflow.rules.actions import Actions
from orderflow.rules.examples.example import Example
from orderflow.rules.examples.world import ExampleWorld, UnreadableExample
from orderflow.rules.explain import explain
from orderflow.rules.rule import Rule
from orderflow.rules.rule_set import RuleResult, RuleSet
from orderflow.rules.sentences import shown
from orderflow.value import Value


class FailedExample(Value):
    """An example the rules do not agree with: what was expected, and what happened instead."""

    rule_id: str
    example: str
    expected: str
    happened: str

    def __str__(self) -> str:
        return f'{self.rule_id}, example "{self.example}": expected {self.expected}, but {self.happened}'


def failed_examples(rule_set: RuleSet, world: ExampleWorld) -> tuple[FailedExample, ...]:
    """Every example of an enabled rule that the rules do not agree with, in the order the rules are asked."""
    return tuple(
        failed
        for rule, _ in rule_set.in_order
        if rule.enabled
        for example in rule.examples
        for failed in _failures(rule_set, rule, example, world)
    )


def _failures(rule_set: RuleSet, rule: Rule, example: Example, world: ExampleWorld) -> Iterator[FailedExample]:
    def failed(expected: str, happened: str) -> FailedExample:
        return FailedExample(rule_id=rule.id, example=example.name, expected=expected, happened=happened)

    try:
        facts = world.facts_of(rule, example)
    except UnreadableExample as error:
        yield failed("an order that can be read", str(error))
        return
    result = rule_set.evaluate(facts)
    met = [match.rule_id for match in result.matches if match.branch == "then"]
    wanted = rule.id if example.wins is None else example.wins
    if wanted and wanted not in met:
        yield failed(f"{wanted} to win", f"{_winners(met)}; {_why_not(rule_set, facts, wanted)}")
    elif wanted != rule.id and rule.id in met:
        yield failed(f"{rule.id} not to be met", "it is")
    for name, effect in example.actions.items():
        actual = _effect(result, name)
        if actual != _plain(effect):
            yield failed(f"{name} {shown(_plain(effect))}", f"it is {shown(actual)}; {_winners(met)}")


def _winners(met: list[str]) -> str:
    return f"{' and '.join(met)} won" if met else "no rule was met"


def _why_not(rule_set: RuleSet, facts: RoutingFacts, rule_id: str) -> str:
    """Why the rule was not met: its first condition that failed, or that it was never asked."""
    explained = next((one for one in explain(rule_set, facts) if one.rule_id == rule_id), None)
    if explained is None:
        return f"there is no rule {rule_id}"
    if explained.failed:
        return f"{rule_id} asks that {explained.failed[0]}"
    return f"{rule_id} was {explained.why}"


def _effect(result: RuleResult, name: str) -> Any:
    if name not in Actions.model_fields:
        return None
    return _plain(result.actions.model_dump(mode="json")[name])


def _plain(effect: Any) -> Any:
    """One recipient and a list of that one are the same effect."""
    return effect[0] if isinstance(effect, list | tuple) and len(effect) == 1 else effect
