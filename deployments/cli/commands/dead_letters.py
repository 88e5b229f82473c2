"""`orderflow dead-letters …`: deliveries nobody could read, kept for a person."""

import dataclasses
from collections.abc import Callable
from typing import Annotated

import typer
from sqlalchemy import Connection

from connectors.database import audit, inbox
from deployments.cli.access import actor, current_home, moment, open_database
from deployments.cli.output import AsJson, AskedWrongly, show, table

LetterId = Annotated[str, typer.Argument(metavar="ID", help="As `dead-letters list` shows it.")]
Reason = Annotated[str, typer.Option(help="Why, for the audit trail.")]

group = typer.Typer(help="Deliveries nobody could read.", no_args_is_help=True)


@group.command("list")
def list_letters(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the oldest first.")] = 100, as_json: AsJson = False
) -> None:
    """The dead letters with the reason."""
    with open_database(current_home()) as database, database.read() as conn:
        letters = inbox.dead_letters(conn, limit)
    rows = [(row.id, row.source, row.topic, row.external_id, moment(row.received_at_ms), row.error) for row in letters]
    columns = ("id", "channel", "topic", "order", "received", "reason")
    document = [dataclasses.asdict(letter) for letter in letters]
    show(document, table(columns, rows, title=f"{len(rows)} dead letters"), as_json=as_json)


@group.command("show")
def show_letter(letter_id: LetterId, as_json: AsJson = False) -> None:
    """The delivery as it came, customers' data and all; that you looked goes into the audit trail."""
    home = current_home()
    with open_database(home) as database, database.write() as conn:
        body = inbox.body_of_letter(conn, home.vault(), letter_id)
        if body is None:
            raise _unknown(letter_id)
        _note(conn, "dead letter is looked at", letter_id, "")
    text = body.decode(errors="replace")
    show({"id": letter_id, "body": text}, text, as_json=as_json)


@group.command()
def replay(letter_id: LetterId, reason: Reason = "", as_json: AsJson = False) -> None:
    """Puts it back into the queue, to be read again; worth it after the configuration or the program was mended."""
    _settle(letter_id, inbox.replay_inbox, "is in the queue again", reason, as_json=as_json)


@group.command()
def discard(letter_id: LetterId, reason: Reason = "", as_json: AsJson = False) -> None:
    """Takes it out for good. The order it was about still comes by the next poll, if the channel has one."""
    _settle(letter_id, inbox.discard_inbox, "is discarded", reason, as_json=as_json)


def _settle(
    letter_id: str, settle: Callable[[Connection, str], bool], words: str, reason: str, *, as_json: bool
) -> None:
    with open_database(current_home()) as database, database.write() as conn:
        if not settle(conn, letter_id):
            raise _unknown(letter_id)
        _note(conn, f"dead letter {words}", letter_id, reason)
    show({"id": letter_id, "result": words}, f"{letter_id} {words}.", as_json=as_json)


def _note(conn: Connection, action: str, letter_id: str, reason: str) -> None:
    audit.note_action(conn, actor=actor(), action=action, subject=f"delivery {letter_id}", reason=reason)


def _unknown(letter_id: str) -> AskedWrongly:
    return AskedWrongly(f"there is no dead letter {letter_id!r}")
