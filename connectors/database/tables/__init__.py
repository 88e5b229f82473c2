"""The tables: SQLModel classes by subject, and each table under its own name for statements."""

from connectors.database.tables.base import metadata
from connectors.database.tables.effects import breaker, outbox, rate_bucket, shipment, shipment_line, step
from connectors.database.tables.inventory import product, reservation, stock, stock_alert, stock_ledger
from connectors.database.tables.operation import (
    channel_cursor,
    credential,
    policy_pointer,
    policy_version,
    schedule_run,
    worker_heartbeat,
)
from connectors.database.tables.order import (
    audit_seal,
    backorder,
    decision,
    hold,
    inbox,
    order_event,
    order_pii,
    orders,
)

__all__ = [
    "audit_seal",
    "backorder",
    "breaker",
    "channel_cursor",
    "credential",
    "decision",
    "hold",
    "inbox",
    "metadata",
    "order_event",
    "order_pii",
    "orders",
    "outbox",
    "policy_pointer",
    "policy_version",
    "product",
    "rate_bucket",
    "reservation",
    "schedule_run",
    "shipment",
    "shipment_line",
    "step",
    "stock",
    "stock_alert",
    "stock_ledger",
    "worker_heartbeat",
]
