"""Whether the tables are those this program was written for."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from connectors.database import migrations
from connectors.database.session import Database


def is_current(db: Database) -> bool:
    """Whether every migration of this program has been run on the database."""
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(migrations.__file__).parent))
    configuration.set_main_option("path_separator", "os")
    newest = ScriptDirectory.from_config(configuration).get_current_head()
    with db.read() as conn:
        return MigrationContext.configure(conn).get_current_revision() == newest
