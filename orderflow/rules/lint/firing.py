"""Rules that did nothing for the orders of the last days, as the recorded decisions tell."""

from collections.abc import Iterator, Mapping

from orderflow.rules.lint.finding import LintCode, LintFinding
from orderflow.rules.rule_set import RuleSet
from orderflow.value import Value


class Firing(Value):
    """How often each rule was applied, with either branch, in the decisions of the last `days`.

    `judged` are the rules that were in force all those days; a younger rule may still fire.
    """

    days: int
    decisions: int
    applied: Mapping[str, int]
    judged: frozenset[str]


def never_fired(rule_set: RuleSet, firing: Firing) -> Iterator[LintFinding]:
    """The enabled rules no order met in all that time; nothing where no order was decided."""
    if not firing.decisions:
        return
    for rule, _ in rule_set.in_order:
        if rule.enabled and rule.id in firing.judged and not firing.applied.get(rule.id):
            yield LintFinding(
                code=LintCode.NEVER_FIRED,
                rule_ids=(rule.id,),
                message=f"was not applied in the last {firing.days} days",
                example=f"0 of {firing.decisions:,} decisions",
                remedy="remove it, or see with `orderflow orders explain` what stands in its way",
            )
