"""How urgent an exception is, and when it goes to the next person."""

from datetime import datetime, timedelta
from enum import StrEnum


class Severity(StrEnum):
    """How much harm waiting does."""

    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"


# Four hours is the rule; medium severity and high value get two.
_PATIENCE = {Severity.LOW: timedelta(hours=4), Severity.MEDIUM: timedelta(hours=2), Severity.HIGH: timedelta(hours=2)}


def escalates_at(severity: Severity, detected_at: datetime) -> datetime:
    """When an exception that nobody resolved goes to the next person."""
    return detected_at + _PATIENCE[severity]
