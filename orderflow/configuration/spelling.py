"""The squashed spelling (`lowstockthreshold`, `costoptimized`, `warehousela`) is understood, with a warning."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from orderflow.configuration.lanes import Lane
from orderflow.configuration.model import Configuration
from orderflow.configuration.notifications import SWITCHES
from orderflow.configuration.shape import alternatives, choices_of, member_type, settings_of
from orderflow.rules.condition import all_conditions
from orderflow.rules.expression import QUANTIFIERS
from orderflow.rules.operators import OPERATORS
from orderflow.rules.rule import Rule

KNOWN_SOURCES = ("shopify", "woocommerce", "bigcommerce", "magento", "custom_api", "order_file", "warehouse")
LOCATION_SETTINGS = frozenset({"warehouse", "primary_location", "fallback_chain", "fulfilled_by"})

_FIRST_ARGUMENT = re.compile(r"(?<=\()\s*\w+")


def squashed(name: str) -> str:
    """The name as somebody writes it who leaves out capitals and what separates words."""
    return "".join(character for character in name if character.isalnum()).lower()


def respelled(document: Mapping[str, Any], warn: Callable[[str], None]) -> dict[str, Any]:
    """The document with canonical names for settings, conditions, operators, choices, sources and stock locations."""
    return _Speller(_location_codes(document), warn).value(document, Configuration, "", "")


class _Speller:
    """One pass over a document; every name it changes is told to `warn`."""

    def __init__(self, locations: tuple[str, ...], warn: Callable[[str], None]) -> None:
        self._locations = locations
        self._warn = warn
        self._in_conditions: tuple[str, ...] = (*all_conditions(), *OPERATORS, *QUANTIFIERS, "lines")

    def value(self, value: Any, annotation: Any, setting: str, path: str) -> Any:
        """The value found at `path` under a setting, its names canonical."""
        if isinstance(value, Mapping):
            return self._object(value, annotation, setting, path)
        if isinstance(value, list | tuple):
            inside = member_type(annotation, 0)
            return [self.value(member, inside, setting, f"{path}[{index}]") for index, member in enumerate(value)]
        return self._text(value, annotation, setting, path) if isinstance(value, str) else value

    def _object(self, value: Mapping[str, Any], annotation: Any, setting: str, path: str) -> dict[str, Any]:
        known = settings_of(annotation)
        result = {}
        for written, content in value.items():
            name = written if written in value and written in known else self._name(written, known, value, path)
            place = f"{path}.{name}".lstrip(".")
            if name == "conditions" and {Rule, Lane} & set(alternatives(annotation)):
                result[name] = self._conditions(content, place)
            else:
                result[name] = self.value(content, member_type(annotation, name), name if known else setting, place)
        return result

    def _conditions(self, content: Any, path: str) -> Any:
        if isinstance(content, list | tuple):
            return [self._conditions(member, f"{path}[{index}]") for index, member in enumerate(content)]
        if not isinstance(content, Mapping):
            return content
        return {
            name: self._conditions(member, f"{path}.{name}")
            for name, member in (
                (self._condition(written, content, path), member) for written, member in content.items()
            )
        }

    def _condition(self, written: str, beside: Mapping[str, Any], path: str) -> str:
        code, bracket, rest = written.partition("(")
        name = self._name(code, self._in_conditions, beside, path)
        if not bracket or name not in all_conditions() or "location" not in all_conditions()[name].parameter_names:
            return name + bracket + rest
        return name + _FIRST_ARGUMENT.sub(lambda m: self._word(m[0].strip(), self._locations, path), bracket + rest, 1)

    def _text(self, text: str, annotation: Any, setting: str, path: str) -> str:
        if setting == "notification":
            way, colon, whom = text.partition(":")
            return self._word(way, SWITCHES, path) + colon + whom
        words = self._locations if setting in LOCATION_SETTINGS else choices_of(annotation)
        return self._word(text, KNOWN_SOURCES if setting == "sources" else words, path)

    def _name(self, written: str, known: Iterable[str], beside: Mapping[str, Any], path: str) -> str:
        name = self._word(written, known, path or "the document")
        return written if name != written and name in beside else name

    def _word(self, written: str, known: Iterable[str], path: str) -> str:
        if written in known:
            return written
        meant = next((name for name in known if squashed(name) == squashed(written)), written)
        if meant != written:
            self._warn(f"{path}: {written} is understood as {meant}; write it that way")
        return meant


def _location_codes(document: Mapping[str, Any]) -> tuple[str, ...]:
    locations = document.get("locations")
    found = [one.get("code") for one in locations if isinstance(one, Mapping)] if isinstance(locations, list) else []
    return tuple(code for code in found if isinstance(code, str))
