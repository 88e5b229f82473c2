"""What the proof and the operators need."""

from connectors.database.migrations.running import run

revision = "0010"
down_revision = "0009"

STATEMENTS: tuple[str, ...] = ()


def upgrade() -> None:
    run(STATEMENTS)
