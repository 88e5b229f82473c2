"""Time that passes only when the simulation says so."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from connectors.database.session import milliseconds

START = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)  # a Tuesday
START_MS = milliseconds(START)


class VirtualClock:
    """The database's clock and every process's: they agree, as the design asks."""

    def __init__(self) -> None:
        self.now_ms = START_MS

    def __call__(self, _: Connection) -> int:
        return self.now_ms

    @property
    def seconds(self) -> float:
        """Seconds since the start, as a trace shows them."""
        return (self.now_ms - START_MS) / 1000
