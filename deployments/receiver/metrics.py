"""What is due and for how long, as Prometheus text."""

from connectors.database import counts
from connectors.database.session import Database


def metrics_text(database: Database) -> str:
    """The queues' lengths, one gauge each. Raises what the database raises."""
    with database.read() as conn:
        due = counts.due_counts(conn)
    lines = ["# HELP orderflow_due Rows that are due now, by queue.", "# TYPE orderflow_due gauge"]
    return "\n".join([*lines, *(f'orderflow_due{{queue="{queue}"}} {number}' for queue, number in due.items())]) + "\n"
