"""A location's working day runs from cut-off to cut-off, whatever the calendar and the clocks do."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing_values import EAST, WEST, facts, order, place, routing

from orderflow.holds import HoldReason
from orderflow.policy import FullLocations
from orderflow.routing import decide
from orderflow.routing.capacity import working_window
from orderflow.rules.rule_set import RuleSet
from orderflow.shipping.promise import NeverOpenError, dispatch_day

NEW_YORK = place("warehouse_east", 40.73, -74.17, "America/New_York", cutoff=time(14), holidays=("12-25", "01-01"))


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "opened", "ends"),
    [
        (at(2026, 3, 10, 15), at(2026, 3, 9, 18), at(2026, 3, 10, 18)),  # a Tuesday morning
        (at(2026, 3, 10, 18), at(2026, 3, 10, 18), at(2026, 3, 11, 18)),  # at the cut-off the next day opens
        (at(2026, 3, 7, 12), at(2026, 3, 6, 19), at(2026, 3, 9, 18)),  # a weekend, and the clocks go forward in it
        (at(2026, 11, 1, 12), at(2026, 10, 30, 18), at(2026, 11, 2, 19)),  # and back
        (at(2028, 2, 29, 12), at(2028, 2, 28, 19), at(2028, 2, 29, 19)),  # a leap day is a working day
        (at(2026, 12, 25, 12), at(2026, 12, 24, 19), at(2026, 12, 28, 19)),  # Christmas Day, then a weekend
        (at(2026, 12, 31, 20), at(2026, 12, 31, 19), at(2027, 1, 4, 19)),  # the year ends
    ],
)
def test_the_working_day_a_moment_belongs_to(now: datetime, opened: datetime, ends: datetime) -> None:
    assert working_window(NEW_YORK, now) == (opened, ends)


@given(st.integers(0, 3 * 366 * 24 * 60), st.integers(0, 23))
def test_orders_share_a_working_day_exactly_when_they_leave_on_the_same_day(minutes: int, hour: int) -> None:
    now = at(2026, 1, 1) + timedelta(minutes=minutes)
    here = NEW_YORK.model_copy(update={"cutoff": time(hour)})
    opened, ends = working_window(here, now)
    assert opened <= now < ends
    moment = timedelta(milliseconds=1)
    assert dispatch_day(here, opened) == dispatch_day(here, now) == dispatch_day(here, ends - moment)
    assert dispatch_day(here, ends) > dispatch_day(here, now) > dispatch_day(here, opened - moment)


def test_a_location_that_never_opens_has_no_working_day() -> None:
    with pytest.raises(NeverOpenError):
        working_window(NEW_YORK.model_copy(update={"pickup_days": ()}), at(2026, 3, 10, 15))


FULL = EAST.model_copy(update={"capacity_per_day": 5})
HELD = {EAST.code: {"SKU123": 9}, WEST.code: {"SKU123": 9}}


@pytest.mark.requirement("OF-157")
def test_a_full_location_is_passed_over_or_waited_for_as_the_shop_says() -> None:
    chosen = {}
    for policy in FullLocations:
        rules = routing(strategy="nearest", full_locations=policy)
        chosen[policy] = decide(
            facts(order(), HELD, locations=(FULL, WEST), policy=rules, load={EAST.code: 5}), RuleSet()
        )
    assert [s.location for s in chosen[FullLocations.ELSEWHERE].plan.shipments] == [WEST.code]
    hold = chosen[FullLocations.WAIT].hold
    assert (hold.reason, hold.code) == (HoldReason.INVENTORY, "capacity")
    assert hold.lapses_at == working_window(FULL, chosen[FullLocations.WAIT].decided_at)[1]


def test_a_location_that_takes_no_orders_at_all_is_not_waited_for() -> None:
    closed = EAST.model_copy(update={"capacity_per_day": 0})
    rules = routing(full_locations=FullLocations.WAIT)
    decision = decide(facts(order(), HELD, locations=(closed, WEST), policy=rules), RuleSet())
    assert (decision.hold, [s.location for s in decision.plan.shipments]) == (None, [WEST.code])
