"""What became of messages: our attempts, what services reported later, addresses that fail, what customers said."""

from sqlalchemy import CheckConstraint, Index
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

OUTCOMES = ("sent", "not sent", "later", "uncertain", "given up")
REPORTS = ("accepted", "delivered", "delayed", "refused", "read")
FEEDBACK = ("wrong_item", "wrong_quantity", "wrong_address", "satisfaction")


class DeliveryAttemptTable(DatabaseTable, table=True):
    """One attempt to send a message of the outbox, and what came of it. Rows never change."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (
        one_of("outcome", OUTCOMES),
        Index("delivery_attempt_by_message", "message_id"),
        Index("delivery_attempt_by_time", "at"),
    )
    id: int | None = growing_number()
    message_id: str
    outcome: str
    detail: str = ""
    at: int = big()


class DeliveryReportTable(DatabaseTable, table=True):
    """What a service told of a message after it had taken it; each event of the service once."""

    __tablename__ = "delivery_report"
    __table_args__ = (one_of("status", REPORTS), Index("delivery_report_by_message", "message_key"))
    service: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    message_key: str
    status: str
    receipt: str = ""
    detail: str = ""
    at: int = big()


class WebhookEndpointTable(DatabaseTable, table=True):
    """An address of ours to tell that failed: since when without a success between, and when it was switched off."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (partial_index("webhook_endpoint_off", "url", where="disabled_at IS NOT NULL"),)
    url: str = Field(primary_key=True)
    failures: int = 0
    failing_since: int | None = big_or_null()
    disabled_at: int | None = big_or_null()
    last_error: str = ""


class CustomerFeedbackTable(DatabaseTable, table=True):
    """What a customer said of an order or a parcel of it: what was wrong, or a score from 1 to 5."""

    __tablename__ = "customer_feedback"
    __table_args__ = (
        one_of("kind", FEEDBACK),
        CheckConstraint("score IS NULL OR (score >= 1 AND score <= 5)"),
        Index("customer_feedback_by_time", "said_at"),
    )
    order_id: str = Field(primary_key=True, foreign_key="orders.id")
    shipment_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    score: int | None = None
    said_at: int = big()


delivery_attempt = table_of(DeliveryAttemptTable)
delivery_report = table_of(DeliveryReportTable)
webhook_endpoint = table_of(WebhookEndpointTable)
customer_feedback = table_of(CustomerFeedbackTable)
