"""Rules as code: the same conditions a person writes in JSON, so that both make the same rule set hash.

Rule(
    id="rule_vip_priority",
    conditions=all_of(when("customer_tier", "VIP"), when("order_value", gte=500)),
    actions=Actions(warehouse="warehouse_priority"),
)
"""

from datetime import date
from typing import Any

from orderflow.money import Money
from orderflow.rules.expression import Quantifier

Conditions = dict[str, Any]


def when(reference: str, value: Any = None, **operators: Any) -> Conditions:
    """The condition equals a value, or meets operators: `when("order_value", gte=500, lt=1000)`.

    `in_` is the operator in, whose name Python keeps for itself. Money is written with its currency.
    """
    if not operators:
        return {reference: _written(value)}
    return {reference: {code.removesuffix("_"): _written(operand) for code, operand in operators.items()}}


def lines(quantifier: Quantifier, *conditions: Conditions) -> Conditions:
    """All, any or none of the order's lines meet the conditions."""
    return {"lines": {quantifier: all_of(*conditions)}}


def all_of(*conditions: Conditions) -> Conditions:
    """Every one of the conditions, as one object where they ask different things."""
    names = [name for one in conditions for name in one]
    if len(set(names)) < len(names):
        return {"all": list(conditions)}
    return {name: content for one in conditions for name, content in one.items()}


def any_of(*conditions: Conditions) -> Conditions:
    """At least one of the conditions."""
    return {"any": list(conditions)}


def none_of(*conditions: Conditions) -> Conditions:
    """Not one of the conditions."""
    return {"none": list(conditions)}


def _written(value: Any) -> Any:
    if isinstance(value, Money):
        return f"{value.amount.normalize():f} {value.currency}"
    if isinstance(value, list | tuple | set | frozenset):
        return [_written(member) for member in value]
    return value.isoformat() if isinstance(value, date) else value
