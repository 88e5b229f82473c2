"""Decisions: every one is kept with what it was made from, and the newest of an order counts."""

from connectors.database.decisions.kept import (
    actions_of,
    decisions_of,
    latest_decision,
    latest_decisions,
    save_decisions,
)
from connectors.database.decisions.recorded import (
    RecordedDecision,
    UnreadableRecord,
    count_recorded,
    count_unrecorded,
    recorded_decisions,
)

__all__ = [
    "RecordedDecision",
    "UnreadableRecord",
    "actions_of",
    "count_recorded",
    "count_unrecorded",
    "decisions_of",
    "latest_decision",
    "latest_decisions",
    "recorded_decisions",
    "save_decisions",
]
