"""One order's page: what was decided and why, and its timeline. Read only, without personal data."""

from datetime import UTC, datetime
from html import escape

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from connectors.database import audit, decisions, orders, shipments
from connectors.database.session import Database
from connectors.vault import Vault
from orderflow.explanation import explain

_STYLE = (
    "body{font:15px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2937}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #e5e7eb}"
    "h1 small{color:#6b7280;font-weight:normal}li{white-space:pre-wrap}"
)
_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", "Cache-Control": "no-store"}


def order_pages(database: Database, vault: Vault) -> APIRouter:
    """GET /orders/{number or id}: the page that links in messages and run tables lead to."""
    router = APIRouter()

    @router.get("/orders/{number}", response_class=HTMLResponse)
    def order_page(number: str) -> HTMLResponse:
        with database.read() as conn:
            stored = orders.find_order(conn, vault, number)
            if stored is None:
                raise HTTPException(404, f"no order {number!r}")
            decision = decisions.latest_decision(conn, stored.id)
            parcels = shipments.shipments_of(conn, [stored.id]).get(stored.id, [])
            events = audit.timeline(conn, stored.id)
        sections = [
            _heading(stored.order.number, stored.order.source, stored.status),
            _list("Why", explain(decision) if decision else ["Not decided yet."]),
            _table("Shipments", ("from", "carrier", "service", "tracking", "cost"), [_parcel(row) for row in parcels]),
            _table("Timeline", ("when", "what", "from → to", "who", "note"), [_event(event) for event in events]),
        ]
        return HTMLResponse(_page(stored.order.number, sections), headers=_HEADERS)

    return router


def _parcel(row: shipments.ShipmentRow) -> tuple[str, ...]:
    return row.location, row.carrier or "—", row.service or "—", row.tracking_number or "—", str(row.cost or "—")


def _event(event: audit.EventRow) -> tuple[str, ...]:
    at = datetime.fromtimestamp(event.at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    changed = event.from_status != event.to_status
    move = f"{event.from_status or ''} → {event.to_status}".lstrip() if changed else ""
    return at, event.kind, move, event.actor, event.note


def _heading(number: str, source: str, status: str) -> str:
    return f"<h1>{escape(number)} <small>{escape(source)} · {escape(status)}</small></h1>"


def _list(title: str, lines: list[str]) -> str:
    return f"<h2>{title}</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _table(title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{column}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<h2>{title}</h2><table><tr>{head}</tr>{body}</table>"


def _page(title: str, sections: list[str]) -> str:
    head = f"<meta charset=utf-8><title>{escape(title)}</title><style>{_STYLE}</style>"
    return f"<!doctype html><html lang=en><head>{head}</head><body>{''.join(sections)}</body></html>"
