"""Approvals, capacity and the choice of carriers by measure."""

from connectors.database.migrations.running import run

revision = "0003"
down_revision = "0002"

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE hold ADD COLUMN lapses_at BIGINT",
    "CREATE INDEX hold_lapsing ON hold (lapses_at) WHERE closed_at IS NULL AND lapses_at IS NOT NULL",
    """
    CREATE TABLE approval (
        id VARCHAR NOT NULL, order_id VARCHAR NOT NULL, hold_id VARCHAR NOT NULL, actor_id VARCHAR NOT NULL,
        authority VARCHAR NOT NULL, note VARCHAR NOT NULL, given_at BIGINT NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (hold_id, actor_id),
        FOREIGN KEY (order_id) REFERENCES orders (id),
        FOREIGN KEY (hold_id) REFERENCES hold (id)
    )
    """,
    "CREATE INDEX approval_by_order ON approval (order_id)",
    """
    CREATE TABLE approval_grant (
        order_id VARCHAR NOT NULL, subject VARCHAR NOT NULL, cost_minor BIGINT, currency VARCHAR,
        granted_at BIGINT NOT NULL,
        PRIMARY KEY (order_id),
        FOREIGN KEY (order_id) REFERENCES orders (id)
    )
    """,
    """
    CREATE TABLE delegation (
        id VARCHAR NOT NULL, principal VARCHAR NOT NULL, deputy VARCHAR NOT NULL, until BIGINT NOT NULL,
        actor_id VARCHAR NOT NULL, created_at BIGINT NOT NULL, revoked_at BIGINT, revoked_by VARCHAR NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX delegation_by_deputy ON delegation (deputy, until)",
    """
    CREATE TABLE order_override (
        order_id VARCHAR NOT NULL, location VARCHAR NOT NULL, reason VARCHAR NOT NULL, actor_id VARCHAR NOT NULL,
        chosen_at BIGINT NOT NULL,
        PRIMARY KEY (order_id),
        FOREIGN KEY (order_id) REFERENCES orders (id)
    )
    """,
    """
    CREATE TABLE location_rejection (
        order_id VARCHAR NOT NULL, location VARCHAR NOT NULL, reason VARCHAR NOT NULL, actor_id VARCHAR NOT NULL,
        rejected_at BIGINT NOT NULL,
        PRIMARY KEY (order_id, location),
        FOREIGN KEY (order_id) REFERENCES orders (id)
    )
    """,
    """
    CREATE TABLE button_press (
        id VARCHAR NOT NULL, source VARCHAR NOT NULL, dedup_key VARCHAR NOT NULL, presser VARCHAR NOT NULL,
        answer VARCHAR NOT NULL, hold_id VARCHAR NOT NULL, received_at BIGINT NOT NULL, state VARCHAR NOT NULL,
        attempts INTEGER NOT NULL, outcome VARCHAR NOT NULL, settled_at BIGINT,
        PRIMARY KEY (id),
        UNIQUE (source, dedup_key),
        CHECK (state IN ('new', 'done', 'refused'))
    )
    """,
    "CREATE INDEX button_press_new ON button_press (received_at) WHERE state = 'new'",
    """
    CREATE TABLE carrier_choice (
        shipment_id VARCHAR NOT NULL, order_id VARCHAR NOT NULL, carrier VARCHAR NOT NULL, selection VARCHAR NOT NULL,
        reason VARCHAR NOT NULL, cost_minor BIGINT NOT NULL, market_minor BIGINT, currency VARCHAR NOT NULL,
        offers INTEGER NOT NULL, chosen_at BIGINT NOT NULL,
        PRIMARY KEY (shipment_id)
    )
    """,
    "CREATE INDEX carrier_choice_by_order ON carrier_choice (order_id)",
    """
    CREATE TABLE carrier_claim (
        shipment_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, note VARCHAR NOT NULL, actor_id VARCHAR NOT NULL,
        claimed_at BIGINT NOT NULL,
        PRIMARY KEY (shipment_id, kind),
        CHECK (kind IN ('lost', 'damaged'))
    )
    """,
)


def upgrade() -> None:
    run(STATEMENTS)
