"""From a rule's conditions as they are written in JSON to what they mean.

An object is a list of entries that must all be true. An entry is a condition with a value it must equal, a condition
with operators and operands, `lines` with a quantifier over the order's lines, or `all`, `any` or `none` with a list of
such objects. Every problem is found in one go, each with its path.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from orderflow.rules.comparable import OPERANDS, money_operand
from orderflow.rules.condition import Kind, closest
from orderflow.rules.expression import QUANTIFIERS, Expression, Group, OverLines, Quantifier, Test
from orderflow.rules.operators import OPERATORS, Operator, operator_of
from orderflow.rules.problem import Problem, RuleError, did_you_mean
from orderflow.rules.reference import Reference, parse_reference


@dataclass(frozen=True)
class _Place:
    """Where the parser stands: the path so far, the shop's currency, and whether it is inside `lines`."""

    path: str
    currency: str
    in_line: bool = False

    def at(self, step: object) -> "_Place":
        return replace(self, path=f"{self.path}[{step}]" if isinstance(step, int) else f"{self.path}.{step}")

    def refuse(self, message: str, remedy: str = "") -> RuleError:
        return RuleError([Problem(path=self.path, message=message, remedy=remedy)])


def parse_conditions(document: Any, path: str = "conditions", *, currency: str = "USD") -> Expression:
    """The meaning of a rule's conditions; no conditions are met by every order. Raises RuleError with all problems.

    Amounts without a currency are in `currency`.
    """
    return _object(document, _Place(path, currency))


def _object(document: Any, place: _Place) -> Expression:
    if not isinstance(document, Mapping):
        raise place.refuse("expected an object of conditions", 'write {"order_value": {"gte": 500}}')
    return _all(place, _each(document.items(), lambda entry: _entry(*entry, place.at(entry[0]))))


def _entry(key: str, content: Any, place: _Place) -> Expression:
    if key in QUANTIFIERS:
        return _group(key, content, place)
    if key == "lines" and not place.in_line:
        return _over_lines(content, place)
    return _tests(parse_reference(key, place.path, in_line=place.in_line), content, place)


def _group(quantifier: Quantifier, content: Any, place: _Place) -> Group:
    if not isinstance(content, list | tuple) or not content:
        raise place.refuse("expected a list with at least one object of conditions", 'write [{"source": "shopify"}]')
    parts = _each(enumerate(content), lambda item: _object(item[1], place.at(item[0])))
    return Group(quantifier, parts, place.path)


def _over_lines(content: Any, place: _Place) -> Expression:
    if not isinstance(content, Mapping) or not content or set(content) - set(QUANTIFIERS):
        raise place.refuse("expected any, all or none", 'write {"any": {"line_sku": "SKU123"}}')
    inside = replace(place, in_line=True)
    parts = _each(
        content.items(), lambda item: OverLines(item[0], _object(item[1], inside.at(item[0])), inside.at(item[0]).path)
    )
    return _all(place, parts)


def _tests(reference: Reference, content: Any, place: _Place) -> Expression:
    if isinstance(content, list):
        raise place.refuse("expected one value", 'write {"in": […]} to allow several')
    if not isinstance(content, Mapping):
        return _test(reference, "eq", content, place)
    if not content:
        raise place.refuse("expected an operator", f"the operators are {', '.join(OPERATORS)}")
    return _all(place, _each(content.items(), lambda item: _test(reference, item[0], item[1], place.at(item[0]))))


def _test(reference: Reference, code: str, operand: Any, place: _Place) -> Test:
    if code not in OPERATORS:
        remedy = did_you_mean(closest(code, tuple(OPERATORS))) or f"the operators are {', '.join(OPERATORS)}"
        raise place.refuse("unknown operator", remedy)
    reference = _settled(reference, "" if OPERATORS[code].takes == "flag" else operand)
    operator = operator_of(code, reference.kind)
    if reference.kind not in operator.kinds:
        allowed = ", ".join(known.code for known in OPERATORS.values() if reference.kind in known.kinds)
        raise place.refuse(f"{reference} is a {reference.kind} and cannot be asked with {code}", f"use {allowed}")
    try:
        value, currency = _operand(operator, operand, reference.kind, place)
    except ValueError as error:
        raise place.refuse(str(error)) from None
    return Test(reference, operator, value, place.path, currency, operand)


def _settled(reference: Reference, operand: Any) -> Reference:
    """A made-up field is compared as what the operand is: a number, a flag, or text."""
    if reference.kind is not Kind.ATTRIBUTE:
        return reference
    sample = operand[0] if isinstance(operand, list | tuple) and operand else operand
    kinds = {bool: Kind.FLAG, int: Kind.NUMBER, float: Kind.NUMBER}
    return replace(reference, kind=kinds.get(type(sample), Kind.TEXT))


def _operand(operator: Operator, operand: Any, kind: Kind, place: _Place) -> tuple[Any, str]:
    """The operand in comparable form, and the currency of amounts."""
    if operator.takes == "flag":
        return OPERANDS[Kind.FLAG](operand), place.currency if kind is Kind.MONEY else ""
    members = [operand] if operator.takes == "one" else _members(operator, operand)
    if kind is not Kind.MONEY:
        return _shaped(operator, [OPERANDS[kind](member) for member in members]), ""
    amounts = [money_operand(member, place.currency) for member in members]
    if len({amount.currency for amount in amounts}) > 1:
        raise ValueError("expected amounts of one currency")
    return _shaped(operator, [amount.amount for amount in amounts]), amounts[0].currency


def _members(operator: Operator, operand: Any) -> list[Any]:
    if not isinstance(operand, list | tuple) or not operand:
        raise ValueError("expected a list of values")
    if operator.takes == "pair" and len(operand) != 2:
        raise ValueError("expected two values, the lower and the upper end")
    return list(operand)


def _shaped(operator: Operator, members: list[Any]) -> Any:
    if operator.takes == "one":
        return members[0]
    if operator.takes == "pair" and members[0] > members[1]:
        raise ValueError("expected the lower end first")
    return tuple(members)


def _all(place: _Place, parts: tuple[Expression, ...]) -> Expression:
    return parts[0] if len(parts) == 1 else Group("all", parts, place.path)


def _each(items: Iterable[Any], parse: Callable[[Any], Expression]) -> tuple[Expression, ...]:
    """Every item parsed, or one RuleError with the problems of all."""
    parsed: list[Expression] = []
    problems: list[Problem] = []
    for item in items:
        try:
            parsed.append(parse(item))
        except RuleError as error:
            problems.extend(error.problems)
    if problems:
        raise RuleError(problems)
    return tuple(parsed)
