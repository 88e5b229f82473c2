"""What the demonstration tells at the end: what became of the orders, what it cost, and three decisions in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from sqlalchemy import Connection, text

from connectors.database import decisions
from connectors.database.session import Database
from deployments.cli.output import table
from deployments.demo.sandbox_server import SandboxServer
from orderflow.explanation import explain
from orderflow.money import Money

_OUTCOMES = """
SELECT CASE
    WHEN h.code IS NOT NULL THEN 'held: ' || h.reason || ', ' || h.code
    WHEN b.order_id IS NOT NULL AND o.status = 'partially_fulfilled' THEN 'shipped in part, the rest backordered'
    WHEN b.order_id IS NOT NULL THEN 'backordered'
    WHEN o.status = 'fulfilled' AND n.parcels > 1 THEN 'shipped, split'
    WHEN o.status = 'fulfilled' THEN 'shipped'
    ELSE o.status END AS outcome, COUNT(*) AS orders
FROM orders o
LEFT JOIN (SELECT order_id, MIN(reason) AS reason, MIN(code) AS code FROM hold
    WHERE closed_at IS NULL GROUP BY order_id) h ON h.order_id = o.id
LEFT JOIN (SELECT DISTINCT order_id FROM backorder WHERE state = 'pending') b ON b.order_id = o.id
LEFT JOIN (SELECT order_id, COUNT(*) AS parcels FROM shipment WHERE state <> 'voided' GROUP BY order_id)
    n ON n.order_id = o.id
GROUP BY 1 ORDER BY 2 DESC"""

_LABELS = """
SELECT provider, carrier, currency, COUNT(*) AS labels, SUM(cost_minor) AS cost
FROM shipment WHERE state IN ('labelled', 'delivered') GROUP BY provider, carrier, currency ORDER BY 4 DESC"""

_TOLD = "SELECT kind, COUNT(*) AS told FROM outbox WHERE state = 'sent' GROUP BY kind ORDER BY 2 DESC"

# One order of each interesting kind: split, held, and plainly shipped.
_EXAMPLES = (
    "SELECT order_id FROM shipment GROUP BY order_id HAVING COUNT(*) > 1 ORDER BY order_id LIMIT 1",
    "SELECT order_id FROM hold WHERE closed_at IS NULL AND reason = 'approval' ORDER BY order_id LIMIT 1",
    "SELECT order_id FROM backorder ORDER BY order_id LIMIT 1",
    "SELECT order_id FROM shipment ORDER BY order_id LIMIT 3",
)


def figures(database: Database, sandbox: SandboxServer | None) -> dict[str, Any]:
    """The summary for machines: orders by outcome, labels and their cost, messages, rows written, stock pushed."""
    with database.read() as conn:
        outcomes = {row.outcome: row.orders for row in conn.execute(text(_OUTCOMES))}
        labels = [dict(row) for row in conn.execute(text(_LABELS)).mappings()]
        told = {row.kind: row.told for row in conn.execute(text(_TOLD))}
    found: dict[str, Any] = {"orders": outcomes, "labels": labels, "told": told}
    if sandbox is not None:
        found["outside"] = outside(sandbox)
    return found


def outside(sandbox: SandboxServer) -> dict[str, int]:
    """What the services themselves counted."""
    sheets = sandbox.books("google_sheets").get("sheets", [])
    return {
        "mails": len(sandbox.books("sendgrid").get("mails", [])),
        "text messages": len(sandbox.books("twilio").get("texts", [])),
        "Slack messages": len(sandbox.books("slack").get("messages", [])),
        "rows in the sheets": sum(max(0, len(sheet["rows"]) - 1) for sheet in sheets),
        "shipments told to Shopify": len(sandbox.books("shopify").get("fulfillments", [])),
        "stock pushes to Shopify": len(sandbox.books("shopify").get("inventory_sets", [])),
    }


def readable(found: Mapping[str, Any]) -> list[RenderableType]:
    """The summary for people."""
    tables: list[RenderableType] = [table(("orders", "count"), found["orders"].items())]
    rows = [
        (label["carrier"], label["provider"], label["labels"], Money.from_minor(label["cost"], label["currency"]))
        for label in found["labels"]
    ]
    tables.append(table(("carrier", "sold by", "labels", "cost"), rows))
    if "outside" in found:
        tables.append(table(("told to the outside", "count"), found["outside"].items()))
    return tables


def three_decisions(database: Database) -> list[tuple[str, list[str]]]:
    """Three different decisions, each with the order's number and its explanation in words."""
    with database.read() as conn:
        chosen = _examples(conn)
        return [(_number(conn, order_id), _explained(conn, order_id)) for order_id in chosen[:3]]


def _examples(conn: Connection) -> Sequence[str]:
    found: dict[str, None] = {}
    for query in _EXAMPLES:
        found.update(dict.fromkeys(conn.scalars(text(query))))
    return list(found)


def _number(conn: Connection, order_id: str) -> str:
    return str(conn.scalar(text("SELECT number FROM orders WHERE id = :id"), {"id": order_id}))


def _explained(conn: Connection, order_id: str) -> list[str]:
    decision = decisions.latest_decision(conn, order_id)
    return explain(decision) if decision else ["not decided"]
