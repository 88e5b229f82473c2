"""What the sales channels keep."""

from connectors.database.migrations.running import run

revision = "0005"
down_revision = "0004"

STATEMENTS: tuple[str, ...] = ()


def upgrade() -> None:
    run(STATEMENTS)
