"""Orders handed to fulfilment partners."""

from connectors.database.migrations.running import run

revision = "0005"
down_revision = "0004"

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE handover (
        id VARCHAR NOT NULL, order_id VARCHAR NOT NULL, location VARCHAR NOT NULL, partner VARCHAR NOT NULL,
        provider_reference VARCHAR NOT NULL, request_hash VARCHAR NOT NULL, stage VARCHAR NOT NULL,
        reason VARCHAR NOT NULL,
        refused VARCHAR NOT NULL, replanned VARCHAR NOT NULL, requested_at BIGINT NOT NULL,
        changed_at BIGINT NOT NULL, confirm_by BIGINT NOT NULL,
        PRIMARY KEY (id),
        CHECK (stage IN ('requested', 'accepted', 'picked', 'packed', 'shipped', 'rejected', 'cancelled')),
        FOREIGN KEY (order_id) REFERENCES orders (id)
    )
    """,
    "CREATE INDEX handover_by_order ON handover (order_id)",
    "CREATE INDEX handover_by_reference ON handover (partner, provider_reference)",
)


def upgrade() -> None:
    run(STATEMENTS)
