"""`orderflow holds …`: the exception queue."""

from typing import Annotated, Any

import typer

from connectors.database import holds
from deployments.cli.access import current_home, moment, open_database
from deployments.cli.output import AsJson, show, table

group = typer.Typer(help="Orders that wait for a person.", no_args_is_help=True)


@group.callback()
def _group() -> None:
    """Keeps `list` a command of its own although it is the only one."""


@group.command("list")
def list_holds(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the oldest first.")] = 100, as_json: AsJson = False
) -> None:
    """The open holds: what is wrong, in which field, what would mend it."""
    with open_database(current_home()) as database, database.read() as conn:
        rows = [_line(row) for row in holds.open_holds(conn, limit)]
    columns = ("order", "channel", "reason", "code", "field", "detail", "remedy", "since", "total")
    show(rows, table(columns, (row.values() for row in rows), title=f"{len(rows)} open holds"), as_json=as_json)


def _line(row: holds.HoldRow) -> dict[str, Any]:
    hold = row.hold
    return {
        "order": row.number,
        "channel": row.source,
        "reason": hold.reason,
        "code": hold.code,
        "field": hold.field,
        "detail": hold.detail,
        "remedy": hold.remedy,
        "since": moment(row.opened_at_ms),
        "total": str(row.total),
    }
