"""Where parcels are."""

from connectors.database.migrations.running import run

revision = "0004"
down_revision = "0003"

_STATUSES = "('pre_transit', 'in_transit', 'out_for_delivery', 'delivered', 'exception', 'returned')"

STATEMENTS: tuple[str, ...] = (
    f"""
    CREATE TABLE tracking (
        id VARCHAR NOT NULL, state VARCHAR NOT NULL, status VARCHAR NOT NULL, status_at BIGINT NOT NULL,
        expected_at BIGINT, signed_by VARCHAR NOT NULL, proof_url VARCHAR NOT NULL, looks INTEGER NOT NULL,
        late_told BOOLEAN NOT NULL, attempts INTEGER NOT NULL, next_at BIGINT NOT NULL,
        lease_owner VARCHAR NOT NULL, lease_until BIGINT NOT NULL, last_error VARCHAR NOT NULL,
        PRIMARY KEY (id),
        CHECK (state IN ('open', 'closed')),
        CHECK (status IN {_STATUSES}),
        FOREIGN KEY (id) REFERENCES shipment (id)
    )
    """,
    "CREATE INDEX tracking_due ON tracking (next_at) WHERE state = 'open'",
    f"""
    CREATE TABLE scan (
        shipment_id VARCHAR NOT NULL, key VARCHAR NOT NULL, status VARCHAR NOT NULL, at BIGINT NOT NULL,
        place VARCHAR NOT NULL, text VARCHAR NOT NULL, code VARCHAR NOT NULL, source VARCHAR NOT NULL,
        noted_at BIGINT NOT NULL,
        PRIMARY KEY (shipment_id, key),
        CHECK (status IN {_STATUSES}),
        FOREIGN KEY (shipment_id) REFERENCES shipment (id)
    )
    """,
)


def upgrade() -> None:
    run(STATEMENTS)
