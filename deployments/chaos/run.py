"""One run: orders and blows at once, then quiet, then the books."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.errors import ConnectorError
from deployments.chaos.misbehaviour import behave, misbehave
from deployments.chaos.plant import PATIENCE_SECONDS, Plant
from deployments.chaos.postgresql import OwnPostgresql
from deployments.chaos.scenario import Scenario, blows
from deployments.chaos.small_disk import SmallDisk
from deployments.chaos.standing import Standing, standing
from deployments.chaos.traffic import Traffic
from deployments.chaos.verdict import broken_promises
from deployments.chaos.violence import Violence
from deployments.demo.runs import run_to_the_end

# Nobody waits longer; a message that failed six times is tried again after ten minutes.
SETTLED_WITHIN_SECONDS = 600.0
MINUTE_SECONDS = 60.0


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    `settled_seconds` counts from the last fault until no order was owed anything any more, and `told_seconds` until
    every message was out: one that failed some times waits minutes for its next try. Both are the limit where that
    did not happen within it.
    """

    orders: int
    kills: int
    blows: Mapping[str, int]
    invariants: Mapping[str, int]
    seconds: float
    settled_seconds: float
    told_seconds: float
    under_way_after_a_minute: int

    @property
    def violations(self) -> int:
        """All broken promises together."""
        return sum(self.invariants.values())


def run(plant: Plant, scenario: Scenario, postgresql: OwnPostgresql | None, disk: SmallDisk | None) -> Outcome:
    """Sends the scenario's orders while its blows fall, lets everything settle, and holds the books together."""
    started = time.monotonic()
    traffic = Traffic(plant.sandbox, plant.home.receiver_address, scenario.orders, scenario.seed)
    violence = Violence(plant, postgresql, disk)
    misbehave(plant.sandbox.address)
    with violence.in_background(blows(scenario)):
        traffic.run(scenario.orders_per_second)
        behave(plant.sandbox.address)
    settled = _settle(plant, scenario.orders, time.monotonic())
    run_to_the_end(plant.server, "sync-inventory", seconds=PATIENCE_SECONDS)
    _settle(plant, scenario.orders, time.monotonic())
    return Outcome(
        orders=scenario.orders,
        kills=violence.done["kill run"] + violence.done["kill worker"],
        blows=dict(violence.done),
        invariants=broken_promises(plant.database, plant.sandbox, traffic.sent),
        seconds=round(time.monotonic() - started, 1),
        settled_seconds=round(settled.orders_seconds, 1),
        told_seconds=round(settled.told_seconds, 1),
        under_way_after_a_minute=settled.under_way_after_a_minute,
    )


@dataclass
class Settled:
    """How long after the last fault everything had come to rest."""

    orders_seconds: float = SETTLED_WITHIN_SECONDS
    told_seconds: float = SETTLED_WITHIN_SECONDS
    under_way_after_a_minute: int = 0

    def see(self, now: Standing, passed_seconds: float) -> None:
        """Notes the standing so long after the last fault.

        Orders that have settled stay so, though the channels' polls tell of them once more.
        """
        if now.has_orders_settled:
            self.orders_seconds = min(self.orders_seconds, passed_seconds)
            if not now.untold:
                self.told_seconds = min(self.told_seconds, passed_seconds)
        elif MINUTE_SECONDS < passed_seconds < self.orders_seconds:
            self.under_way_after_a_minute = self.under_way_after_a_minute or now.owed + now.missing

    @property
    def is_all(self) -> bool:
        """Whether nothing is owed to any order and everybody was told."""
        return self.told_seconds < SETTLED_WITHIN_SECONDS


def _settle(plant: Plant, expected: int, since: float) -> Settled:
    """Waits until everything has come to rest, or the time for it is over."""
    found = Settled()
    while not found.is_all and (passed := time.monotonic() - since) < SETTLED_WITHIN_SECONDS:
        now = _standing(plant, expected)
        if now:
            found.see(now, passed)
        time.sleep(0.5)
    return found


def _standing(plant: Plant, expected: int) -> Standing | None:
    try:
        return standing(plant.database, expected)
    except ConnectorError:
        return None
