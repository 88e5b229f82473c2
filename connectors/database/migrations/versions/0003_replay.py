"""What replay, what-if and experiments keep."""

from connectors.database.migrations.running import run

revision = "0003"
down_revision = "0002"

STATEMENTS: tuple[str, ...] = ()


def upgrade() -> None:
    run(STATEMENTS)
