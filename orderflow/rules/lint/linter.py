"""All checks of a rule set."""

from collections.abc import Iterator, Sequence

from orderflow.rules.actions import Actions
from orderflow.rules.expression import Expression
from orderflow.rules.lint.asking import LintRow, LintRule, lint_rule, rows_to_compare
from orderflow.rules.lint.coverage import impossible_field, is_covered, is_within, may_both_pass
from orderflow.rules.lint.evidence import order_passing, refused_anyway
from orderflow.rules.lint.finding import LintCode, LintFinding
from orderflow.rules.lint.holes import holes
from orderflow.rules.lint.unmatched import unmatched_order
from orderflow.rules.rule_set import RuleSet


def lint(rule_set: RuleSet, *, every_order: bool = False) -> tuple[LintFinding, ...]:
    """What is probably wrong with the enabled rules, rule by rule as they are asked; nothing for a clean set.

    An order that meets no rule is routed by the shop's policy, which most sets rely on: it is a finding only where
    `every_order` should meet one.
    """
    rules = _asked(rule_set)
    findings = [finding for place in range(len(rules)) for finding in _of_rule(rules[place], rules[:place])]
    findings += holes(rules)
    if every_order and (example := unmatched_order(rules)) is not None:
        findings.append(
            LintFinding(
                code=LintCode.UNMATCHED,
                message="there are orders that meet no rule",
                example=example,
                remedy="add a last rule without conditions, or an else branch",
            )
        )
    return tuple(findings)


def may_meet_both(one: Expression, other: Expression) -> bool:
    """Whether there may be an order that meets both; False only where it is certain that there is none."""
    rows, others = rows_to_compare(one), rows_to_compare(other)
    return any(may_both_pass(row, another) for row in rows for another in others)


def order_without_a_rule(rule_set: RuleSet) -> str | None:
    """An order in words that meets no rule and no else branch; None where none was found."""
    return unmatched_order(_asked(rule_set))


def _asked(rule_set: RuleSet) -> tuple[LintRule, ...]:
    return tuple(lint_rule(rule, expression) for rule, expression in rule_set.in_order if rule.enabled)


def _of_rule(rule: LintRule, earlier: Sequence[LintRule]) -> Iterator[LintFinding]:
    if rule.rule.actions == Actions() and rule.rule.on_match == "continue" and not rule.rule.otherwise:
        remedy, example = "give it actions, or let it stop", order_passing(rule.rows[0])
        yield _finding(LintCode.NO_EFFECT, rule, "does nothing when it is met", remedy, example=example)
    impossible = [asked for row in rule.rows if (asked := impossible_field(row)) is not None]
    if len(impossible) == len(rule.rows):
        message, example = "no order can meet its conditions", refused_anyway(impossible[0])
        yield _finding(LintCode.CONTRADICTORY, rule, message, "remove one of them", example=example)
    elif (twin := next((one for one in earlier if _is_twin(rule, one)), None)) is not None:
        message, example = f"says the same as {twin.rule.id}", f"both are met by {_plainly(order_passing(_row(rule)))}"
        yield _finding(LintCode.DUPLICATE, rule, message, "remove one of the two", twin, example=example)
    else:
        yield from _never_asked(rule, [one for one in earlier if one.is_in_force_whenever(rule)])


def _never_asked(rule: LintRule, earlier: Sequence[LintRule]) -> Iterator[LintFinding]:
    """Why no order comes as far as this rule, if none does."""
    enders = [one for one in earlier if one.rule.on_match == "stop"]
    rows = [row for row in rule.rows if impossible_field(row) is None]
    example = order_passing(rows[0])
    for one in enders:
        if one.always_ends or any(not row.fields for row in one.rows):
            message, remedy = f"{one.rule.id} ends the asking for every order", f"move it before {one.rule.id}"
            yield _finding(LintCode.UNREACHABLE, rule, message, remedy, one, example=example)
            return
        if all(any(is_within(row, wider) for wider in one.rows) for row in rows):
            message = f"every order that meets it meets {one.rule.id} first, which stops"
            remedy = f"move it before {one.rule.id}, or let that one continue"
            yield _finding(LintCode.SHADOWED, rule, message, remedy, one, example=example)
            return
    if enders and all(is_covered(row, [other for one in enders for other in one.rows]) for row in rows):
        taking = [one for one in enders if any(may_both_pass(row, other) for row in rows for other in one.rows)]
        message = "the rules before it together take every order that meets it"
        remedy = "move it before them, or remove it"
        yield _finding(LintCode.UNREACHABLE, rule, message, remedy, *taking, example=example)


def _is_twin(rule: LintRule, other: LintRule) -> bool:
    return _effects(rule) == _effects(other) and _within(rule, other) and _within(other, rule)


def _within(rule: LintRule, other: LintRule) -> bool:
    return all(any(is_within(row, wider) for wider in other.rows) for row in rule.rows)


def _effects(rule: LintRule) -> tuple[object, ...]:
    one = rule.rule
    return one.actions, one.otherwise, one.on_match, one.on_else, one.effective_from, one.effective_until


def _row(rule: LintRule) -> LintRow:
    return next(row for row in rule.rows if impossible_field(row) is None)


def _plainly(example: str) -> str:
    return example.removeprefix("for example ")


def _finding(code: LintCode, rule: LintRule, message: str, remedy: str, *others: LintRule, example: str) -> LintFinding:
    rule_ids = (rule.rule.id, *(one.rule.id for one in others))
    return LintFinding(code=code, rule_ids=rule_ids, message=message, example=example, remedy=remedy)
