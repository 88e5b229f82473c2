"""A shop's rules together: which of them apply to an order and what follows."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from orderflow.decision import RuleMatch
from orderflow.facts import RoutingFacts
from orderflow.policy import content_hash
from orderflow.rules.actions import Actions, combined
from orderflow.rules.expression import Expression
from orderflow.rules.index import RuleIndex
from orderflow.rules.parser import parse_conditions
from orderflow.rules.problem import Problem, RuleError
from orderflow.rules.rule import Rule
from orderflow.value import Value

Branch = Literal["then", "else"]


@dataclass(frozen=True)
class RuleResult:
    """The rules that applied, in the order they were asked, and their effects together."""

    matches: tuple[RuleMatch, ...]
    actions: Actions


class RuleSet(Value):
    """An immutable version of the rules; equal content has equal `content_hash`.

    Amounts without a currency are in `currency`. Building one raises RuleError with every problem of every rule.
    """

    rules: tuple[Rule, ...] = ()
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")

    def model_post_init(self, _context: Any) -> None:
        """Understands every rule at once, so that a rule set that exists can be evaluated."""
        _ = self.in_order

    @cached_property
    def content_hash(self) -> str:
        """The name of this version. Examples have no part in it: they check the rules and decide nothing."""
        rules = tuple(rule.model_copy(update={"examples": ()}) for rule in self.rules)
        return content_hash(RuleSet.model_construct(rules=rules, currency=self.currency))

    @cached_property
    def in_order(self) -> tuple[tuple[Rule, Expression], ...]:
        """The rules as they are asked, with their meaning: by priority, the highest first, then as written."""
        return tuple(sorted(zip(self.rules, self._parsed(), strict=True), key=lambda pair: -pair[0].priority))

    def evaluate(self, facts: RoutingFacts) -> RuleResult:
        """What the rules say of this order. The same facts always give the same result.

        1. Ask the rules in force in order. A met rule brings its actions and ends the asking unless it says continue;
           an unmet one brings its else branch, if any, and ends the asking only if it says stop.
        2. Combine: what met rules ask for comes before what else branches ask for, and within each the earlier rule
           wins. So an else branch is a default: it never takes an effect from a later rule that was met.
        """
        taken = tuple(self._taken(facts))
        ranked = sorted(taken, key=lambda branch: branch[1] == "else")
        return RuleResult(
            matches=tuple(_match(rule, branch, actions) for rule, branch, actions in taken),
            actions=combined(actions for _, _, actions in ranked),
        )

    @cached_property
    def _asked(self) -> tuple[tuple[Rule, Expression], ...]:
        return tuple(pair for pair in self.in_order if pair[0].enabled)

    @cached_property
    def _index(self) -> RuleIndex:
        return RuleIndex([expression for _, expression in self._asked])

    @cached_property
    def _first_decides(self) -> bool:
        """Whether the first rule that is met is the only one that counts."""
        return not any(
            rule.otherwise or rule.on_match == "continue" or rule.effective_from or rule.effective_until
            for rule, _ in self._asked
        )

    @cached_property
    def _with_else(self) -> frozenset[int]:
        return frozenset(place for place, (rule, _) in enumerate(self._asked) if rule.otherwise is not None)

    def _met(self, facts: RoutingFacts) -> frozenset[int]:
        if not self._first_decides:
            return frozenset(self._index.all(facts))
        first = self._index.first(facts)
        return frozenset() if first is None else frozenset({first})

    def _taken(self, facts: RoutingFacts) -> Iterator[tuple[Rule, Branch, Actions]]:
        met = self._met(facts)
        for place in sorted(met | self._with_else):
            rule, _ = self._asked[place]
            if not rule.in_force(facts.now):
                continue
            branch: Branch = "then" if place in met else "else"
            yield rule, branch, (rule.actions if branch == "then" else rule.otherwise or Actions())
            if (rule.on_match if branch == "then" else rule.on_else) == "stop":
                return

    def _parsed(self) -> tuple[Expression, ...]:
        parsed: list[Expression] = []
        problems = list(self._repeated_ids())
        for index, rule in enumerate(self.rules):
            try:
                parsed.append(
                    parse_conditions(rule.conditions, f"routing_rules[{index}].conditions", currency=self.currency)
                )
            except RuleError as error:
                problems.extend(error.problems)
        if problems:
            raise RuleError(problems)
        return tuple(parsed)

    def _repeated_ids(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for index, rule in enumerate(self.rules):
            if rule.id in seen:
                yield Problem(
                    path=f"routing_rules[{index}].id", message=f"{rule.id} is used twice", remedy="give it its own id"
                )
            seen.add(rule.id)


def _match(rule: Rule, branch: Branch, actions: Actions) -> RuleMatch:
    effects = actions.model_dump(mode="json", exclude_defaults=True)
    return RuleMatch(rule_id=rule.id, name=rule.name, branch=branch, actions=effects)
