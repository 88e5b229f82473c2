"""JSON with placeholders in braces, and the facts that take their place."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def fill(template: Any, facts: Mapping[str, Any], *, leave_out_empty: bool = False) -> Any:
    """The template with its facts. A text that is one placeholder becomes the fact itself, number, text or list.

    Members of the template's objects that become empty may be left out; a fact is never looked into.
    """
    if isinstance(template, dict):
        filled = {name: fill(inner, facts, leave_out_empty=leave_out_empty) for name, inner in template.items()}
        return {name: value for name, value in filled.items() if not leave_out_empty or value not in ("", {}, None)}
    if isinstance(template, list):
        return [fill(inner, facts, leave_out_empty=leave_out_empty) for inner in template]
    if not isinstance(template, str):
        return template
    if whole := _PLACEHOLDER.fullmatch(template):
        return facts[whole[1]]
    return _PLACEHOLDER.sub(lambda match: str(facts[match[1]]), template)


def fill_path(template: str, facts: Mapping[str, Any]) -> str:
    """The path with its facts, each as one step whatever is in it."""
    return _PLACEHOLDER.sub(lambda match: quote(str(facts[match[1]]), safe=""), template)


def placeholders(template: Any) -> set[str]:
    """The names of all placeholders in a template."""
    if isinstance(template, dict):
        return placeholders(list(template.values()))
    if isinstance(template, list):
        return {name for inner in template for name in placeholders(inner)}
    return set(_PLACEHOLDER.findall(template)) if isinstance(template, str) else set()
