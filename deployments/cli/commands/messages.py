"""`orderflow messages …`: messages that may have been sent, or could not be, and what a person says of each."""

from collections.abc import Callable
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from connectors.database import audit, outbox
from connectors.database.outbox import OutboxRow
from deployments.cli.access import actor, current_home, moment, open_database
from deployments.cli.output import AsJson, AskedWrongly, show, table

MessageId = Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")]
Reason = Annotated[str, typer.Option(help="Why, for the audit trail.")]
Settle = Callable[[Connection, str], bool]

group = typer.Typer(help="Messages that wait for a person.", no_args_is_help=True)


def _queue(state: str, help_text: str) -> typer.Typer:
    """The commands about messages of one state."""
    queue = typer.Typer(help=help_text, no_args_is_help=True)

    @queue.command("list")
    def list_messages(
        limit: Annotated[int, typer.Option(min=1, help="At most so many, the oldest first.")] = 100,
        as_json: AsJson = False,
    ) -> None:
        """What it is about, to whom it goes, and what went wrong."""
        with open_database(current_home()) as database, database.read() as conn:
            lines = [_line(row) for row in outbox.outbox_queue(conn, [state], limit=limit)]
        columns = ("id", "what", "to", "order", "since", "tries", "error")
        show(lines, table(columns, (line.values() for line in lines), title=f"{len(lines)} {state}"), as_json=as_json)

    @queue.command()
    def again(message_id: MessageId, reason: Reason = "", as_json: AsJson = False) -> None:
        """It is sent (again); whoever got it the first time gets it twice."""
        _settle(state, message_id, outbox.send_again, "is sent again", reason, as_json=as_json)

    @queue.command()
    def discard(message_id: MessageId, reason: Reason = "", as_json: AsJson = False) -> None:
        """It arrived, or need not any more: it is never sent again."""
        _settle(state, message_id, outbox.confirm_sent, "is not sent any more", reason, as_json=as_json)

    return queue


group.add_typer(_queue("uncertain", "Messages nobody knows the fate of."), name="uncertain")
group.add_typer(_queue("dead", "Messages that cannot be sent."), name="dead")


def _settle(state: str, message_id: str, settle: Settle, words: str, reason: str, *, as_json: bool) -> None:
    with open_database(current_home()) as database, database.write() as conn:
        waiting = {row.id: row for row in outbox.outbox_queue(conn, [state])}
        if message_id not in waiting or not settle(conn, message_id):
            raise AskedWrongly(f"there is no {state} message {message_id!r}")
        subject = f"message {waiting[message_id].dedup_key}"
        audit.note_action(conn, actor=actor(), action=f"message {words}", subject=subject, reason=reason)
    show({"id": message_id, "result": words}, f"{message_id} {words}.", as_json=as_json)


def _line(row: OutboxRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "to": row.payload.get("to", ""),
        "order_id": row.order_id,
        "since": moment(row.created_at_ms),
        "tries": row.attempts,
        "error": row.last_error,
    }
