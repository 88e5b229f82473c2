"""What an installation's receiver has kept."""

from sqlalchemy import text

from connectors.installation import Installation


def inbox_size(installation: Installation) -> int:
    """How many deliveries are in the inbox, whatever became of them."""
    database = installation.database()
    try:
        with database.read() as conn:
            return conn.execute(text("SELECT COUNT(*) FROM inbox")).scalar_one()
    finally:
        database.close()
