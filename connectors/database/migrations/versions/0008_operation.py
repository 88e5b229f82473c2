"""What the proof and the operators need: what people did that belongs to no order."""

from alembic import op

from connectors.database.migrations.initial import append_only
from connectors.database.migrations.running import run

revision = "0008"
down_revision = "0007"

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE operator_action (
        id {growing_number} NOT NULL, actor_id VARCHAR NOT NULL, action VARCHAR NOT NULL, subject VARCHAR NOT NULL,
        reason VARCHAR NOT NULL, occurred_at BIGINT NOT NULL, previous_hash VARCHAR NOT NULL, hash VARCHAR NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX operator_action_by_time ON operator_action (occurred_at)",
)


def upgrade() -> None:
    """Adds the table, which is only ever added to."""
    run(STATEMENTS)
    for statement in append_only.triggers(op.get_bind().dialect.name, "operator_action"):
        op.execute(statement)
