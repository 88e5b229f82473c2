"""How a revision runs its SQL: the same text on both engines, apart from the names of two types."""

from collections.abc import Iterable

from alembic import op

from connectors.database.migrations.initial import TYPES


def run(statements: Iterable[str]) -> None:
    """Runs each statement with the engine's own names for {bytes} and {growing_number}."""
    types = TYPES[op.get_bind().dialect.name]
    for statement in statements:
        op.execute(statement.format_map(types))
