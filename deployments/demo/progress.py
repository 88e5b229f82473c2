"""How far the demonstration is: orders arrived, settled, and what is still on its way."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from connectors.database.operation import counts
from connectors.database.operation.open_work import open_work
from connectors.database.session import Database


class NotFinished(Exception):
    """The orders did not settle in time; the message says what was still on its way."""


@dataclass(frozen=True)
class Standing:
    """Orders in our books, those of them that nothing more is owed to now, and messages still to be sent."""

    arrived: int
    settled: int
    unsent: int

    @property
    def is_idle(self) -> bool:
        """Whether everything that arrived has been dealt with."""
        return self.arrived == self.settled and self.unsent == 0


def standing(database: Database) -> Standing:
    """The standing now."""
    with database.read() as conn:
        left = open_work(conn)
        arrived = sum(counts.order_counts(conn).values())
    return Standing(
        arrived=arrived,
        settled=arrived - left["route"] - left["label"],
        unsent=left["inbox"] + left["notify"] + left["log"] + left["sync"],
    )


def follow(database: Database, expected: int, *, seconds: float, alive: Callable[[], None]) -> Standing:
    """Shows a bar until all expected orders are settled and everybody is told. Raises NotFinished after `seconds`."""
    deadline = time.monotonic() + seconds
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        bar = progress.add_task("orders settled", total=expected)
        while True:
            now = standing(database)
            progress.update(bar, completed=now.settled, description=f"orders settled ({now.unsent} messages to go)")
            if now.arrived >= expected and now.is_idle:
                return now
            if time.monotonic() > deadline:
                raise NotFinished(
                    f"of {expected} orders {now.arrived} arrived and {now.settled} settled; {now.unsent} unsent"
                )
            alive()
            time.sleep(0.5)
