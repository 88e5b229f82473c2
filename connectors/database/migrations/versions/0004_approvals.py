"""Approvals, capacity and the choice of carriers by measure."""

from connectors.database.migrations.running import run

revision = "0004"
down_revision = "0003"

STATEMENTS: tuple[str, ...] = ()


def upgrade() -> None:
    run(STATEMENTS)
