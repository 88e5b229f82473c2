"""What customers said, as a shop imports it: scores, and what was wrong with a parcel."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from connectors.database.statements.batch import insert_new_rows
from connectors.database.tables import customer_feedback, shipment

SATISFACTION = "satisfaction"


@dataclass(frozen=True)
class Feedback:
    """One thing a customer said: a score of the order, or what was wrong with a parcel of it."""

    order_id: str
    kind: str
    said_at_ms: int
    shipment_id: str = ""
    score: int | None = None


def keep_feedback(conn: Connection, said: Sequence[Feedback]) -> int:
    """Keeps each thing once; returns how many were new."""
    rows = [
        {
            "order_id": one.order_id,
            "shipment_id": one.shipment_id,
            "kind": one.kind,
            "score": one.score,
            "said_at": one.said_at_ms,
        }
        for one in said
    ]
    return len(insert_new_rows(conn, customer_feedback, rows))


def scores_since(conn: Connection, since_ms: int) -> list[int]:
    """The scores given since then."""
    columns = customer_feedback.c
    query = select(columns.score).where(columns.kind == SATISFACTION, columns.said_at >= since_ms)
    return [score for score in conn.scalars(query) if score is not None]


def wrong_parcels_since(conn: Connection, since_ms: int) -> int:
    """The parcels labelled since then that had a wrong item, quantity or address, whenever that was said."""
    said = customer_feedback.c
    mine = (said.shipment_id == shipment.c.id) & (said.kind != SATISFACTION)
    counted = (shipment.c.labelled_at >= since_ms) & shipment.c.state.in_(("labelled", "delivered"))
    query = select(func.count(shipment.c.id.distinct())).select_from(shipment.join(customer_feedback, mine))
    return conn.scalar(query.where(counted)) or 0
