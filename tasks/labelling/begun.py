"""Whether a purchase, or a parcel of an order, is or may be under way: such an order must not be planned anew."""

from sqlalchemy import Connection

from connectors.database import fulfillment, shipments, steps
from connectors.database.steps import StepRow
from orderflow.effects import StepState

_REQUESTS = {"label", "fulfillment"}
_UNDECIDED = {StepState.STARTED, StepState.UNKNOWN}


def has_label(conn: Connection, order_id: str) -> bool:
    """Whether a parcel of the order has a label that is not void, or a purchase of one may have succeeded.

    A shipment a fulfilment partner has, or may have, counts as much: it will be sent.
    """
    parcels = shipments.shipments_of(conn, [order_id])[order_id]
    purchases = (step for step in steps.steps_of(conn, order_id) if step.kind in _REQUESTS)
    return (
        any(row.state in {"labelled", "delivered"} for row in parcels)
        or any(step.state in _UNDECIDED for step in purchases)
        or fulfillment.is_at_partner(conn, order_id)
    )


def is_open(row: StepRow | None) -> bool:
    """Whether a purchase was begun and did not certainly fail."""
    return row is not None and row.state is not StepState.FAILED
