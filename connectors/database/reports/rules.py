"""The orders of a week with the rules their newest decision applied, and how they went."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from connectors.database.reports.week import order_facts
from connectors.database.tables import decision, orders, shipment
from orderflow.lifecycle import OrderStatus
from orderflow.money import Money
from orderflow.reports import RuledOrder

_DONE = frozenset([OrderStatus.FULFILLED, OrderStatus.DELIVERED])


def ruled_orders(conn: Connection, since_ms: int) -> list[RuledOrder]:
    """Every paid order received since then that a decision was made for."""
    rules, costs = _rules_applied(conn, since_ms), _label_costs(conn, since_ms)
    return [
        _ruled(row, rules[row.id], costs.get(row.id)) for row in conn.execute(order_facts(since_ms)) if row.id in rules
    ]


def _rules_applied(conn: Connection, since_ms: int) -> dict[str, tuple[str, ...]]:
    newest = select(func.max(decision.c.id)).group_by(decision.c.order_id)
    mine = decision.join(orders, orders.c.id == decision.c.order_id)
    query = select(decision.c.order_id, decision.c.document).select_from(mine)
    query = query.where(orders.c.received_at >= since_ms, decision.c.id.in_(newest))
    return {
        row.order_id: tuple(match["rule_id"] for match in json.loads(row.document).get("rules", ()))
        for row in conn.execute(query)
    }


def _label_costs(conn: Connection, since_ms: int) -> dict[str, Money]:
    columns, mine = shipment.c, shipment.join(orders, orders.c.id == shipment.c.order_id)
    query = select(columns.order_id, columns.currency, func.sum(columns.cost_minor).label("cost")).select_from(mine)
    bought = columns.state.in_(("labelled", "delivered")) & columns.cost_minor.is_not(None)
    query = query.where(orders.c.received_at >= since_ms, bought).group_by(columns.order_id, columns.currency)
    return {row.order_id: Money.from_minor(int(row.cost), row.currency) for row in conn.execute(query)}


def _ruled(row: Any, rules: tuple[str, ...], cost: Money | None) -> RuledOrder:
    facts: Mapping[str, Any] = row._mapping
    done = facts["fulfilled_at"]
    return RuledOrder(
        rules=rules,
        fulfilled=facts["status"] in _DONE,
        touched=bool(facts["touched"] or facts["held"]),
        cost=cost,
        duration=timedelta(milliseconds=done - facts["paid_at"]) if done else None,
    )
