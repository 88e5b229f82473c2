"""Strangers' documents as typed values: what each field must be, and its path where it is something else."""

import json
import math
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from connectors.errors import Unreadable

LARGEST_COUNT = 10**9
LARGEST_AMOUNT = Decimal(10**12)

_SURROGATE = re.compile("[\ud800-\udfff]")

T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)


def read_as(model: type[Model], document: Any) -> Model:
    """The document as this model. Raises Unreadable with the path of the first field that is not as promised."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise unreadable(error) from None


def unreadable(error: ValidationError) -> Unreadable:
    """What a validation found first, without the value it found: that may be somebody's name."""
    first = error.errors(include_input=False, include_url=False)[0]
    return Unreadable(first["msg"].removeprefix("Value error, "), field=path_of(first["loc"]))


def path_of(steps: tuple[int | str, ...]) -> str:
    """The path as people write it: `line_items[0].quantity`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")


def as_text(value: Any) -> str:
    """Any JSON value as text, so that it can be kept as an attribute: "" for null, JSON for lists and objects.

    Raises ValueError for half a surrogate pair, which JSON can spell and no database takes.
    """
    text = value or "" if value is None or isinstance(value, str) else _json(value)
    if _SURROGATE.search(text):
        raise ValueError("expected Unicode text")
    return text


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        raise ValueError("expected a text")
    return as_text(value)


def _identifier(value: Any, *, required: bool = False) -> str:
    text = "" if isinstance(value, bool | float | dict | list) else as_text(value)
    if not text and (required or value not in (None, "")):
        raise ValueError("expected an id: a whole number or a text")
    return text


def _count(value: Any) -> int:
    try:
        count = int(value) if isinstance(value, str) else value
    except ValueError:
        count = None
    if isinstance(count, float) and count.is_integer():
        count = int(count)
    if isinstance(count, bool) or not isinstance(count, int) or abs(count) > LARGEST_COUNT:
        raise ValueError("expected a whole number")
    return count


def _amount(value: Any) -> Decimal:
    try:
        amount = Decimal("NaN") if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= LARGEST_AMOUNT:
        raise ValueError("expected an amount of money")
    return amount


def _in_utc(value: Any, *, naive_is_utc: bool) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None and naive_is_utc:
            return moment.replace(tzinfo=UTC)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError("expected a time with its offset")


def _country(value: Any) -> str:
    code = value.strip().upper() if isinstance(value, str) else ""
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""


def _degrees(value: Any) -> float | None:
    try:
        degrees = float(value)
    except (TypeError, ValueError):
        return None
    return degrees if math.isfinite(degrees) else None


def _flag(value: Any) -> bool:
    return value if isinstance(value, bool) else as_text(value).strip().lower() in {"1", "true", "yes", "y"}


def _none_is_empty(value: Any) -> Any:
    return () if value is None else value


Text = Annotated[str, BeforeValidator(_text)]


def _grams(value: Any) -> int | None:
    """Whole grams. Nothing weighs nothing, so 0 means nobody knows."""
    try:
        return round(Decimal(str(value or 0))) or None
    except (ArithmeticError, ValueError):
        raise ValueError("expected a weight in grams") from None


Identifier = Annotated[str, BeforeValidator(_identifier)]
RequiredIdentifier = Annotated[str, BeforeValidator(partial(_identifier, required=True))]
Count = Annotated[int, BeforeValidator(_count)]
Amount = Annotated[Decimal, BeforeValidator(_amount)]
Moment = Annotated[datetime, BeforeValidator(partial(_in_utc, naive_is_utc=False))]
UtcMoment = Annotated[datetime, BeforeValidator(partial(_in_utc, naive_is_utc=True))]
CountryCode = Annotated[str, BeforeValidator(_country)]
Degrees = Annotated[float | None, BeforeValidator(_degrees)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Grams = Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(_grams)]
Many = Annotated[tuple[T, ...], BeforeValidator(_none_is_empty)]
