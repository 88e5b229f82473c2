"""The reference of conditions as a page: docs/rules.md is made of it."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from orderflow.rules.actions import Actions
from orderflow.rules.condition import Condition, Kind, all_conditions
from orderflow.rules.operators import OPERATORS, operators_of

# What stands above the generated part stays as somebody wrote it.
BEGIN = "<!-- Made by `orderflow rules fields --markdown`; what follows is not edited by hand. -->"


def reference_page() -> str:
    """The generated part of the page: operators, then every condition by group, then the effects."""
    return "\n".join((BEGIN, "", *_operators(), *_conditions(all_conditions().values()), *_effects()))


def _operators() -> Iterator[str]:
    yield from ("## Operators", "", "| operator | reads | for |", "|---|---|---|")
    for code, operator in OPERATORS.items():
        kinds = ", ".join(kind for kind in Kind if code in operators_of(kind))
        yield f"| `{code}` | {operator.sentence} | {kinds} |"
    yield ""


def _conditions(conditions: Iterable[Condition]) -> Iterator[str]:
    listed = list(conditions)
    yield from (f"## Conditions ({len(listed)})", "")
    for group, members in groupby(listed, key=lambda one: one.group):
        yield from (f"### {group.capitalize()}", "", "| write | the rule looks at | type | unit |", "|---|---|---|---|")
        yield from (f"| `{one.signature}` | {_looks_at(one)} | {one.kind} | {one.unit} |" for one in members)
        yield ""


def _looks_at(one: Condition) -> str:
    choices = f" ({', '.join(one.choices)})" if one.choices else ""
    return one.sentence + choices + ("; inside `lines` only" if one.of_line else "")


def _effects() -> Iterator[str]:
    yield from ("## Effects", "", "| effect | what follows |", "|---|---|")
    for name, field in Actions.model_fields.items():
        yield f"| `{name}` | {field.description} |"
    yield ""
