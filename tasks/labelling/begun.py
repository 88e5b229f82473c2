"""Whether a label of an order was bought, or may have been: such an order must not be planned anew."""

from sqlalchemy import Connection

from connectors.database import shipments, steps
from orderflow.effects import StepState

_UNDECIDED = {StepState.STARTED, StepState.UNKNOWN}


def has_label(conn: Connection, order_id: str) -> bool:
    """Whether a parcel of the order has a label that is not void, or a purchase of one may have succeeded."""
    parcels = shipments.shipments_of(conn, [order_id])[order_id]
    purchases = (step for step in steps.steps_of(conn, order_id) if step.kind == "label")
    return any(row.state in {"labelled", "delivered"} for row in parcels) or any(
        step.state in _UNDECIDED for step in purchases
    )
