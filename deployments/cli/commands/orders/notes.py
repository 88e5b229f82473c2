"""`orderflow orders note|timeline`: what people write about an order, and its whole timeline to be kept or sent."""

import csv
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors.database import audit, orders
from connectors.tabular.csv_table import harmless
from deployments.cli.access import actor, current_home, moment, open_database
from deployments.cli.acting import act_on
from deployments.cli.output import AsJson, AskedWrongly, show, table

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number, our id or the channel's id.")]
COLUMNS = ("at", "what", "change", "who", "note", "data")
NOTE = "note"


def note(
    number: Number,
    text: Annotated[str, typer.Argument(help="What to write down. Only our own people read it.")],
    as_json: AsJson = False,
) -> None:
    """Writes a note on the order's timeline; it changes nothing else and no customer sees it."""
    if not text.strip():
        raise AskedWrongly("an empty note says nothing")

    def act(shop: Any, owner: str, stored: Any) -> str:
        with shop.database.write() as conn:
            about = {"kind": NOTE, "actor": actor(), "note": text.strip()}
            orders.record(conn, stored, owner=owner, next_at_ms=stored.next_at_ms, **about)
        return f"noted on {stored.order.number}"

    said = act_on(number, act)
    show({"said": said}, said, as_json=as_json)


def timeline(
    number: Number,
    to: Annotated[Path | None, typer.Option("--csv", help="Write a CSV file there, as finance reads it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Everything that happened to the order: when, what, who and why. The customer's data stay out of it."""
    home = current_home()
    with open_database(home) as database, database.read() as conn:
        stored = orders.find_order(conn, home.vault(), number)
        if stored is None:
            raise AskedWrongly(f"no order {number!r}")
        events = [_line(event) for event in audit.timeline(conn, stored.id)]
    if to:
        _write(to, events)
        show({"file": str(to), "events": len(events)}, f"{len(events)} events in {to}", as_json=as_json)
        return
    rows = (list(event.values())[:-1] for event in events)
    show(events, table(COLUMNS[:-1], rows, title=f"Timeline of {stored.order.number}"), as_json=as_json)


def _line(event: audit.EventRow) -> dict[str, Any]:
    return {
        "at": moment(event.at_ms),
        "what": event.kind,
        "change": event.sentence,
        "who": event.actor,
        "note": event.note,
        "data": dict(event.data),
    }


def _write(path: Path, events: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for event in events:
            told = {**event, "data": json.dumps(event["data"], ensure_ascii=False)}
            writer.writerow([harmless(told[name]) for name in COLUMNS])
