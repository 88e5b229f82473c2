"""What was polled and what was posted lately is found by its time: orders no webhook told of are looked for often."""

from connectors.database.migrations.running import run

revision = "0009"
down_revision = "0008"

STATEMENTS: tuple[str, ...] = (
    "CREATE INDEX inbox_pulled ON inbox (received_at) WHERE topic = 'pull'",
    "CREATE INDEX inbox_told ON inbox (source, received_at) WHERE topic <> 'pull'",
)


def upgrade() -> None:
    """Adds the two indexes; a delivery is in one of them."""
    run(STATEMENTS)
