"""What is done to the world outside: shipments, the ledger of money steps, messages, and the budgets of calls."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from connectors.database.tables.base import DatabaseTable, big, big_or_null, one_of, partial_index, table_of
from orderflow.effects import StepState
from orderflow.location import LocationKind


class ShipmentTable(DatabaseTable, table=True):
    """One parcel of an order: one order has many. The id is the reference carriers are given."""

    __tablename__ = "shipment"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        one_of("source", LocationKind),
        one_of("state", ("pending", "labelled", "delivered", "voided")),
        partial_index("shipment_under_way", "labelled_at", where="state = 'labelled'"),
        partial_index("shipment_by_tracking", "tracking_number", where="tracking_number <> ''"),
    )
    id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.id")
    number: int
    location: str
    source: str
    state: str = "pending"
    weight_grams: int
    speed: str
    services: str = "[]"
    promised_from: int | None = big_or_null()
    promised_to: int | None = big_or_null()
    carrier: str = ""
    service: str = ""
    provider: str = ""
    provider_reference: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    label_path: str = ""
    label_sha256: str = ""
    cost_minor: int | None = big_or_null()
    currency: str | None = None
    planned_at: int = big()
    labelled_at: int | None = big_or_null()
    delivered_at: int | None = big_or_null()


class ShipmentLineTable(DatabaseTable, table=True):
    """How many units of an order line are in a shipment."""

    __tablename__ = "shipment_line"
    __table_args__ = (CheckConstraint("quantity > 0"), Index("shipment_line_by_order", "order_id"))
    shipment_id: str = Field(primary_key=True, foreign_key="shipment.id")
    line_no: int = Field(primary_key=True)
    order_id: str
    sku: str
    variant: str
    quantity: int


class StepTable(DatabaseTable, table=True):
    """Steps that spend money. The row is written before the call; key "ORDER/shipment-1/label"."""

    __tablename__ = "step"
    __table_args__ = (
        one_of("state", StepState),
        Index("step_by_order", "order_id"),
        partial_index("step_unresolved", "started_at", where="state IN ('started', 'unknown')"),
    )
    step_key: str = Field(primary_key=True)
    order_id: str
    kind: str
    provider: str
    account: str
    request_hash: str
    state: str
    attempt: int = 1
    owner: str
    started_at: int = big()
    resolve_after: int = big()
    finished_at: int | None = big_or_null()
    provider_ref: str = ""
    result: str = "{}"
    error: str = ""


class OutboxTable(DatabaseTable, table=True):
    """What is still to be told, written in the same commit as its cause; `dedup_key` makes it once only."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("dedup_key"),
        one_of("stage", ("notify", "log", "sync")),
        one_of("state", ("new", "sending", "sent", "uncertain", "dead")),
        partial_index("outbox_due", "stage", "next_at", where="state IN ('new', 'sending')"),
        partial_index("outbox_for_people", "created_at", where="state IN ('uncertain', 'dead')"),
        Index("outbox_by_order", "order_id"),
    )
    id: str = Field(primary_key=True)
    dedup_key: str
    stage: str
    kind: str
    order_id: str
    payload: str
    repeat_is_safe: bool = False
    state: str = "new"
    attempts: int = 0
    next_at: int = big()
    lease_owner: str = ""
    lease_until: int = big()
    receipt: str = ""
    last_error: str = ""
    created_at: int = big()
    sent_at: int | None = big_or_null()


class RateBucketTable(DatabaseTable, table=True):
    """The budget of calls of one account, shared by all workers. `tat` is when the next call would be on time."""

    __tablename__ = "rate_bucket"
    name: str = Field(primary_key=True)
    tat: int = big()
    not_before: int = big()


class BreakerTable(DatabaseTable, table=True):
    """How often in a row a provider failed; after too many only one worker at a time may try it."""

    __tablename__ = "breaker"
    provider: str = Field(primary_key=True)
    failures: int = 0
    failed_at: int = big()
    probe_owner: str = ""
    probe_until: int = big()


shipment = table_of(ShipmentTable)
shipment_line = table_of(ShipmentLineTable)
step = table_of(StepTable)
outbox = table_of(OutboxTable)
rate_bucket = table_of(RateBucketTable)
breaker = table_of(BreakerTable)
