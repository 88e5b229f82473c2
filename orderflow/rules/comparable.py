"""The form in which values of an order and operands of a rule meet: folded text, exact numbers, days."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from orderflow.money import Money
from orderflow.rules.condition import Kind

_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")


def comparable(value: Any, kind: Kind) -> Any:
    """What a condition read, ready to be compared; None where a made-up field does not hold such a thing."""
    if kind is Kind.TEXTS:
        return tuple(member.casefold() for member in value)
    if isinstance(value, str):
        return _read_text(value, kind)
    return value.amount if isinstance(value, Money) else value


def text_operand(operand: Any) -> str:
    """Text to compare with. Raises ValueError for anything else."""
    if not isinstance(operand, str):
        raise ValueError("expected text in quotes")
    return operand.casefold()


def number_operand(operand: Any) -> int | Decimal:
    """A number to compare with. Raises ValueError for anything else."""
    if isinstance(operand, bool) or not isinstance(operand, int | float | Decimal):
        raise ValueError("expected a number without quotes")
    number = Decimal(str(operand))
    if not number.is_finite() or number * 10**6 % 1:
        raise ValueError("expected a number with at most six decimals")
    return int(number) if number == int(number) else number


def flag_operand(operand: Any) -> bool:
    """True or false. Raises ValueError for anything else."""
    if not isinstance(operand, bool):
        raise ValueError("expected true or false")
    return operand


def date_operand(operand: Any) -> date:
    """A day written like 2024-11-29. Raises ValueError for anything else."""
    try:
        return date.fromisoformat(operand)
    except (TypeError, ValueError):
        raise ValueError('expected a day like "2024-11-29"') from None


def money_operand(operand: Any, currency: str) -> Money:
    """An amount: a number in the shop's currency, or text that names one ("500 EUR"). Raises ValueError else."""
    match = _AMOUNT.fullmatch(operand) if isinstance(operand, str) else None
    if match:
        return Money(amount=Decimal(number_operand(Decimal(match[1]))), currency=match[2])
    if isinstance(operand, str):
        raise ValueError('expected an amount like 500, or "500 EUR" in another currency')
    return Money(amount=Decimal(number_operand(operand)), currency=currency)


OPERANDS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: text_operand,
    Kind.TEXTS: text_operand,
    Kind.NUMBER: number_operand,
    Kind.FLAG: flag_operand,
    Kind.DATE: date_operand,
}


def _read_text(value: str, kind: Kind) -> Any:
    if kind is Kind.NUMBER:
        return _read_number(value)
    return _FLAGS.get(value.casefold()) if kind is Kind.FLAG else value.casefold()


def _read_number(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
