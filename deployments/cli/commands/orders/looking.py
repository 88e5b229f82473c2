"""`orderflow orders list|show|explain`: what there is, where it stands, and why."""

from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from connectors.database import audit, carriage, decisions, orders, shipments
from connectors.database.operation import counts
from connectors.database.orders import StoredOrder
from deployments.cli.access import current_home, moment, open_database
from deployments.cli.decision_trace import decision_trace
from deployments.cli.output import AsJson, AskedWrongly, show, table
from orderflow.lifecycle import OrderStatus

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number, our id or the channel's id.")]


def list_orders(
    status: Annotated[OrderStatus | None, typer.Option(help="Only orders that stand there.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """The newest orders."""
    with open_database(current_home()) as database, database.read() as conn:
        found = [_line(row) for row in counts.list_orders(conn, status=status, limit=limit)]
    columns = ("order", "channel", "status", "waits for", "total", "placed", "last error")
    rows = (tuple(line.values())[1:] for line in found)
    show(found, table(columns, rows, title=f"{len(found)} orders"), as_json=as_json)


def show_order(number: Number, as_json: AsJson = False) -> None:
    """One order: where it stands, its lines, its shipments, its timeline. The customer's data stay out of it."""
    home = current_home()
    with open_database(home) as database, database.read() as conn:
        stored = _find(conn, home.vault(), number)
        parcels = shipments.shipments_of(conn, [stored.id]).get(stored.id, [])
        events = audit.timeline(conn, stored.id)
        choices = carriage.choices_of(conn, [stored.id])
    shown = [_parcel(row, choices.get(row.id)) for row in parcels]
    document = {**_summary(stored), "shipments": shown, "timeline": list(map(_event, events))}
    show(document, *_readable(document), as_json=as_json)


def explain_order(number: Number, as_json: AsJson = False) -> None:
    """Why this order ships from where it does: the score by part, and why every other location lost."""
    home = current_home()
    with open_database(home) as database, database.read() as conn:
        stored = _find(conn, home.vault(), number)
        decision = decisions.latest_decision(conn, stored.id)
    if decision is None:
        raise AskedWrongly(f"order {stored.order.number} is {stored.status}: nothing was decided for it yet")
    show(decision.model_dump(mode="json"), *decision_trace(stored.order.number, decision), as_json=as_json)


def _line(row: counts.OrderSummary) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "channel": row.source,
        "status": row.status,
        "waits_for": "" if row.step == "none" else row.step,
        "total": str(row.total),
        "placed_at": moment(row.placed_at_ms),
        "last_error": row.last_error,
    }


def _find(conn: Connection, vault: Any, number: str) -> StoredOrder:
    stored = orders.find_order(conn, vault, number)
    if stored is None:
        raise AskedWrongly(f"no order {number!r}")
    return stored


def _summary(stored: StoredOrder) -> dict[str, Any]:
    order = stored.order
    lines = [{"sku": line.sku, "title": line.title, "quantity": line.quantity} for line in order.lines]
    return {
        "id": stored.id,
        "number": order.number,
        "channel": order.source,
        "status": stored.status,
        "waits_for": stored.step,
        "total": str(order.total),
        "placed_at": order.placed_at.isoformat(),
        "last_error": stored.last_error,
        "lines": lines,
    }


def _parcel(row: shipments.ShipmentRow, choice: carriage.CarrierChoice | None) -> dict[str, Any]:
    return {
        "number": row.number,
        "location": row.location,
        "state": row.state,
        "carrier": row.carrier,
        "service": row.service,
        "tracking_number": row.tracking_number,
        "cost": str(row.cost) if row.cost else None,
        "market_average": str(choice.market) if choice and choice.market else None,
        "why": choice.reason if choice else None,
    }


def _event(event: audit.EventRow) -> dict[str, Any]:
    return {
        "at": moment(event.at_ms),
        "kind": event.kind,
        "from_status": event.from_status,
        "to_status": event.to_status,
        "actor": event.actor,
        "note": event.note,
    }


def _readable(document: dict[str, Any]) -> list[Any]:
    facts = [(name, text) for name, text in document.items() if not isinstance(text, list)]
    parts: list[Any] = [table(("order", document["number"]), facts)]
    for name in ("lines", "shipments", "timeline"):
        rows = document[name]
        if rows:
            parts += ["", table(list(rows[0]), (row.values() for row in rows), title=name)]
    return parts
