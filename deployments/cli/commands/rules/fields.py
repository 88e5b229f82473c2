"""`orderflow rules fields`: everything a rule may ask."""

from typing import Annotated, Any

import typer

from deployments.cli.commands.rules.reference import reference_page
from deployments.cli.output import AsJson, show, table
from orderflow.rules.condition import Condition, all_conditions
from orderflow.rules.operators import OPERATORS, operators_of


def fields(
    group: Annotated[str | None, typer.Option(help="Only of this group, like order or stock.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="The reference as docs/rules.md has it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Every condition: how it is written, what it looks at, its type, unit, group and field in the form."""
    if markdown:
        typer.echo(reference_page())
        return
    found = [field_document(one) for one in all_conditions().values() if group in {None, one.group}]
    columns = ("write", "the rule looks at", "type", "unit", "group", "form")
    rows = [(one["signature"], one["sentence"], one["type"], one["unit"], one["group"], one["form"]) for one in found]
    show(found, table(columns, rows, title=f"{len(rows)} conditions, {len(OPERATORS)} operators"), as_json=as_json)


def field_document(one: Condition) -> dict[str, Any]:
    """One condition for machines."""
    return {
        "code": one.code,
        "signature": one.signature,
        "sentence": one.sentence,
        "type": one.kind.value,
        "unit": one.unit,
        "group": one.group,
        "form": one.form_field,
        "choices": list(one.choices),
        "parameters": [{"name": item.name, "required": item.required} for item in one.parameters],
        "of_line": one.of_line,
        "operators": list(operators_of(one.kind)),
    }
