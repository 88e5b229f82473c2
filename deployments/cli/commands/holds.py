"""`orderflow holds …`: the exception queue, and a person's answer to it."""

from typing import Annotated, Any

import typer

from connectors.database import holds
from deployments.cli.access import actor, current_home, moment, open_database
from deployments.cli.acting import act_on, look_at
from deployments.cli.output import AsJson, show, table

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number, our id or the channel's id.")]
Note = Annotated[str, typer.Option(help="Why, for the order's timeline.")]

group = typer.Typer(help="Orders that wait for a person.", no_args_is_help=True)


@group.command("list")
def list_holds(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the oldest first.")] = 100, as_json: AsJson = False
) -> None:
    """The open holds: what is wrong, in which field, what would mend it."""
    with open_database(current_home()) as database, database.read() as conn:
        rows = [_line(row) for row in holds.open_holds(conn, limit)]
    columns = ("order", "channel", "reason", "code", "field", "detail", "remedy", "since", "total")
    show(rows, table(columns, (row.values() for row in rows), title=f"{len(rows)} open holds"), as_json=as_json)


@group.command("check")
def check_hold(number: Number, as_json: AsJson = False) -> None:
    """What is different now from the plan the order was held with: what an approval would take. Writes nothing."""
    from tasks.preview import changes_since

    said = look_at(number, lambda shop, stored: "\n".join(changes_since(shop, stored)))
    show(said.splitlines(), said or "nothing is different from the plan it was held with", as_json=as_json)


@group.command("approve")
def approve(number: Number, note: Note = "", as_json: AsJson = False) -> None:
    """Lets the order pass, by the stock and the rates there are now; says what is different from what was planned."""
    _answer(number, "approve", note, as_json)


@group.command("reject")
def reject(number: Number, note: Note = "", as_json: AsJson = False) -> None:
    """Cancels the order: its stock is free again, and labels it has are voided."""
    _answer(number, "reject", note, as_json)


def _answer(number: str, answer: str, note: str, as_json: bool) -> None:
    # What decides is slow to import, which only the commands that answer shall wait for.
    from tasks.resolve import Answer, Resolution, resolve_order

    resolution = Resolution(Answer(answer), actor(), note)
    said = act_on(number, lambda shop, owner, stored: resolve_order(shop, owner, stored, resolution))
    show({"said": said}, said, as_json=as_json)


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
