"""The statuses of an order and the only ways between them."""

from enum import StrEnum

from pydantic import AwareDatetime

from orderflow.value import Value


class OrderStatus(StrEnum):
    """Where an order stands; backorders, approvals and exceptions are cases on the order, not statuses."""

    PENDING = "pending"
    PAYMENT_PROCESSING = "payment_processing"
    PAID = "paid"
    HOLD = "hold"
    FRAUD_CHECK = "fraud_check"
    AWAITING_FULFILLMENT = "awaiting_fulfillment"
    PARTIALLY_FULFILLED = "partially_fulfilled"
    FULFILLED = "fulfilled"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


_S = OrderStatus

CORE_EDGES: frozenset[tuple[OrderStatus, OrderStatus]] = frozenset(
    {
        (_S.PENDING, _S.PAYMENT_PROCESSING),
        (_S.PENDING, _S.CANCELLED),
        (_S.PAYMENT_PROCESSING, _S.PAID),
        (_S.PAYMENT_PROCESSING, _S.CANCELLED),
        (_S.PAID, _S.AWAITING_FULFILLMENT),
        (_S.PAID, _S.CANCELLED),
        (_S.AWAITING_FULFILLMENT, _S.PARTIALLY_FULFILLED),
        (_S.AWAITING_FULFILLMENT, _S.FULFILLED),
        (_S.AWAITING_FULFILLMENT, _S.CANCELLED),
        (_S.PARTIALLY_FULFILLED, _S.FULFILLED),
        (_S.FULFILLED, _S.DELIVERED),
        (_S.FULFILLED, _S.REFUNDED),
        (_S.DELIVERED, _S.REFUNDED),
    }
)

HOLD_EDGES: frozenset[tuple[OrderStatus, OrderStatus]] = frozenset(
    {
        (_S.PAID, _S.HOLD),
        (_S.HOLD, _S.PAID),
        (_S.PAID, _S.FRAUD_CHECK),
        (_S.FRAUD_CHECK, _S.PAID),
        (_S.HOLD, _S.CANCELLED),
        (_S.FRAUD_CHECK, _S.CANCELLED),
    }
)

EDGES = CORE_EDGES | HOLD_EDGES


class InvalidTransitionError(ValueError):
    """Somebody tried to move an order along an edge that does not exist."""


class StatusChange(Value):
    """What happened to an order's status, for its timeline: who, from where to where, when and why."""

    from_status: OrderStatus
    to_status: OrderStatus
    actor: str
    note: str = ""
    occurred_at: AwareDatetime

    @property
    def sentence(self) -> str:
        """The line people read on the timeline."""
        return f"from {self.from_status} to {self.to_status}"


def advance(
    status: OrderStatus, to_status: OrderStatus, *, actor: str, now: AwareDatetime, note: str = ""
) -> tuple[OrderStatus, StatusChange]:
    """The order's new status and the event that records it, always together.

    Raises InvalidTransitionError for an edge that is not in the table.
    """
    if (status, to_status) not in EDGES:
        raise InvalidTransitionError(f"Invalid transition: {status} → {to_status}")
    change = StatusChange(from_status=status, to_status=to_status, actor=actor, note=note, occurred_at=now)
    return to_status, change
