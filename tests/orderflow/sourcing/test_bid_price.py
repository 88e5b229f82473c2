"""Units that later orders will miss are dearer now, and the strategy of that name leaves them where they are needed."""

from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing_values import BOSTON, CARD, CENTRAL, EAST, OWN, SAN_DIEGO, WEST, facts, level, order, plan_of, shipped

from orderflow.inventory import Outlook, StockView
from orderflow.sourcing.bid_price import at_least, bid_price
from orderflow.sourcing.outlook import PastOrder, past_demand

PLACES = {place.code: place for place in OWN}


@given(st.floats(0.01, 40), st.integers(0, 60))
def test_the_chance_that_every_unit_is_wanted_is_that_of_the_poisson_distribution(mean, count):
    below = sum(exp(-mean) * mean**k / factorial(k) for k in range(count))
    assert at_least(mean, count) == pytest.approx(1 - below, abs=1e-9)


@given(st.floats(0, 3000), st.integers(0, 3000))
def test_more_stock_never_makes_a_unit_dearer(mean, count):
    assert at_least(mean, count) >= at_least(mean, count + 1)


def test_a_unit_costs_the_chance_that_it_is_missed_times_the_detour():
    scarce = level(EAST, "SKU123", 1, outlook=Outlook(units=2, detour_minor=300))
    assert bid_price(scarce) == pytest.approx(300 * (1 - exp(-2)), abs=0.01)
    assert bid_price(level(EAST, "SKU123", 1)) == 0


def test_the_last_unit_is_left_to_those_who_need_it_more():
    wanted = level(EAST, "SKU123", 1, outlook=Outlook(units=5, detour_minor=900))
    view = StockView([wanted, level(CENTRAL, "SKU123", 9)])
    here = facts(order(), view)
    assert set(shipped(plan_of(here, strategy="cheapest"))) == {EAST.code}
    plan = plan_of(here, strategy="bid_price")
    assert set(shipped(plan)) == {CENTRAL.code}
    assert plan.candidates[1].whole.later_cost_minor == bid_price(wanted)


def past(destination, count: int, sku: str = "SKU123"):
    return [PastOrder(destination, 500, {(sku, ""): 1})] * count


def test_orders_prefer_the_cheapest_location_that_holds_the_product():
    demand = past_demand([*past(BOSTON, 20), *past(SAN_DIEGO, 10)], 30, PLACES, CARD)
    levels = [level(EAST, "SKU123", 1), level(WEST, "SKU123", 1)]
    both = {seen.location: seen.outlook for seen in demand.with_outlook(levels, 30)}
    assert both[EAST.code] == Outlook(units=20, detour_minor=600)
    assert both[WEST.code] == Outlook(units=10, detour_minor=600)
    (only,) = demand.with_outlook([level(WEST, "SKU123", 1)], 15)
    assert only.outlook == Outlook(units=15, detour_minor=0)


def test_a_product_nobody_bought_and_an_empty_shelf_have_no_outlook():
    demand = past_demand(past(BOSTON, 20), 30, PLACES, CARD)
    levels = [level(EAST, "NEW", 3), level(EAST, "SKU123", 0)]
    assert demand.with_outlook(levels, 30) == levels
