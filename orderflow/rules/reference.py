"""How a rule names what it looks at: `order_value`, `attribute(engraving)`, `stock(warehouse_la, SKU123)`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from orderflow.facts import RoutingFacts
from orderflow.order import OrderLine
from orderflow.rules.condition import Condition, Kind, all_conditions, closest
from orderflow.rules.problem import Problem, RuleError, did_you_mean

_NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\((.*)\)\s*)?", re.DOTALL)
# One argument, in double quotes where it holds a comma or a bracket.
_ARGUMENT = re.compile(r'\s*(?:"([^"]*)"|([^",()]*[^",()\s]))\s*(,|$)')


@dataclass(frozen=True)
class Reference:
    """A condition with its arguments. `kind` is the condition's, or what an attribute is compared as."""

    condition: Condition
    arguments: tuple[str, ...]
    kind: Kind

    def __str__(self) -> str:
        return f"{self.condition.code}({', '.join(self.arguments)})" if self.arguments else self.condition.code

    def value(self, facts: RoutingFacts, line: OrderLine | None = None) -> Any:
        """What the order has there; None for missing, which empty text and an empty list are too."""
        subject = (facts, line) if self.condition.of_line else (facts,)
        value = self.condition.read(*subject, *self.arguments)
        return None if value in ("", ()) else value

    def argument(self, name: str) -> str | None:
        """The argument given for the parameter of that name, or None."""
        return dict(zip(self.condition.parameter_names, self.arguments, strict=False)).get(name)


def parse_reference(text: str, path: str, *, in_line: bool = False) -> Reference:
    """The condition a rule names at `path`. Raises RuleError for an unknown one or wrong arguments."""
    match = _NAME.fullmatch(text)
    known = _known(in_line)
    code = match[1] if match else text
    if match is None or code not in known:
        raise RuleError([_unknown(code, path, known, in_line)])
    found = known[code]
    return Reference(found, _arguments(found, match[2], path), found.kind)


@cache
def _known(in_line: bool) -> Mapping[str, Condition]:
    """What may be asked of the order, or of one of its lines."""
    return {code: found for code, found in all_conditions().items() if in_line or not found.of_line}


def _unknown(code: str, path: str, known: Mapping[str, Condition], in_line: bool) -> Problem:
    if not in_line and code in all_conditions():
        remedy = f'put it inside {{"lines": {{"any": {{"{code}": …}}}}}}'
        return Problem(path=path, message="is asked of one line, not of the order", remedy=remedy)
    remedy = did_you_mean(closest(code, known)) or "`orderflow rules fields` lists them all"
    return Problem(path=path, message="unknown condition", remedy=remedy)


def _arguments(found: Condition, text: str | None, path: str) -> tuple[str, ...]:
    arguments = _split(text or "", path)
    required = sum(parameter.required for parameter in found.parameters)
    if required <= len(arguments) <= len(found.parameters):
        return arguments
    raise RuleError([Problem(path=path, message="wrong number of arguments", remedy=f"write {found.signature}")])


def _split(text: str, path: str) -> tuple[str, ...]:
    arguments, position, more = [], 0, bool(text.strip())
    while more:
        match = _ARGUMENT.match(text, position)
        if match is None:
            remedy = 'separate arguments by commas and put text with commas or brackets in "double quotes"'
            raise RuleError([Problem(path=path, message="arguments cannot be read", remedy=remedy)])
        arguments.append(match[1] if match[1] is not None else match[2])
        position, more = match.end(), match[3] == ","
    return tuple(arguments)
