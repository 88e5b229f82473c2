"""The schema and its history, carried inside the package."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from connectors.database.session import Database

# Two workers that start at once must not both make the tables; the number only has to be ours.
_POSTGRESQL_LOCK = text("SELECT pg_advisory_xact_lock(7264001)")


def migrate(db: Database) -> None:
    """Brings the schema to the newest revision, from any working directory; harmless where it is there already."""
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent))
    configuration.set_main_option("path_separator", "os")
    with db.write() as conn:
        if not db.is_sqlite:
            conn.execute(_POSTGRESQL_LOCK)
        configuration.attributes["connection"] = conn
        command.upgrade(configuration, "head")
