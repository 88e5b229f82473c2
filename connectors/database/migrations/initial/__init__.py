"""The schema as revision 0001 makes it: SQL of both engines, apart from the names of two types."""

from connectors.database.migrations.initial import append_only, effects, inventory, operation, order

TYPES = {
    "sqlite": {"bytes": "BLOB", "growing_number": "INTEGER"},
    "postgresql": {"bytes": "BYTEA", "growing_number": "BIGSERIAL"},
}


def statements(dialect: str) -> list[str]:
    """Every statement in the order it must be run."""
    subjects = (order.STATEMENTS, inventory.STATEMENTS, effects.STATEMENTS, operation.STATEMENTS)
    tables = [statement.format_map(TYPES[dialect]) for subject in subjects for statement in subject]
    return tables + append_only.statements(dialect)
