"""All tables of the first release."""

from alembic import op

from connectors.database.migrations.initial import statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes every table, index and trigger."""
    dialect = op.get_bind().dialect.name
    for statement in statements(dialect):
        op.execute(statement)
