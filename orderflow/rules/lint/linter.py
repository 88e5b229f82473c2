"""All checks of a rule set."""

from collections.abc import Iterator, Sequence

from orderflow.rules.actions import Actions
from orderflow.rules.lint.coverage import is_contradictory, is_covered, is_within
from orderflow.rules.lint.finding import LintCode, LintFinding
from orderflow.rules.lint.holes import numeric_holes
from orderflow.rules.lint.meaning import LintRule, lint_rule
from orderflow.rules.rule import Rule
from orderflow.rules.rule_set import RuleSet


def lint(rule_set: RuleSet, *, is_lane: bool = False) -> tuple[LintFinding, ...]:
    """What is probably wrong with the enabled rules, rule by rule as they are asked; nothing for a clean set.

    Rules for a lane that is released on its own (`is_lane`) must also say what becomes of exceptions.
    """
    rules = tuple(lint_rule(rule, expression) for rule, expression in rule_set.in_order if rule.enabled)
    findings = [finding for place in range(len(rules)) for finding in _of_rule(rules[place], rules[:place])]
    findings += numeric_holes(rules)
    if is_lane and not any(_handles_exceptions(one.rule) for one in rules):
        message = "no rule says what becomes of exceptions"
        remedy = "add an else branch, or a rule with hold, approval or log_exception"
        findings.append(LintFinding(code=LintCode.NO_EXCEPTION_BRANCH, rule_id="", message=message, remedy=remedy))
    return tuple(findings)


def _of_rule(rule: LintRule, earlier: Sequence[LintRule]) -> Iterator[LintFinding]:
    if rule.rule.actions == Actions() and rule.rule.on_match == "continue" and not rule.rule.otherwise:
        yield _finding(LintCode.NO_EFFECT, rule, "does nothing when it is met", "give it actions, or let it stop")
    if all(is_contradictory(row) for row in rule.rows):
        yield _finding(LintCode.CONTRADICTORY, rule, "no order can meet its conditions", "remove one of them")
    elif (twin := next((one for one in earlier if _is_twin(rule, one)), None)) is not None:
        yield _finding(LintCode.DUPLICATE, rule, f"says the same as {twin.rule.id}", "remove one of the two")
    else:
        yield from _never_asked(rule, [one for one in earlier if one.is_in_force_whenever(rule)])


def _never_asked(rule: LintRule, earlier: Sequence[LintRule]) -> Iterator[LintFinding]:
    """Why no order comes as far as this rule, if none does."""
    enders = [one for one in earlier if one.rule.on_match == "stop"]
    rows = [row for row in rule.rows if not is_contradictory(row)]
    for one in enders:
        if one.always_ends or any(not row.fields for row in one.rows):
            remedy = f"move it before {one.rule.id}"
            yield _finding(LintCode.UNREACHABLE, rule, f"{one.rule.id} ends the asking for every order", remedy)
            return
        if all(any(is_within(row, wider) for wider in one.rows) for row in rows):
            message = f"every order that meets it meets {one.rule.id} first, which stops"
            remedy = f"move it before {one.rule.id}, or let that one continue"
            yield _finding(LintCode.SHADOWED, rule, message, remedy)
            return
    others = [row for one in enders for row in one.rows]
    if others and all(is_covered(row, others) for row in rows):
        message = "the rules before it together take every order that meets it"
        yield _finding(LintCode.UNREACHABLE, rule, message, "move it before them, or remove it")


def _is_twin(rule: LintRule, other: LintRule) -> bool:
    same_rows = {row.meanings for row in rule.rows} == {row.meanings for row in other.rows}
    return same_rows and _effects(rule.rule) == _effects(other.rule)


def _effects(rule: Rule) -> tuple[object, ...]:
    return rule.actions, rule.otherwise, rule.on_match, rule.on_else, rule.effective_from, rule.effective_until


def _handles_exceptions(rule: Rule) -> bool:
    actions = rule.actions
    return rule.otherwise is not None or bool(actions.hold or actions.approval or actions.log_exception)


def _finding(code: LintCode, rule: LintRule, message: str, remedy: str) -> LintFinding:
    return LintFinding(code=code, rule_id=rule.rule.id, message=message, remedy=remedy)
