"""The audit trail as a chain of hashes."""

from connectors.database.migrations.running import run

revision = "0009"
down_revision = "0008"

STATEMENTS: tuple[str, ...] = ()


def upgrade() -> None:
    run(STATEMENTS)
