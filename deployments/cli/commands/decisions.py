"""`orderflow decisions …`: recorded decisions made again, as they were or by a draft."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape
from sqlalchemy import Connection

from connectors.database import orders
from connectors.database.decisions import RecordedDecision, UnreadableRecord, count_unrecorded, recorded_decisions
from deployments.cli.access import current_home, open_database
from deployments.cli.commands.config.validating import read_configuration, read_json
from deployments.cli.output import AsJson, AskedWrongly, CommandFailed, ExitCode, show
from deployments.what_if import what_if, what_if_lines
from orderflow.replay.bundle import Bundle
from orderflow.replay.comparison import Difference, first_difference

DAYS = 30.0
Days = Annotated[float, typer.Option(min=0.001, help="Decisions of the last so many days.")]
Number = Annotated[str, typer.Option("--order", metavar="NUMBER", help="Only this order's decisions.")]
BundleFile = Annotated[Path | None, typer.Option("--bundle", metavar="FILE", help="Of a bundle; needs no database.")]
Replayed = tuple[str, Difference | None]

group = typer.Typer(help="Decisions: replay, try a draft on the past.", no_args_is_help=True)


@group.command()
def replay(days: Days = DAYS, order: Number = "", bundle: BundleFile = None, as_json: AsJson = False) -> None:
    """Makes recorded decisions again with this release and compares them byte for byte; exit 1 if any differs."""
    if bundle:
        _tell([_of_bundle(bundle)], 0, as_json=as_json)
        return
    with open_database(current_home()) as database, database.read() as conn:
        order_id = _order_id(conn, order) if order else None
        since = None if order else days
        recorded = recorded_decisions(conn, days=since, order_id=order_id)
        replayed = [(one.number, _made_again(one)) for one in recorded]
        unrecorded = count_unrecorded(conn, days=since, order_id=order_id)
    _tell(replayed, unrecorded, as_json=as_json)


@group.command("what-if")
def try_draft(
    draft: Annotated[Path, typer.Argument(metavar="DRAFT", help="A configuration file.")],
    days: Days = DAYS,
    as_json: AsJson = False,
) -> None:
    """What the draft would have decided for the orders of the last days, with the stock of their time."""
    configuration, _ = read_configuration(draft, read_json(draft), as_json=as_json)
    home = current_home()
    with open_database(home) as database:
        answer = what_if(home, database, configuration, days=days)
    show(answer.model_dump(mode="json"), *map(escape, what_if_lines(answer, days=days)), as_json=as_json)


def _of_bundle(path: Path) -> Replayed:
    try:
        bundle = Bundle.model_validate(read_json(path))
    except ValidationError as error:
        raise CommandFailed(f"{path} is no bundle of this release: {error.errors()[0]['msg']}") from None
    return bundle.number, first_difference(bundle.decision.model_dump_json(), bundle.decision_inputs().decide())


def _made_again(one: RecordedDecision) -> Difference | None:
    try:
        return first_difference(one.document, one.inputs.decide())
    except UnreadableRecord as error:
        return Difference(path="record", recorded="written by another release", now=str(error))


def _order_id(conn: Connection, number: str) -> str:
    stored = orders.find_order(conn, current_home().vault(), number)
    if stored is None:
        raise AskedWrongly(f"no order {number!r}")
    return stored.id


def _tell(replayed: Sequence[Replayed], unrecorded: int, *, as_json: bool) -> None:
    different = [(number, found) for number, found in replayed if found]
    identical = len(replayed) - len(different)
    document = {
        "replayed": len(replayed),
        "identical": identical,
        "unrecorded": unrecorded,
        "different": [{"order": number, **found.model_dump()} for number, found in different],
    }
    lines = [f"{identical} of {len(replayed)} decisions are identical, byte for byte."]
    lines += [f"{unrecorded} were kept by an earlier release without what they were made from."] * bool(unrecorded)
    lines += [escape(f"{number}: {found}") for number, found in different]
    show(document, *lines, as_json=as_json)
    if different:
        raise typer.Exit(ExitCode.PROBLEM)
