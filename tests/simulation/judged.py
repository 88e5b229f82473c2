"""What is said of a schedule that was run."""

from dataclasses import dataclass

from simulation.audit import problems
from simulation.schedule import Schedule
from simulation.world import World


@dataclass(frozen=True)
class Judged:
    """A schedule and everything that was wrong at its end.

    `rest` is the state it came to rest in. Where it is `merged` both were taken from a run that came by the same point.
    """

    schedule: Schedule
    problems: tuple[str, ...]
    rest: str
    merged: bool


def judged(world: World) -> Judged:
    """What is to be said of the schedule the world has just run."""
    end = world.end(problems)
    return Judged(world.schedule, end.problems, end.state, merged=world.known is not None)
