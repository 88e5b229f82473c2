"""From pydantic's findings to problems an operations engineer can act on."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from orderflow.configuration.shape import choices_of, settings_of, type_at
from orderflow.rules.condition import closest
from orderflow.rules.problem import Problem, did_you_mean

Finding = Mapping[str, Any]

# What a value had to be, by the kind of finding. What was found is told only where it is a number: other values may be
# addresses, numbers of people or secrets put at the wrong place.
_EXPECTED: Mapping[str, str] = {
    "missing": "is required",
    "string_type": "expected text in quotes",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "decimal_type": "expected a number",
    "decimal_parsing": "expected a number",
    "tuple_type": "expected a list",
    "dict_type": "expected an object",
    "model_type": "expected an object",
    "model_attributes_type": "expected an object",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "timezone_aware": 'expected a moment with its time zone, like "2024-11-29T00:00:00Z"',
    "datetime_parsing": 'expected a moment like "2024-11-29T00:00:00Z"',
    "datetime_from_date_parsing": 'expected a moment like "2024-11-29T00:00:00Z"',
    "time_parsing": 'expected a time of day like "14:00"',
}

_PATTERNS: Mapping[str, str] = {
    "^[A-Z]{2}$": 'expected a country code like "US"',
    "^[A-Z]{3}$": 'expected a currency code like "USD"',
    "^[a-z0-9_]+$": "expected small letters, digits and underscores",
    "^required$": 'expected "required"',
}

_BOUNDS: Mapping[str, str] = {
    "greater_than": "expected more than {gt}, found {found}",
    "greater_than_equal": "expected at least {ge}, found {found}",
    "less_than": "expected less than {lt}, found {found}",
    "less_than_equal": "expected at most {le}, found {found}",
}


def problems_in(error: ValidationError, document: Any, model: type[BaseModel]) -> list[Problem]:
    """What is wrong with the document, one problem a place, in the order of the document's sections."""
    found: dict[str, Problem] = {}
    for finding in error.errors(include_url=False):
        if finding["type"] != "default_factory_not_called":
            problem = _problem(finding, document, model)
            found.setdefault(problem.path, problem)
    return list(found.values())


def path_text(path: Sequence[str | int]) -> str:
    """The path as people write it: `routing_rules[1].actions.warehouse`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).lstrip(".") or "the document"


def _problem(finding: Finding, document: Any, model: type[BaseModel]) -> Problem:
    kind = finding["type"]
    path = _within(document, finding["loc"], names_a_setting=kind in {"missing", "extra_forbidden"})
    if kind == "extra_forbidden":
        return _unknown_setting(path, model)
    choices = choices_of(type_at(model, path))
    if kind in {"literal_error", "enum"} and choices:
        remedy = did_you_mean(closest(str(finding["input"]), choices))
        return Problem(path=path_text(path), message=f"expected one of {', '.join(choices)}", remedy=remedy)
    return Problem(path=path_text(path), message=_message(finding))


def _unknown_setting(path: Sequence[str | int], model: type[BaseModel]) -> Problem:
    known = tuple(settings_of(type_at(model, path[:-1])))
    remedy = did_you_mean(closest(str(path[-1]), known)) or f"the settings here are {', '.join(known)}"
    return Problem(path=path_text(path), message="unknown setting", remedy=remedy)


def _message(finding: Finding) -> str:
    kind = finding["type"]
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(found=finding["input"], **finding["ctx"])
    if kind == "string_pattern_mismatch":
        pattern = finding["ctx"]["pattern"]
        return _PATTERNS.get(pattern, f"is not written as expected ({pattern})")
    if kind == "enum":
        return f"expected {finding['ctx']['expected']}"
    return _EXPECTED.get(kind, finding["msg"].removeprefix("Value error, "))


def _within(document: Any, location: Sequence[str | int], *, names_a_setting: bool) -> tuple[str | int, ...]:
    """The steps that exist in the document; pydantic adds names of its own types where several are allowed."""
    path: list[str | int] = []
    for index, step in enumerate(location):
        if _has(document, step):
            document = document[step]
            path.append(step)
        elif names_a_setting and index == len(location) - 1:
            path.append(step)
    return tuple(path)


def _has(document: Any, step: str | int) -> bool:
    if isinstance(document, list):
        return isinstance(step, int) and step < len(document)
    return isinstance(document, Mapping) and step in document
