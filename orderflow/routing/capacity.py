"""Locations whose day is full: the order goes elsewhere, or it waits for the next working day.

A location's working day runs from cut-off to cut-off: what is planned in between is packed on the same day, so it
shares that day's capacity, and at the cut-off the next day's capacity opens by itself.

With "elsewhere" an order waits only where no other location can ship as much. With "wait" it waits for the location it
would have gone to if that had room.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from orderflow.decision import SourcingPlan
from orderflow.facts import RoutingFacts
from orderflow.holds import Hold, HoldReason
from orderflow.location import StockLocation
from orderflow.policy import FullLocations
from orderflow.rules.actions import Actions
from orderflow.shipping.promise import LONGEST_CLOSURE_DAYS, NeverOpenError, days_later
from orderflow.sourcing.plan import source_order

CAPACITY = "capacity"


def working_window(location: StockLocation, now: datetime) -> tuple[datetime, datetime]:
    """The cut-off that opened the location's current working day and the one that will end it, in UTC.

    Raises NeverOpenError for a location that never works.
    """
    zone = ZoneInfo(location.timezone)
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=step) for step in range(LONGEST_CLOSURE_DAYS))
    ends = next((cut for day in days if _works(location, day) and (cut := _cutoff(location, day)) > now), None)
    before = (today - timedelta(days=step) for step in range(LONGEST_CLOSURE_DAYS))
    starts = next((cut for day in before if _works(location, day) and (cut := _cutoff(location, day)) <= now), None)
    if starts is None or ends is None:
        raise NeverOpenError(f"{location.code} has no working day within a year")
    return starts, ends


def wait_for_capacity(
    facts: RoutingFacts, actions: Actions, plan: SourcingPlan, closed: frozenset[str]
) -> tuple[Hold, SourcingPlan] | None:
    """The hold of an order that should wait for a full location, with the plan it waits for; None where it need not."""
    full = _full(facts)
    if not full or (facts.policy.full_locations is FullLocations.ELSEWHERE and not plan.backordered):
        return None
    roomy = source_order(replace(facts, load={}), actions, excluded=closed)
    places = sorted({shipment.location for shipment in roomy.shipments} & full)
    prefers = facts.policy.full_locations is FullLocations.WAIT
    if not places or not (prefers or _units(roomy) > _units(plan)):
        return None
    opens = min(working_window(facts.locations[code], facts.now)[1] for code in places)
    return _hold(places, opens), roomy


def _full(facts: RoutingFacts) -> frozenset[str]:
    places = facts.locations.values()
    return frozenset(
        one.code
        for one in places
        if one.capacity_per_day is not None and facts.load.get(one.code, 0) >= one.capacity_per_day
    )


def _hold(places: list[str], opens: datetime) -> Hold:
    names = " and ".join(places)
    return Hold(
        reason=HoldReason.INVENTORY,
        code=CAPACITY,
        field="lines",
        detail=f"{names} can take no more orders for this working day.",
        remedy=f"Nothing to do: the order is decided again at {opens:%Y-%m-%d %H:%M} UTC, or choose another location.",
        lapses_at=opens,
    )


def _units(plan: SourcingPlan) -> int:
    return sum(line.quantity for shipment in plan.shipments for line in shipment.lines)


def _works(location: StockLocation, day: date) -> bool:
    return days_later(day - timedelta(days=1), 1, location.pickup_days, location.holidays) == day


def _cutoff(location: StockLocation, day: date) -> datetime:
    return datetime.combine(day, location.cutoff, ZoneInfo(location.timezone)).astimezone(UTC)
