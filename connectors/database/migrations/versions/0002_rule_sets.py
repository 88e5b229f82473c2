"""Rule sets: golden examples and what is kept of their versions."""

from connectors.database.migrations.running import run

revision = "0002"
down_revision = "0001"

STATEMENTS: tuple[str, ...] = ()


def upgrade() -> None:
    run(STATEMENTS)
