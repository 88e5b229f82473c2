"""Where parcels are."""

from connectors.database.migrations.running import run

revision = "0006"
down_revision = "0005"

STATEMENTS: tuple[str, ...] = ()


def upgrade() -> None:
    run(STATEMENTS)
