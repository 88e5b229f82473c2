"""Orders, what came in for them, what happened to them and why they wait."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from connectors.database.tables.base import (
    DatabaseTable,
    big,
    big_or_null,
    growing_number,
    one_of,
    partial_index,
    table_of,
)
from orderflow.holds import HoldReason
from orderflow.lifecycle import OrderStatus


class InboxTable(DatabaseTable, table=True):
    """Deliveries as they came, each stored once. The body is emptied when it has been read."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("source", "dedup_key"),
        one_of("state", ("new", "done", "dead")),
        partial_index("inbox_due", "next_at", where="state = 'new'"),
        partial_index("inbox_dead", "received_at", where="state = 'dead'"),
        partial_index("inbox_pulled", "received_at", where="topic = 'pull'"),
        partial_index("inbox_told", "source", "received_at", where="topic <> 'pull'"),
    )
    id: str = Field(primary_key=True)
    source: str
    topic: str
    dedup_key: str
    external_id: str
    occurred_at: int | None = big_or_null()
    received_at: int = big()
    body: bytes
    state: str = "new"
    attempts: int = 0
    next_at: int = big()
    lease_owner: str = ""
    lease_until: int = big()
    last_error: str = ""
    note: str = ""


class OrderTable(DatabaseTable, table=True):
    """One row per order. `document` is the order without personal data; `step` is the work it is due for."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        one_of("status", OrderStatus),
        CheckConstraint("version >= 1"),
        partial_index("orders_due", "step", "next_at", where="step <> 'none'"),
        Index("orders_by_number", "number"),
        Index("orders_by_external_id", "external_id"),
        Index("orders_by_status", "status", "status_at"),
        Index("orders_by_placed", "placed_at"),
    )
    id: str = Field(primary_key=True)
    source: str
    external_id: str
    number: str
    status: str
    step: str = "none"
    version: int = 1
    placed_at: int = big()
    source_updated_at: int = big()
    received_at: int = big()
    status_at: int = big()
    total_minor: int = big()
    currency: str
    document: str
    attempts: int = 0
    next_at: int = big()
    lease_owner: str = ""
    lease_until: int = big()
    last_error: str = ""
    cancel_requested: bool = False


class OrderPersonalDataTable(DatabaseTable, table=True):
    """Who ordered and where it goes to, sealed. Deleting the row forgets the person and keeps the order."""

    __tablename__ = "order_pii"
    order_id: str = Field(primary_key=True, foreign_key="orders.id")
    sealed: bytes


class OrderEventTable(DatabaseTable, table=True):
    """The audit trail: one row per version of an order, never changed, never deleted (triggers refuse it)."""

    __tablename__ = "order_event"
    __table_args__ = (
        CheckConstraint("actor_id <> ''"),
        Index("order_event_by_time", "occurred_at"),
    )
    order_id: str = Field(primary_key=True, foreign_key="orders.id")
    seq: int = Field(primary_key=True)
    kind: str
    from_status: str | None = None
    to_status: str
    actor_id: str
    note: str | None = None
    data: str | None = None
    occurred_at: int = big()
    previous_hash: str = ""
    hash: str = ""


class AuditSealTable(DatabaseTable, table=True):
    """What the events of one UTC day come to, behind the seal of the day before; never changed, never deleted."""

    __tablename__ = "audit_seal"
    day: str = Field(primary_key=True)
    events: int
    seal: str


class HoldTable(DatabaseTable, table=True):
    """Cases a person must look at; the open ones are the exception queue; one with `lapses_at` ends by itself."""

    __tablename__ = "hold"
    __table_args__ = (
        one_of("reason", HoldReason),
        partial_index("hold_open_once", "order_id", "code", "field", where="closed_at IS NULL", unique=True),
        partial_index("hold_open", "opened_at", where="closed_at IS NULL"),
        partial_index("hold_lapsing", "lapses_at", where="closed_at IS NULL AND lapses_at IS NOT NULL"),
        Index("hold_by_order", "order_id"),
    )
    id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.id")
    reason: str
    code: str
    field: str
    detail: str
    remedy: str
    opened_at: int = big()
    closed_at: int | None = big_or_null()
    resolution: str = ""
    closed_by: str = ""
    lapses_at: int | None = big_or_null()


class DecisionBasisTable(DatabaseTable, table=True):
    """The rules, policy, locations and rates many decisions were made by, named by the hash of their content."""

    __tablename__ = "decision_basis"
    hash: str = Field(primary_key=True)
    document: str
    first_used_at: int = big()


class DecisionTable(DatabaseTable, table=True):
    """Every decision with all it knew; the newest of an order counts.

    `inputs` is what it was made from beside its `basis`, packed; both are absent from decisions of earlier releases.
    """

    __tablename__ = "decision"
    __table_args__ = (
        one_of("outcome", ("ship", "backorder", "hold")),
        Index("decision_by_order", "order_id", "id"),
        Index("decision_by_time", "decided_at"),
    )
    id: int | None = growing_number()
    order_id: str = Field(foreign_key="orders.id")
    outcome: str
    rule_set_hash: str
    policy_hash: str
    decided_at: int = big()
    document: str
    basis: str | None = Field(default=None, foreign_key="decision_basis.hash")
    inputs: str | None = None


class BackorderTable(DatabaseTable, table=True):
    """Units of an order line nobody has yet."""

    __tablename__ = "backorder"
    __table_args__ = (
        CheckConstraint("quantity > 0"),
        one_of("state", ("pending", "allocated", "shipped", "cancelled")),
        partial_index("backorder_pending_once", "order_id", "line_no", where="state = 'pending'", unique=True),
        partial_index("backorder_pending", "placed_at", where="state = 'pending'"),
        Index("backorder_by_order", "order_id"),
    )
    id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.id")
    line_no: int
    sku: str
    variant: str
    quantity: int
    state: str = "pending"
    placed_at: int = big()
    opened_at: int = big()
    changed_at: int = big()


inbox = table_of(InboxTable)
orders = table_of(OrderTable)
order_pii = table_of(OrderPersonalDataTable)
order_event = table_of(OrderEventTable)
audit_seal = table_of(AuditSealTable)
hold = table_of(HoldTable)
decision_basis = table_of(DecisionBasisTable)
decision = table_of(DecisionTable)
backorder = table_of(BackorderTable)
