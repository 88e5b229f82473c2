"""What was delivered to outside endpoints, and what customers said of it."""

from connectors.database.migrations.running import run

revision = "0006"
down_revision = "0005"

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE delivery_attempt (
        id {growing_number} NOT NULL, message_id VARCHAR NOT NULL, outcome VARCHAR NOT NULL, detail VARCHAR NOT NULL,
        at BIGINT NOT NULL,
        PRIMARY KEY (id),
        CHECK (outcome IN ('sent', 'not sent', 'later', 'uncertain', 'given up'))
    )
    """,
    "CREATE INDEX delivery_attempt_by_message ON delivery_attempt (message_id)",
    "CREATE INDEX delivery_attempt_by_time ON delivery_attempt (at)",
    """
    CREATE TABLE delivery_report (
        service VARCHAR NOT NULL, event_id VARCHAR NOT NULL, message_key VARCHAR NOT NULL, status VARCHAR NOT NULL,
        receipt VARCHAR NOT NULL, detail VARCHAR NOT NULL, at BIGINT NOT NULL,
        PRIMARY KEY (service, event_id),
        CHECK (status IN ('accepted', 'delivered', 'delayed', 'refused', 'read'))
    )
    """,
    "CREATE INDEX delivery_report_by_message ON delivery_report (message_key)",
    """
    CREATE TABLE webhook_endpoint (
        url VARCHAR NOT NULL, failures INTEGER NOT NULL, failing_since BIGINT, disabled_at BIGINT,
        last_error VARCHAR NOT NULL,
        PRIMARY KEY (url)
    )
    """,
    "CREATE INDEX webhook_endpoint_off ON webhook_endpoint (url) WHERE disabled_at IS NOT NULL",
    """
    CREATE TABLE customer_feedback (
        order_id VARCHAR NOT NULL, shipment_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, score INTEGER,
        said_at BIGINT NOT NULL,
        PRIMARY KEY (order_id, shipment_id, kind),
        CHECK (kind IN ('wrong_item', 'wrong_quantity', 'wrong_address', 'satisfaction')),
        CHECK (score IS NULL OR (score >= 1 AND score <= 5)),
        FOREIGN KEY (order_id) REFERENCES orders (id)
    )
    """,
    "CREATE INDEX customer_feedback_by_time ON customer_feedback (said_at)",
)


def upgrade() -> None:
    run(STATEMENTS)
