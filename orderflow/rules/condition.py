"""What a condition is: one question about an order that a rule may ask, describing itself."""

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import FunctionType
from typing import Any

from orderflow.rules import conditions


class Kind(StrEnum):
    """What kind of value a condition reads, which decides the operators it may be asked with.

    A `TEXTS` is a list of texts (the categories of all lines). An `ATTRIBUTE` is a field the shop made up: it is read
    as a number or a flag where the rule compares it with one, and as text otherwise.
    """

    TEXT = "text"
    TEXTS = "texts"
    NUMBER = "number"
    MONEY = "money"
    FLAG = "flag"
    DATE = "date"
    ATTRIBUTE = "attribute"


FORM_FIELDS: Mapping[Kind, str] = {
    Kind.TEXT: "text",
    Kind.TEXTS: "text_list",
    Kind.NUMBER: "number",
    Kind.MONEY: "money",
    Kind.FLAG: "toggle",
    Kind.DATE: "date",
    Kind.ATTRIBUTE: "text",
}


@dataclass(frozen=True)
class Parameter:
    """One argument of a condition like `stock(warehouse_la, SKU123)`; a `location` must be one the shop has."""

    name: str
    required: bool


@dataclass(frozen=True, eq=False)
class Condition:
    """One question: `read` takes the facts (and the line, if `of_line`), then the arguments; None means missing.

    `sentence` completes "the rule looks at …"; `unit` is what a number counts; `group` is the file it lives in. A
    number `is_whole` where there is nothing between two units.
    """

    code: str
    sentence: str
    kind: Kind
    group: str
    read: Callable[..., Any]
    unit: str = ""
    choices: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    of_line: bool = False
    is_whole: bool = False

    @property
    def form_field(self) -> str:
        """The input the rule builder shows for the value to compare with."""
        return "choice" if self.choices else FORM_FIELDS[self.kind]

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """What the arguments are called, in order."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def signature(self) -> str:
        """How a rule writes it: `stock(location, sku?, variant?)`."""
        names = [p.name if p.required else f"{p.name}?" for p in self.parameters]
        return f"{self.code}({', '.join(names)})" if names else self.code


def condition(
    sentence: str, kind: Kind, *, unit: str = "", choices: tuple[str, ...] = ()
) -> Callable[[FunctionType], Condition]:
    """Makes a condition of a function; its name is the code, its module the group, its parameters the arguments."""

    def describe(read: FunctionType) -> Condition:
        names = list(inspect.signature(read).parameters.values())[1:]
        of_line = bool(names) and names[0].name == "line"
        return Condition(
            code=read.__name__,
            sentence=sentence,
            kind=kind,
            group=read.__module__.rpartition(".")[2],
            read=read,
            unit=unit,
            choices=choices,
            parameters=tuple(Parameter(p.name, p.default is p.empty) for p in names[of_line:]),
            of_line=of_line,
            is_whole=inspect.get_annotations(read).get("return") in {int, int | None},
        )

    return describe


@cache
def all_conditions() -> Mapping[str, Condition]:
    """Every condition there is, by code, grouped by file in name order."""
    modules = [
        importlib.import_module(f"{conditions.__name__}.{info.name}")
        for info in pkgutil.iter_modules(conditions.__path__)
    ]
    found = (member for module in modules for member in vars(module).values() if isinstance(member, Condition))
    return {item.code: item for item in found}


def closest(name: str, known: Mapping[str, Any] | tuple[str, ...]) -> tuple[str, ...]:
    """Up to three known names that a person may have meant, the likeliest first and none much less likely."""
    near = difflib.get_close_matches(name.lower(), sorted(set(known)), n=3, cutoff=0.6)
    likeness = [difflib.SequenceMatcher(None, name.lower(), candidate).ratio() for candidate in near]
    return tuple(candidate for candidate, ratio in zip(near, likeness, strict=True) if ratio > 0.9 * likeness[0])
