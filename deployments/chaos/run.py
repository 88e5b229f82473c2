"""One run: orders and blows at once, then quiet, then the books."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.errors import ConnectorError
from deployments.chaos.misbehaviour import behave, misbehave
from deployments.chaos.plant import Plant
from deployments.chaos.postgresql import OwnPostgresql
from deployments.chaos.scenario import Scenario, blows
from deployments.chaos.small_disk import SmallDisk
from deployments.chaos.traffic import Traffic
from deployments.chaos.verdict import broken_promises, orders_under_way
from deployments.chaos.violence import Violence
from deployments.demo.progress import Standing, standing
from deployments.demo.runs import run_to_the_end

# "Not found" is believed this long after a purchase nobody knows the fate of, where a provider could still be at it.
SETTLED_WITHIN_SECONDS = 600.0


@dataclass(frozen=True)
class Outcome:
    """What a run came to. `settled_seconds` counts from the last fault until no order was owed anything any more."""

    orders: int
    kills: int
    blows: Mapping[str, int]
    invariants: Mapping[str, int]
    seconds: float
    settled_seconds: float
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
    last_fault = time.monotonic()
    late = _settle(plant, scenario.orders, last_fault)
    settled = time.monotonic()
    run_to_the_end(plant.server, "sync-inventory", seconds=300)
    _settle(plant, scenario.orders, time.monotonic())
    return Outcome(
        orders=scenario.orders,
        kills=violence.done["kill run"] + violence.done["kill worker"],
        blows=dict(violence.done),
        invariants=broken_promises(plant.database, plant.sandbox, traffic.sent),
        seconds=time.monotonic() - started,
        settled_seconds=settled - last_fault,
        under_way_after_a_minute=late,
    )


def _settle(plant: Plant, expected: int, since: float) -> int:
    """Waits until nothing is owed to any order; returns how many were still under way after a minute."""
    late = 0
    while time.monotonic() - since < SETTLED_WITHIN_SECONDS:
        now = _standing(plant)
        if now and now.arrived >= expected and now.is_idle:
            break
        if late == 0 and time.monotonic() - since > 60:
            late = orders_under_way(plant.database)
        time.sleep(0.5)
    return late


def _standing(plant: Plant) -> Standing | None:
    try:
        return standing(plant.database)
    except ConnectorError:
        return None
