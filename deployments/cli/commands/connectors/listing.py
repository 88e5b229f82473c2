"""`orderflow connectors list`: everything that can be plugged in, and what of it is."""

from typing import Annotated, Any

import typer

from deployments.cli.commands.connectors.reference import reference_page
from deployments.cli.commands.connectors.situation import Standing, current_situation
from deployments.cli.output import AsJson, console, show, table

Markdown = Annotated[
    bool, typer.Option("--markdown", help="The reference of all of them, as docs/connectors.md has it.")
]


def list_connectors(as_json: AsJson = False, markdown: Markdown = False) -> None:
    """Every connector: its kind, whether it is switched on and configured, and the variables it still needs."""
    if markdown:
        console.print(reference_page(), soft_wrap=True, markup=False)
        return
    standings = current_situation().standings
    columns = ("kind", "code", "enabled", "configured", "simulator", "missing")
    show([document_of(one) for one in standings], table(columns, map(_row, standings)), as_json=as_json)


def document_of(standing: Standing) -> dict[str, Any]:
    """The connector for machines."""
    return {
        "code": standing.code,
        "kind": standing.kind,
        "enabled": standing.is_enabled,
        "configured": standing.is_configured,
        "has_simulator": standing.has_simulator,
        "missing": list(standing.missing),
        "summary": standing.summary,
    }


def _row(standing: Standing) -> tuple[str, ...]:
    signs = (standing.is_enabled, standing.is_configured, standing.has_simulator)
    return (standing.kind, standing.code, *("yes" if sign else "" for sign in signs), ", ".join(standing.missing))
