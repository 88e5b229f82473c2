"""`orderflow approvals …`: what waits for a yes, who may say it, and in whose name."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from connectors.database import holds, rulings
from connectors.database.session import milliseconds
from deployments.cli.access import actor, current_home, moment, open_database
from deployments.cli.output import AsJson, AskedWrongly, show, table
from orderflow.holds import HoldReason
from orderflow.rulings.authority import Delegation

group = typer.Typer(help="Approvals: what waits, and who may give them.", no_args_is_help=True)

_REASONS = {HoldReason.APPROVAL, HoldReason.FRAUD}


@group.command("list")
def list_approvals(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the oldest first.")] = 100, as_json: AsJson = False
) -> None:
    """The cases that wait for a yes: why, who has said it already, and when the stock is set free."""
    with open_database(current_home()) as database, database.read() as conn:
        waiting = [row for row in holds.open_holds(conn, limit) if row.hold.reason in _REASONS]
        given = rulings.approvals_of(conn, [row.id for row in waiting])
    rows = [_line(row, [yes for yes in given if yes.hold_id == row.id]) for row in waiting]
    columns = ("order", "code", "why", "total", "approved by", "since", "stock free at")
    show(rows, table(columns, (row.values() for row in rows), title=f"{len(rows)} wait for approval"), as_json=as_json)


@group.command("delegate")
def delegate(
    to: Annotated[str, typer.Option("--to", help="Who may approve in your name.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day, by UTC, as 2026-12-24.")],
    as_json: AsJson = False,
) -> None:
    """Lets somebody approve in your name, up to and including a day."""
    last_moment = milliseconds(until.replace(tzinfo=UTC) + timedelta(days=1))
    delegation = Delegation(principal=actor().removeprefix("user:"), deputy=to)
    with open_database(current_home()) as database, database.write() as conn:
        try:
            given = rulings.delegate(conn, delegation, until_ms=last_moment, actor=actor())
        except ValueError as error:
            raise AskedWrongly(str(error)) from error
    said = f"{to} may approve in the name of {delegation.principal} until {moment(last_moment)} UTC ({given})"
    show({"id": given, **delegation.model_dump(), "until": moment(last_moment)}, said, as_json=as_json)


@group.command("delegations")
def list_delegations(as_json: AsJson = False) -> None:
    """Who may, or might, approve in whose name, the newest first."""
    with open_database(current_home()) as database, database.read() as conn:
        rows = [_delegation(row) for row in rulings.list_delegations(conn)]
    columns = ("id", "from", "to", "until", "given by", "taken back")
    show(rows, table(columns, (row.values() for row in rows), title=f"{len(rows)} delegations"), as_json=as_json)


@group.command("revoke")
def revoke(
    delegation: Annotated[str, typer.Argument(metavar="ID", help="The delegation's id.")], as_json: AsJson = False
) -> None:
    """Takes a delegation back at once."""
    with open_database(current_home()) as database, database.write() as conn:
        if not rulings.revoke_delegation(conn, delegation, actor()):
            raise AskedWrongly(f"no delegation {delegation!r} is in force")
    show({"id": delegation, "revoked": True}, f"delegation {delegation} is taken back", as_json=as_json)


def _line(row: holds.HoldRow, given: list[rulings.ApprovalRow]) -> dict[str, Any]:
    lapses_at = row.hold.lapses_at
    return {
        "order": row.number,
        "code": row.hold.code,
        "why": row.hold.detail,
        "total": str(row.total),
        "approved_by": ", ".join(one.yes.actor for one in given),
        "since": moment(row.opened_at_ms),
        "stock_free_at": moment(milliseconds(lapses_at)) if lapses_at else "",
    }


def _delegation(row: rulings.DelegationRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "from": row.delegation.principal,
        "to": row.delegation.deputy,
        "until": moment(row.until_ms),
        "given_by": row.actor,
        "revoked_at": moment(row.revoked_at_ms),
    }
