"""What was ordered lately and where to, as the outlook of stock reads it. Nobody's name or street is in it."""

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from connectors.database.session import now_ms
from connectors.database.tables import orders
from orderflow.address import Address
from orderflow.sourcing.outlook import PastOrder

DAY_MS = 86_400_000
PAST_DAYS = 30
MOST_ORDERS = 20_000  # a second's reading; a shop with more in a month is judged by its newest ones


class Past(NamedTuple):
    """Past orders, and over how many days they came."""

    orders: list[PastOrder]
    days: float


def past_orders(conn: Connection) -> Past:
    """The orders of the last thirty days that were not cancelled, the newest MOST_ORDERS of them."""
    now = now_ms(conn)
    query = (
        select(orders.c.placed_at, orders.c.document)
        .where((orders.c.placed_at > now - PAST_DAYS * DAY_MS) & (orders.c.status != "cancelled"))
        .order_by(orders.c.placed_at.desc())
        .limit(MOST_ORDERS)
    )
    rows = list(conn.execute(query))
    days = (now - rows[-1].placed_at) / DAY_MS if len(rows) == MOST_ORDERS else PAST_DAYS
    return Past([_past_order(json.loads(row.document)) for row in rows], days)


def _past_order(document: dict[str, Any]) -> PastOrder:
    to = document["destination"]
    units: dict[tuple[str, str], int] = {}
    for line in document["lines"]:
        item = (line["sku"], line.get("variant", ""))
        units[item] = units.get(item, 0) + line["quantity"]
    return PastOrder(
        destination=Address(country=to.get("country", ""), latitude=to.get("latitude"), longitude=to.get("longitude")),
        weight_grams=sum((line.get("weight_grams") or 0) * line["quantity"] for line in document["lines"]),
        units=units,
    )
