"""`orderflow backorders …`: who waits for what, oldest order first; and taking units off that nobody waits for."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from connectors.database import backorders
from connectors.database.backorders import BackorderRow
from deployments.cli.access import actor, current_home, moment, open_database
from deployments.cli.acting import act_on
from deployments.cli.output import AsJson, show, table

group = typer.Typer(help="Backorders: who waits for what, and cancelling it.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number, our id or the channel's id.")]


class SortBy(StrEnum):
    """What the list is sorted by."""

    ORDER_DATE = "order_date"
    SKU = "sku"
    WAITING_SINCE = "waiting_since"


@group.command("list")
def list_backorders(
    sort: Annotated[
        SortBy, typer.Option(help="order_date is the order of turns when stock comes.")
    ] = SortBy.ORDER_DATE,
    sku: Annotated[str | None, typer.Option(help="Only units of this SKU.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the oldest orders first.")] = 500,
    as_json: AsJson = False,
) -> None:
    """The units customers wait for."""
    with open_database(current_home()) as database, database.read() as conn:
        waiting = backorders.pending_backorders(conn, limit=limit)
    found = [_line(row) for row in sorted(waiting, key=_SORTS[sort]) if sku in (None, row.sku)]
    columns = ("order", "channel", "line", "sku", "variant", "units", "ordered", "waits since")
    rows = [line.values() for line in found]
    show(found, table(columns, rows, title=f"{len(found)} backorders"), as_json=as_json)


@group.command("cancel")
def cancel(
    number: Number,
    reason: Annotated[str, typer.Option(help="Why, for the order's timeline and the channel.")],
    line: Annotated[list[int] | None, typer.Option("--line", min=1, help="Only this line; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Cancels what the order waits for; the channel is asked to refund it. What is picked or sent is refused."""
    # What decides is slow to import, which only this command shall wait for.
    from tasks.refilling.cancel import Wish, cancel_waiting

    wish = Wish(actor(), reason, tuple(line or ()))

    def act(shop: Any, owner: str, stored: Any) -> str:
        done = cancel_waiting(shop, owner, stored, wish)
        units = sum(done.units.values())
        asked = f"{stored.order.source} is asked to refund {done.refund}"
        return f"{units} unit(s) of {stored.order.number} cancelled; {asked}"

    said = act_on(number, act)
    show({"said": said}, said, as_json=as_json)


_SORTS: dict[SortBy, Any] = {
    SortBy.ORDER_DATE: lambda row: (row.placed_at_ms, row.order_id, row.line_no),
    SortBy.SKU: lambda row: (row.sku, row.variant, row.placed_at_ms, row.order_id),
    SortBy.WAITING_SINCE: lambda row: (row.opened_at_ms, row.order_id, row.line_no),
}


def _line(row: BackorderRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "channel": row.source,
        "line": row.line_no,
        "sku": row.sku,
        "variant": row.variant,
        "units": row.quantity,
        "ordered_at": moment(row.placed_at_ms),
        "waits_since": moment(row.opened_at_ms),
    }
