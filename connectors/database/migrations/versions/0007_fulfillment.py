"""Orders handed to fulfilment partners."""

from connectors.database.migrations.running import run

revision = "0007"
down_revision = "0006"

STATEMENTS: tuple[str, ...] = ()


def upgrade() -> None:
    run(STATEMENTS)
