"""`orderflow feedback import FILE`: what customers said, for the figures of the weekly report."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from connectors.database import orders, reports, shipments
from connectors.database.reports import Feedback
from connectors.database.reports.feedback import SATISFACTION
from connectors.database.tables.deliveries import FEEDBACK
from connectors.vault import Vault
from deployments.cli.access import current_home, open_database
from deployments.cli.output import AsJson, AskedWrongly, show

COLUMNS = ("order", "kind")

group = typer.Typer(help="What customers said of their orders.", no_args_is_help=True)


@group.callback()
def _several() -> None:
    """Keeps the command's own name: there are to be more."""


@group.command("import")
def import_feedback(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV: order, kind, score, parcel, said_at")],
    as_json: AsJson = False,
) -> None:
    """Takes scores from 1 to 5 (kind satisfaction), and claims: wrong_item, wrong_quantity, wrong_address of a parcel.

    The same line again changes nothing. One wrong line, and none is taken. `said_at` is ISO 8601, else it is now.
    """
    home = current_home()
    with open_database(home) as database, database.write() as conn:
        said = [_feedback(conn, home.vault(), number, row) for number, row in _rows(file)]
        new = reports.keep_feedback(conn, said)
    show({"read": len(said), "new": new}, f"{len(said)} lines read, {new} new.", as_json=as_json)


def _rows(file: Path) -> list[tuple[int, dict[str, str]]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        if not set(COLUMNS) <= set(reader.fieldnames or ()):
            raise AskedWrongly(f"the file needs the columns {', '.join(COLUMNS)}")
        return [(reader.line_num, {name: (text or "").strip() for name, text in row.items() if name}) for row in reader]


def _feedback(conn: Connection, vault: Vault, line: int, row: dict[str, str]) -> Feedback:
    stored = orders.find_order(conn, vault, row["order"])
    if stored is None:
        raise AskedWrongly(f"line {line}: there is no order {row['order']!r}")
    kind = row["kind"]
    if kind not in FEEDBACK:
        raise AskedWrongly(f"line {line}: the kinds are {', '.join(FEEDBACK)}")
    score = row.get("score", "")
    if (kind == SATISFACTION) != (score in {"1", "2", "3", "4", "5"}):
        raise AskedWrongly(f"line {line}: satisfaction, and nothing else, has a score from 1 to 5")
    parcel = "" if kind == SATISFACTION else _parcel(conn, stored.id, row.get("parcel") or "1", line)
    return Feedback(stored.id, kind, _said_at(row.get("said_at", ""), line), parcel, int(score) if score else None)


def _parcel(conn: Connection, order_id: str, number: str, line: int) -> str:
    for row in shipments.shipments_of(conn, [order_id]).get(order_id, []):
        if str(row.number) == number:
            return row.id
    raise AskedWrongly(f"line {line}: the order has no parcel {number}")


def _said_at(text: str, line: int) -> int:
    try:
        moment = datetime.fromisoformat(text) if text else datetime.now(UTC)
    except ValueError:
        raise AskedWrongly(f"line {line}: {text!r} is no time like 2026-11-22T10:00:00+00:00") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
