"""What lies where, what of it is promised, and what is sold at all."""

STATEMENTS = (
    """
    CREATE TABLE product (
        sku VARCHAR NOT NULL, variant VARCHAR NOT NULL, document VARCHAR NOT NULL,
        PRIMARY KEY (sku, variant)
    )
    """,
    """
    CREATE TABLE reservation (
        order_id VARCHAR NOT NULL, line_no INTEGER NOT NULL, location VARCHAR NOT NULL,
        sku VARCHAR NOT NULL, variant VARCHAR NOT NULL, quantity INTEGER NOT NULL, shipped INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        PRIMARY KEY (order_id, line_no, location),
        CHECK (quantity > 0),
        CHECK (shipped >= 0 AND shipped <= quantity),
        CHECK (state IN ('held', 'shipped', 'released'))
    )
    """,
    "CREATE INDEX reservation_held ON reservation (sku, variant, location) WHERE state = 'held'",
    """
    CREATE TABLE stock (
        sku VARCHAR NOT NULL, variant VARCHAR NOT NULL, location VARCHAR NOT NULL, on_hand INTEGER NOT NULL,
        reserved INTEGER NOT NULL, shortfall INTEGER NOT NULL, safety_stock INTEGER NOT NULL,
        source_version BIGINT NOT NULL, counted_at BIGINT NOT NULL,
        PRIMARY KEY (sku, variant, location),
        CHECK (reserved >= 0),
        CHECK (reserved <= on_hand + shortfall),
        CHECK (shortfall >= 0),
        CHECK (safety_stock >= 0)
    )
    """,
    """
    CREATE TABLE stock_alert (
        sku VARCHAR NOT NULL, variant VARCHAR NOT NULL, location VARCHAR NOT NULL, rung VARCHAR NOT NULL,
        raised_at BIGINT NOT NULL,
        PRIMARY KEY (sku, variant, location, rung)
    )
    """,
    """
    CREATE TABLE stock_ledger (
        id {growing_number} NOT NULL, location VARCHAR NOT NULL, sku VARCHAR NOT NULL,
        variant VARCHAR NOT NULL, kind VARCHAR NOT NULL, delta_on_hand INTEGER NOT NULL,
        delta_reserved INTEGER NOT NULL, order_id VARCHAR NOT NULL, reason VARCHAR NOT NULL,
        at BIGINT NOT NULL,
        PRIMARY KEY (id),
        CHECK (kind IN ('count', 'drift', 'adjust', 'reserve', 'release', 'ship', 'unship'))
    )
    """,
)
