"""The audit trail as a chain of hashes, with a seal for every day."""

from alembic import op
from sqlalchemy import Connection, text

from connectors.database.audit.chain import FIELDS, chained
from connectors.database.migrations.initial import append_only
from connectors.database.migrations.running import run

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    "ALTER TABLE order_event ADD COLUMN previous_hash VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE order_event ADD COLUMN hash VARCHAR NOT NULL DEFAULT ''",
    """
    CREATE TABLE audit_seal (
        day VARCHAR NOT NULL, events INTEGER NOT NULL, seal VARCHAR NOT NULL,
        PRIMARY KEY (day)
    )
    """,
)

_EVENTS = text(f"SELECT {', '.join(FIELDS)} FROM order_event ORDER BY order_id, seq")  # noqa: S608 - our own names
_CHAIN = text(
    "UPDATE order_event SET previous_hash = :previous_hash, hash = :hash WHERE order_id = :order_id AND seq = :seq"
)


def upgrade() -> None:
    """Adds the columns and chains the events there are, for which the triggers stand aside."""
    conn = op.get_bind()
    run(STATEMENTS)
    for statement in append_only.removal(conn.dialect.name, "order_event"):
        op.execute(statement)
    _chain_what_is_there(conn)
    for statement in append_only.triggers(conn.dialect.name, "order_event"):
        op.execute(statement)
    for statement in append_only.triggers(conn.dialect.name, "audit_seal"):
        op.execute(statement)


def _chain_what_is_there(conn: Connection) -> None:
    order_id, previous = "", ""
    for event in conn.execute(_EVENTS).mappings().all():
        previous = previous if event["order_id"] == order_id else ""
        linked = chained(dict(event), previous)
        conn.execute(_CHAIN, linked)
        order_id, previous = linked["order_id"], linked["hash"]
