"""The tables: SQLModel classes by subject, and each table under its own name for statements."""

from connectors.database.tables.base import metadata
from connectors.database.tables.carriage import carrier_choice, carrier_claim
from connectors.database.tables.deliveries import (
    customer_feedback,
    delivery_attempt,
    delivery_report,
    webhook_endpoint,
)
from connectors.database.tables.effects import breaker, outbox, rate_bucket, shipment, shipment_line, step
from connectors.database.tables.experiment import experiment_order, experiment_stop
from connectors.database.tables.fulfillment import handover
from connectors.database.tables.inventory import product, reservation, stock, stock_alert, stock_ledger
from connectors.database.tables.operation import (
    channel_cursor,
    credential,
    policy_pointer,
    policy_version,
    schedule_run,
    worker_heartbeat,
)
from connectors.database.tables.operators import operator_action
from connectors.database.tables.order import (
    audit_seal,
    backorder,
    decision,
    decision_basis,
    hold,
    inbox,
    order_event,
    order_pii,
    orders,
)
from connectors.database.tables.rulings import (
    approval,
    approval_grant,
    button_press,
    delegation,
    location_rejection,
    order_override,
)
from connectors.database.tables.tracking import scan, tracking

__all__ = [
    "approval",
    "approval_grant",
    "audit_seal",
    "backorder",
    "breaker",
    "button_press",
    "carrier_choice",
    "carrier_claim",
    "channel_cursor",
    "credential",
    "customer_feedback",
    "decision",
    "decision_basis",
    "delegation",
    "delivery_attempt",
    "delivery_report",
    "experiment_order",
    "experiment_stop",
    "handover",
    "hold",
    "inbox",
    "location_rejection",
    "metadata",
    "operator_action",
    "order_event",
    "order_override",
    "order_pii",
    "orders",
    "outbox",
    "policy_pointer",
    "policy_version",
    "product",
    "rate_bucket",
    "reservation",
    "scan",
    "schedule_run",
    "shipment",
    "shipment_line",
    "step",
    "stock",
    "stock_alert",
    "stock_ledger",
    "tracking",
    "webhook_endpoint",
    "worker_heartbeat",
]
