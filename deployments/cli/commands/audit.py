"""`orderflow audit …`: who did what, and whether anybody touched the record of it."""

import dataclasses
from datetime import UTC, datetime
from typing import Annotated

import typer

from connectors.database import audit
from deployments.cli.access import current_home, moment, open_database
from deployments.cli.output import AsJson, ExitCode, show, table

Time = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])]

group = typer.Typer(help="The audit trail: search it, verify it.", no_args_is_help=True)


@group.command()
def search(  # noqa: PLR0917 - typer makes an option of each
    words: Annotated[str, typer.Argument(help="Words in a note or in what was recorded; none to find all.")] = "",
    order: Annotated[str, typer.Option(help="An order's number or our id of it.")] = "",
    actor: Annotated[str, typer.Option(help="Who, by the beginning: user: finds every person.")] = "",
    kind: Annotated[str, typer.Option(help="What happened: received, routed, labelled, …")] = "",
    since: Time = None,
    until: Time = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Events that fit all that is given, newest first. Times are UTC; `--until` is the first moment left out."""
    wanted = audit.Search(order, actor, kind, words, _epoch_ms(since) or 0, _epoch_ms(until))
    with open_database(current_home()) as database, database.read() as conn:
        found = audit.search(conn, wanted, limit=limit)
    rows = [(moment(e.at_ms), e.order_id, e.seq, e.kind, e.sentence, e.actor, e.note) for e in found]
    columns = ("at", "order", "no.", "what", "status", "who", "note")
    document = [dataclasses.asdict(event) for event in found]
    show(document, table(columns, rows, title=f"{len(rows)} events"), as_json=as_json)


@group.command("actions")
def list_actions(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 100, as_json: AsJson = False
) -> None:
    """What people did to queues: dead letters and messages that were sent again, looked at or discarded."""
    with open_database(current_home()) as database, database.read() as conn:
        found = audit.actions(conn, limit=limit)
    rows = [(moment(one.at_ms), one.actor, one.action, one.subject, one.reason) for one in found]
    document = [dataclasses.asdict(one) for one in found]
    show(document, table(("at", "who", "did", "to what", "why"), rows, title=f"{len(rows)} actions"), as_json=as_json)


@group.command()
def verify(as_json: AsJson = False) -> None:
    """Recomputes every hash and every day's seal; ends with 1 where something does not add up."""
    with open_database(current_home()) as database, database.read() as conn:
        events, flaws = audit.verify(conn)
        seals = audit.sealed_days(conn, limit=1)
    last = dataclasses.asdict(seals[0]) if seals else None
    document = {"events": events, "flaws": [dataclasses.asdict(flaw) for flaw in flaws], "last_seal": last}
    words = [f"{events} events, {len(flaws)} flaws."]
    if last:
        words.append(f"The last seal is of {last['day']}: {last['seal']}")
    found = [table(("where", "what is wrong"), [(flaw.where, flaw.problem) for flaw in flaws])] if flaws else []
    show(document, *words, *found, as_json=as_json)
    raise typer.Exit(ExitCode.PROBLEM if flaws else ExitCode.OK)


@group.command()
def seal(as_json: AsJson = False) -> None:
    """Seals the days that are over; `watch-orders` does the same. Keep what it prints outside the database."""
    with open_database(current_home()) as database, database.write() as conn:
        fresh = audit.seal_days(conn)
    rows = [(seal.day, seal.events, seal.seal) for seal in fresh]
    document = [dataclasses.asdict(seal) for seal in fresh]
    show(document, table(("day", "events", "seal"), rows, title=f"{len(rows)} days sealed"), as_json=as_json)


def _epoch_ms(time: datetime | None) -> int | None:
    return None if time is None else int(time.replace(tzinfo=UTC).timestamp() * 1000)
