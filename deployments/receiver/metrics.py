"""What is due and for how long, as Prometheus text."""

from collections.abc import Mapping

from connectors.database.operation.counts import due_counts
from connectors.database.operation.due_ages import oldest_due_seconds
from connectors.database.session import Database


def metrics_text(database: Database) -> str:
    """The queues' lengths and the age of the oldest due row of each, one gauge a line. Raises as the database does."""
    with database.read() as conn:
        due, ages = due_counts(conn), oldest_due_seconds(conn)
    return _gauge("orderflow_due", "Rows that are due now.", due) + _gauge(
        "orderflow_oldest_due_seconds", "How long the oldest due row has waited.", ages
    )


def _gauge(name: str, help_text: str, figures: Mapping[str, float]) -> str:
    lines = [f"# HELP {name} {help_text}", f"# TYPE {name} gauge"]
    return "\n".join([*lines, *(f'{name}{{queue="{queue}"}} {figure}' for queue, figure in figures.items()), ""])
