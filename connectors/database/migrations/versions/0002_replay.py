"""What replay, what-if and experiments keep."""

from connectors.database.migrations.running import run

revision = "0002"
down_revision = "0001"

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE decision_basis (
        hash VARCHAR NOT NULL, document VARCHAR NOT NULL, first_used_at BIGINT NOT NULL,
        PRIMARY KEY (hash)
    )
    """,
    "ALTER TABLE decision ADD COLUMN basis VARCHAR REFERENCES decision_basis (hash)",
    "ALTER TABLE decision ADD COLUMN inputs VARCHAR",
    """
    CREATE TABLE experiment_order (
        experiment VARCHAR NOT NULL, order_id VARCHAR NOT NULL, arm VARCHAR NOT NULL, strategy VARCHAR NOT NULL,
        decided_at BIGINT NOT NULL, cost_minor BIGINT, currency VARCHAR NOT NULL, days INTEGER,
        locations INTEGER NOT NULL, backordered INTEGER NOT NULL,
        PRIMARY KEY (experiment, order_id),
        FOREIGN KEY (order_id) REFERENCES orders (id)
    )
    """,
    """
    CREATE TABLE experiment_stop (
        experiment VARCHAR NOT NULL, reason VARCHAR NOT NULL, actor_id VARCHAR NOT NULL, stopped_at BIGINT NOT NULL,
        PRIMARY KEY (experiment)
    )
    """,
)


def upgrade() -> None:
    run(STATEMENTS)
