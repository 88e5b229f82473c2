"""Keeping decisions, and those in force."""

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, select

from connectors.database.decisions.packed import pack
from connectors.database.decisions.recorded import save_bases
from connectors.database.session import milliseconds
from connectors.database.statements.batch import insert_rows
from connectors.database.statements.lists import among
from connectors.database.tables import decision
from orderflow.decision import Decision
from orderflow.replay import DecisionInputs
from orderflow.rules.actions import Actions

_OF_ORDERS = (
    select(decision.c.order_id, decision.c.document)
    .where(among(decision.c.order_id, "order_ids"))
    .order_by(decision.c.id)
)
_NEWEST = (
    select(decision.c.document)
    .where(decision.c.order_id == bindparam("order"))
    .order_by(decision.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)


def save_decisions(
    conn: Connection,
    decided: Sequence[tuple[str, Decision]],
    inputs: Mapping[str, DecisionInputs] = MappingProxyType({}),
) -> None:
    """Keeps the decisions of a batch, (our order id, decision), with what each was made from, by our order id.

    A decision without inputs is kept all the same; it can be explained, but not made again.
    """
    save_bases(conn, [one.basis for one in inputs.values()])
    insert_rows(conn, decision, [_columns(order_id, one, inputs.get(order_id)) for order_id, one in decided])


def latest_decision(conn: Connection, order_id: str) -> Decision | None:
    """The decision in force; None before the order was routed."""
    return next(iter(decisions_of(conn, order_id, limit=1)), None)


def latest_decisions(conn: Connection, order_ids: Iterable[str]) -> dict[str, Decision]:
    """The decisions in force, by order; an order that was never routed is left out."""
    return {order_id: Decision.model_validate_json(text) for order_id, text in _newest(conn, order_ids).items()}


def actions_of(conn: Connection, order_ids: Iterable[str]) -> dict[str, Actions]:
    """What the rules ordered for each order, by its newest decision; nothing for an order that has none."""
    wanted = list(order_ids)
    ordered = {order_id: json.loads(document)["actions"] for order_id, document in _newest(conn, wanted).items()}
    return {order_id: Actions.model_validate(ordered.get(order_id, {})) for order_id in wanted}


def decisions_of(conn: Connection, order_id: str, *, limit: int = 50) -> list[Decision]:
    """The decisions of an order, newest first."""
    documents = conn.scalars(_NEWEST, {"order": order_id, "most": limit})
    return [Decision.model_validate_json(document) for document in documents]


def _newest(conn: Connection, order_ids: Iterable[str]) -> dict[str, str]:
    return {row.order_id: row.document for row in conn.execute(_OF_ORDERS, {"order_ids": order_ids})}


def _columns(order_id: str, one: Decision, inputs: DecisionInputs | None) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "outcome": one.outcome,
        "rule_set_hash": one.rule_set_hash,
        "policy_hash": one.policy_hash,
        "decided_at": milliseconds(one.decided_at),
        "document": one.model_dump_json(),
        "basis": inputs.basis.hash if inputs else None,
        "inputs": pack(inputs.document()) if inputs else None,
    }
