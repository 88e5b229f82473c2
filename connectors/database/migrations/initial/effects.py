"""Shipments, the ledger of money steps, messages, and the budgets of calls."""

STATEMENTS = (
    """
    CREATE TABLE breaker (
        provider VARCHAR NOT NULL, failures INTEGER NOT NULL, failed_at BIGINT NOT NULL,
        probe_owner VARCHAR NOT NULL, probe_until BIGINT NOT NULL,
        PRIMARY KEY (provider)
    )
    """,
    """
    CREATE TABLE outbox (
        id VARCHAR NOT NULL, dedup_key VARCHAR NOT NULL, stage VARCHAR NOT NULL, kind VARCHAR NOT NULL,
        order_id VARCHAR NOT NULL, payload VARCHAR NOT NULL, repeat_is_safe BOOLEAN NOT NULL,
        state VARCHAR NOT NULL, attempts INTEGER NOT NULL, next_at BIGINT NOT NULL,
        lease_owner VARCHAR NOT NULL, lease_until BIGINT NOT NULL, receipt VARCHAR NOT NULL,
        last_error VARCHAR NOT NULL, created_at BIGINT NOT NULL, sent_at BIGINT,
        PRIMARY KEY (id),
        UNIQUE (dedup_key),
        CHECK (stage IN ('notify', 'log', 'sync')),
        CHECK (state IN ('new', 'sending', 'sent', 'uncertain', 'dead'))
    )
    """,
    "CREATE INDEX outbox_by_order ON outbox (order_id)",
    "CREATE INDEX outbox_due ON outbox (stage, next_at) WHERE state IN ('new', 'sending')",
    "CREATE INDEX outbox_for_people ON outbox (created_at) WHERE state IN ('uncertain', 'dead')",
    """
    CREATE TABLE rate_bucket (
        name VARCHAR NOT NULL, tat BIGINT NOT NULL, not_before BIGINT NOT NULL,
        PRIMARY KEY (name)
    )
    """,
    """
    CREATE TABLE step (
        step_key VARCHAR NOT NULL, order_id VARCHAR NOT NULL, kind VARCHAR NOT NULL,
        provider VARCHAR NOT NULL, account VARCHAR NOT NULL, request_hash VARCHAR NOT NULL,
        state VARCHAR NOT NULL, attempt INTEGER NOT NULL, owner VARCHAR NOT NULL,
        started_at BIGINT NOT NULL, resolve_after BIGINT NOT NULL, finished_at BIGINT,
        provider_ref VARCHAR NOT NULL, result VARCHAR NOT NULL, error VARCHAR NOT NULL,
        PRIMARY KEY (step_key),
        CHECK (state IN ('started', 'unknown', 'done', 'failed'))
    )
    """,
    "CREATE INDEX step_by_order ON step (order_id)",
    "CREATE INDEX step_unresolved ON step (started_at) WHERE state IN ('started', 'unknown')",
    """
    CREATE TABLE shipment (
        id VARCHAR NOT NULL, order_id VARCHAR NOT NULL, number INTEGER NOT NULL, location VARCHAR NOT NULL,
        source VARCHAR NOT NULL, state VARCHAR NOT NULL, weight_grams INTEGER NOT NULL,
        speed VARCHAR NOT NULL, services VARCHAR NOT NULL, promised_from BIGINT, promised_to BIGINT,
        carrier VARCHAR NOT NULL, service VARCHAR NOT NULL, provider VARCHAR NOT NULL,
        provider_reference VARCHAR NOT NULL, tracking_number VARCHAR NOT NULL,
        tracking_url VARCHAR NOT NULL, label_path VARCHAR NOT NULL, label_sha256 VARCHAR NOT NULL,
        cost_minor BIGINT, currency VARCHAR, planned_at BIGINT NOT NULL, labelled_at BIGINT,
        delivered_at BIGINT,
        PRIMARY KEY (id),
        UNIQUE (order_id, number),
        CHECK (source IN ('warehouse', '3pl', 'dropship')),
        CHECK (state IN ('pending', 'labelled', 'delivered', 'voided')),
        FOREIGN KEY (order_id) REFERENCES orders (id)
    )
    """,
    "CREATE INDEX shipment_by_tracking ON shipment (tracking_number) WHERE tracking_number <> ''",
    "CREATE INDEX shipment_under_way ON shipment (labelled_at) WHERE state = 'labelled'",
    """
    CREATE TABLE shipment_line (
        shipment_id VARCHAR NOT NULL, line_no INTEGER NOT NULL, order_id VARCHAR NOT NULL,
        sku VARCHAR NOT NULL, variant VARCHAR NOT NULL, quantity INTEGER NOT NULL,
        PRIMARY KEY (shipment_id, line_no),
        CHECK (quantity > 0),
        FOREIGN KEY (shipment_id) REFERENCES shipment (id)
    )
    """,
    "CREATE INDEX shipment_line_by_order ON shipment_line (order_id)",
)
