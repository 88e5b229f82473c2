"""What was delivered to outside endpoints."""

from connectors.database.migrations.running import run

revision = "0008"
down_revision = "0007"

STATEMENTS: tuple[str, ...] = ()


def upgrade() -> None:
    run(STATEMENTS)
