"""What is done to the installation, and when: a plan made from a seed, so that it can be made again."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

# A stopped worker sleeps longer than its leases hold, so that it wakes up to work that is somebody else's.
LEASE_SECONDS = 60.0
SLEEP_SECONDS = 1.25 * LEASE_SECONDS
DISK_FULL_SECONDS = 5.0
# Blows begin when the first orders are under way.
FIRST_BLOW_SECONDS = 3.0


@dataclass(frozen=True)
class Scenario:
    """How much of everything. `restarts_database` and `fills_disk` say what this machine lets us do."""

    orders: int
    kills: int
    seed: int
    workers: int
    orders_per_second: float
    restarts_database: bool = False
    fills_disk: bool = False

    @property
    def seconds(self) -> float:
        """How long orders come in, and blows fall."""
        return max(self.orders / self.orders_per_second, 2 * FIRST_BLOW_SECONDS)


@dataclass(frozen=True)
class Blow:
    """One thing done at a moment: "kill run", "kill worker", "stop", "restart prefect" or "database", "fill disk".

    `chance` between 0 and 1 chooses the victim among those there are at that moment.
    """

    at_seconds: float
    kind: str
    chance: float


def blows(scenario: Scenario) -> list[Blow]:
    """All blows in order of time: the kills asked for, and for every twenty of them a restart of the Prefect server.

    Of five kills one takes a worker with everything it started, the others take the run that processes orders. For
    every ten kills one run is stopped for longer than its leases hold. The database restarts three times, the disk
    is full twice, where that can be done. One more run is stopped with the last order: its awakening is the last fault.
    """
    dice = random.Random(scenario.seed)  # noqa: S311 - chance that can be repeated, not a secret
    last = scenario.seconds
    planned = [Blow(dice.uniform(FIRST_BLOW_SECONDS, last), kind, dice.random()) for kind in _kinds(scenario)]
    planned += [Blow(last, "stop", dice.random())] if scenario.kills else []
    return sorted(planned, key=lambda blow: blow.at_seconds)


def _kinds(scenario: Scenario) -> Iterator[str]:
    for number in range(scenario.kills):
        yield "kill worker" if number % 5 == 4 else "kill run"
    yield from ["stop"] * (scenario.kills // 10)
    yield from ["restart prefect"] * -(-scenario.kills // 20)
    if scenario.restarts_database:
        yield from ["restart database"] * 3
    if scenario.fills_disk:
        yield from ["fill disk"] * 2
