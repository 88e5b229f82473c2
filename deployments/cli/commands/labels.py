"""`orderflow labels unknown …`: purchases of which nobody knows whether they brought a label, and what a person says.

Look the reference up at the provider first. Carriers that can be asked are asked without a person; what waits for one
is an open case of the order.
"""

from decimal import Decimal
from typing import Annotated, Any

import typer

from connectors.database import holds, orders, steps
from connectors.database.steps import StepRow
from deployments.cli.access import actor, current_home, moment, open_database
from deployments.cli.acting import act_on
from deployments.cli.output import AsJson, show, table
from orderflow.money import Money

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number, our id or the channel's id.")]
Reason = Annotated[str, typer.Option(help="How you know, for the order's timeline.")]
Reference = Annotated[str, typer.Option("--provider-reference", help="The provider's id of the label, to void it by.")]

group = typer.Typer(help="Labels nobody is sure of.", no_args_is_help=True)
unknown = typer.Typer(help="Purchases whose outcome nobody knows.", no_args_is_help=True)
group.add_typer(unknown, name="unknown")


@unknown.command("list")
def list_unknown(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the oldest first.")] = 100, as_json: AsJson = False
) -> None:
    """The undecided purchases: what to look up where, and whether a person has to."""
    home = current_home()
    with open_database(home) as database, database.read() as conn:
        rows = [row for row in steps.unresolved_steps(conn, limit=limit) if row.kind == "label"]
        stored = {one.id: one for one in orders.load_orders(conn, home.vault(), {row.order_id for row in rows})}
        cases = holds.open_cases_of(conn, list(stored))
    lines = [_line(row, stored[row.order_id].order.number, waits=bool(cases[row.order_id])) for row in rows]
    columns = ("order", "provider", "reference", "since", "waits for", "last error")
    show(lines, table(columns, (line.values() for line in lines), title=f"{len(lines)} undecided"), as_json=as_json)


@unknown.command()
def adopt(  # noqa: PLR0917 - typer makes an option of each
    number: Number,
    tracking_number: Annotated[str, typer.Option(help="As it stands on the label.")],
    carrier: Annotated[str, typer.Option(help="The carrier of the label.")],
    cost: Annotated[str, typer.Option(help="What it cost, as 8.40.")],
    currency: Annotated[str, typer.Option(help="The currency of the cost.")] = "USD",
    provider_reference: Reference = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """The label exists: it is taken for the order's, and none is bought."""
    from tasks.labelling.adopt import FoundLabel

    price = Money.of(Decimal(cost), currency)
    found = FoundLabel(tracking_number, carrier, price, provider_reference=provider_reference)
    _answer(number, "adopt", reason, as_json, found)


@unknown.command()
def again(number: Number, reason: Reason = "", as_json: AsJson = False) -> None:
    """There is no label: the order goes on and one is bought."""
    _answer(number, "no_label", reason, as_json)


@unknown.command()
def void(
    number: Number,
    provider_reference: Annotated[str, typer.Option(help="The provider's id of the label.")],
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """The label exists and is not wanted: it is voided at its provider, and the order goes on without it."""
    from tasks.labelling.void_found import void_found

    async def carry_out(shop: Any, owner: str, stored: Any) -> str:
        await void_found(shop, owner, stored, provider_reference)
        return _resolved(shop, owner, stored, "no_label", reason or f"voided {provider_reference}")

    said = act_on(number, carry_out)
    show({"said": said}, said, as_json=as_json)


def _answer(number: str, answer: str, reason: str, as_json: bool, label: Any = None) -> None:
    said = act_on(number, lambda shop, owner, stored: _resolved(shop, owner, stored, answer, reason, label))
    show({"said": said}, said, as_json=as_json)


def _resolved(shop: Any, owner: str, stored: Any, answer: str, reason: str, label: Any = None) -> str:  # noqa: PLR0917
    # What decides is slow to import, which only the commands that answer shall wait for.
    from tasks.resolve import Answer, Resolution, resolve_order

    return resolve_order(shop, owner, stored, Resolution(Answer(answer), actor(), reason, label=label))


def _line(row: StepRow, number: str, *, waits: bool) -> dict[str, Any]:
    return {
        "order": number,
        "provider": row.provider,
        "reference": row.key.removesuffix("/label"),
        "since": moment(row.started_at_ms),
        "waits_for": "you" if waits else "the provider",
        "error": row.error,
    }
