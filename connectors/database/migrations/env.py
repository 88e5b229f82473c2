"""Run by alembic for every command; the connection comes from `migrate`, never from a file."""

from alembic import context

from connectors.database.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
