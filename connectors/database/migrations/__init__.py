"""The schema and its history, carried inside the package."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from connectors.database.session import Database

# Two workers that start at once must not both make the tables; the number only has to be ours.
_POSTGRESQL_LOCK = text("SELECT pg_advisory_xact_lock(7264001)")


def migrate(db: Database) -> None:
    """Brings the schema to the newest revision, from any working directory; harmless where it is there already."""
    configuration = _configuration()
    with db.write() as conn:
        if not db.is_sqlite:
            conn.execute(_POSTGRESQL_LOCK)
        configuration.attributes["connection"] = conn
        command.upgrade(configuration, "head")


def is_current(db: Database) -> bool:
    """Whether the schema is at the newest revision this program knows."""
    with db.read() as conn:
        revision = MigrationContext.configure(conn).get_current_revision()
    return revision == ScriptDirectory.from_config(_configuration()).get_current_head()


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent))
    configuration.set_main_option("path_separator", "os")
    return configuration
