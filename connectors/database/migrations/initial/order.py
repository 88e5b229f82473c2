"""Orders, what came in for them, what happened to them and why they wait."""

STATEMENTS = (
    """
    CREATE TABLE inbox (
        id VARCHAR NOT NULL, source VARCHAR NOT NULL, topic VARCHAR NOT NULL, dedup_key VARCHAR NOT NULL,
        external_id VARCHAR NOT NULL, occurred_at BIGINT, received_at BIGINT NOT NULL,
        body {bytes} NOT NULL, state VARCHAR NOT NULL, attempts INTEGER NOT NULL, next_at BIGINT NOT NULL,
        lease_owner VARCHAR NOT NULL, lease_until BIGINT NOT NULL, last_error VARCHAR NOT NULL,
        note VARCHAR NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (source, dedup_key),
        CHECK (state IN ('new', 'done', 'dead'))
    )
    """,
    "CREATE INDEX inbox_dead ON inbox (received_at) WHERE state = 'dead'",
    "CREATE INDEX inbox_due ON inbox (next_at) WHERE state = 'new'",
    """
    CREATE TABLE orders (
        id VARCHAR NOT NULL, source VARCHAR NOT NULL, external_id VARCHAR NOT NULL, number VARCHAR NOT NULL,
        status VARCHAR NOT NULL, step VARCHAR NOT NULL, version INTEGER NOT NULL, placed_at BIGINT NOT NULL,
        source_updated_at BIGINT NOT NULL, received_at BIGINT NOT NULL, status_at BIGINT NOT NULL,
        total_minor BIGINT NOT NULL, currency VARCHAR NOT NULL, document VARCHAR NOT NULL,
        attempts INTEGER NOT NULL, next_at BIGINT NOT NULL, lease_owner VARCHAR NOT NULL,
        lease_until BIGINT NOT NULL, last_error VARCHAR NOT NULL, cancel_requested BOOLEAN NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (source, external_id),
        CHECK (status IN ('pending', 'payment_processing', 'paid', 'hold', 'fraud_check',
            'awaiting_fulfillment', 'partially_fulfilled', 'fulfilled', 'delivered', 'cancelled',
            'refunded')),
        CHECK (version >= 1)
    )
    """,
    "CREATE INDEX orders_by_external_id ON orders (external_id)",
    "CREATE INDEX orders_by_number ON orders (number)",
    "CREATE INDEX orders_by_placed ON orders (placed_at)",
    "CREATE INDEX orders_by_status ON orders (status, status_at)",
    "CREATE INDEX orders_due ON orders (step, next_at) WHERE step <> 'none'",
    """
    CREATE TABLE backorder (
        id VARCHAR NOT NULL, order_id VARCHAR NOT NULL, line_no INTEGER NOT NULL, sku VARCHAR NOT NULL,
        variant VARCHAR NOT NULL, quantity INTEGER NOT NULL, state VARCHAR NOT NULL,
        placed_at BIGINT NOT NULL, opened_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
        PRIMARY KEY (id),
        CHECK (quantity > 0),
        CHECK (state IN ('pending', 'allocated', 'shipped', 'cancelled')),
        FOREIGN KEY (order_id) REFERENCES orders (id)
    )
    """,
    "CREATE INDEX backorder_by_order ON backorder (order_id)",
    "CREATE INDEX backorder_pending ON backorder (placed_at) WHERE state = 'pending'",
    "CREATE UNIQUE INDEX backorder_pending_once ON backorder (order_id, line_no) WHERE state = 'pending'",
    """
    CREATE TABLE decision (
        id {growing_number} NOT NULL, order_id VARCHAR NOT NULL, outcome VARCHAR NOT NULL,
        rule_set_hash VARCHAR NOT NULL, policy_hash VARCHAR NOT NULL, decided_at BIGINT NOT NULL,
        document VARCHAR NOT NULL,
        PRIMARY KEY (id),
        CHECK (outcome IN ('ship', 'backorder', 'hold')),
        FOREIGN KEY (order_id) REFERENCES orders (id)
    )
    """,
    "CREATE INDEX decision_by_order ON decision (order_id, id)",
    "CREATE INDEX decision_by_time ON decision (decided_at)",
    """
    CREATE TABLE hold (
        id VARCHAR NOT NULL, order_id VARCHAR NOT NULL, reason VARCHAR NOT NULL, code VARCHAR NOT NULL,
        field VARCHAR NOT NULL, detail VARCHAR NOT NULL, remedy VARCHAR NOT NULL, opened_at BIGINT NOT NULL,
        closed_at BIGINT, resolution VARCHAR NOT NULL, closed_by VARCHAR NOT NULL,
        PRIMARY KEY (id),
        CHECK (reason IN ('payment', 'address', 'inventory', 'fraud', 'approval')),
        FOREIGN KEY (order_id) REFERENCES orders (id)
    )
    """,
    "CREATE INDEX hold_by_order ON hold (order_id)",
    "CREATE INDEX hold_open ON hold (opened_at) WHERE closed_at IS NULL",
    "CREATE UNIQUE INDEX hold_open_once ON hold (order_id, code, field) WHERE closed_at IS NULL",
    """
    CREATE TABLE order_event (
        order_id VARCHAR NOT NULL, seq INTEGER NOT NULL, kind VARCHAR NOT NULL, from_status VARCHAR,
        to_status VARCHAR NOT NULL, actor_id VARCHAR NOT NULL, note VARCHAR, data VARCHAR,
        occurred_at BIGINT NOT NULL,
        PRIMARY KEY (order_id, seq),
        CHECK (actor_id <> ''),
        FOREIGN KEY (order_id) REFERENCES orders (id)
    )
    """,
    "CREATE INDEX order_event_by_time ON order_event (occurred_at)",
    """
    CREATE TABLE order_pii (
        order_id VARCHAR NOT NULL, sealed {bytes} NOT NULL,
        PRIMARY KEY (order_id),
        FOREIGN KEY (order_id) REFERENCES orders (id)
    )
    """,
)
