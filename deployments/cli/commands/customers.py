"""`orderflow customers …`: what we hold of a person, shown to them or forgotten."""

import sqlite3
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from connectors.database import audit
from connectors.database.orders import find_order, load_orders
from connectors.database.privacy import erase_orders, orders_of_person
from connectors.database.session.compaction import compact
from connectors.labels.files import delete_files
from deployments.cli.access import actor, current_home, open_database
from deployments.cli.output import AsJson, AskedWrongly, CommandFailed, show
from deployments.home import Home

Person = Annotated[str, typer.Argument(metavar="EMAIL|ORDER", help="A mail address, or an order's number or id.")]
Reason = Annotated[str, typer.Option(help="Who asked for it and why, for the audit trail; without personal data.")]

group = typer.Typer(help="What is held of a person: hand it out, or forget it.", no_args_is_help=True)


@group.command()
def export(person: Person, as_json: AsJson = False) -> None:
    """Everything we hold of a person, as JSON to hand to them: their orders in full, with what happened to each."""
    home = current_home()
    with open_database(home) as database, database.read() as conn:
        found = load_orders(conn, home.vault(), _orders_of(conn, home, person))
        document = [_held(conn, stored.id, stored.order.model_dump(mode="json")) for stored in found]
    show(document, *(str(order) for order in document), as_json=as_json)


@group.command()
def erase(person: Person, reason: Reason = "asked for by the customer", as_json: AsJson = False) -> None:
    """Forgets the person behind an order, or behind all orders of a mail address. It cannot be undone.

    Orders that still have a way to go are left alone: finish or cancel them first. What was sold, where it was sent
    from and the audit trail stay, without the person. Backups made before still hold the data: delete them too.
    """
    home = current_home()
    with open_database(home) as database:
        with database.write() as conn:
            asked = _orders_of(conn, home, person)
            done = erase_orders(conn, asked, actor=actor(), reason=reason)
        delete_files(done.files)
        _compact(database.url)
    document = {"erased": done.erased, "still_open": done.still_open, "files": len(done.files)}
    lines = [f"{len(done.erased)} orders have no person behind them any more, {len(done.files)} label files deleted."]
    lines += [f"{order_id} still has a way to go: finish or cancel it, then ask again." for order_id in done.still_open]
    show(document, *lines, as_json=as_json)


def _orders_of(conn: Connection, home: Home, person: str) -> list[str]:
    vault = home.vault()
    if "@" in person:
        found = orders_of_person(conn, vault, person)
    else:
        stored = find_order(conn, vault, person)
        found = [stored.id] if stored else []
    if not found:
        raise AskedWrongly("there is no order of that name or address")
    return found


def _held(conn: Connection, order_id: str, order: dict[str, Any]) -> dict[str, Any]:
    timeline = [{"at_ms": event.at_ms, "what": event.kind} for event in audit.timeline(conn, order_id)]
    return {"id": order_id, "order": order, "timeline": timeline}


def _compact(url: str) -> None:
    try:
        compact(url)
    except sqlite3.OperationalError as error:
        raise CommandFailed(f"erased, but the file still holds remains: erase again later ({error})") from error
