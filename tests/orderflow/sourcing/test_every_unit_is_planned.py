"""What must hold for every order and every shop: random ones are planned and the plans are counted."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from routing_values import EVERYONE, facts, line, order, plan_of, routing

from orderflow.decision import SourcingPlan
from orderflow.sourcing.strategies import strategies

SKUS = ("SKU123", "SKU456", "SKU789")
CODES = tuple(location.code for location in EVERYONE)
counts = st.integers(min_value=0, max_value=6)
lines = st.lists(
    st.tuples(st.sampled_from(SKUS), st.integers(1, 5), st.sampled_from(["", "own", "3pl", "dropship", CODES[0]])),
    min_size=1,
    max_size=5,
)
shelves = st.dictionaries(st.sampled_from(CODES), st.dictionaries(st.sampled_from(SKUS), counts))
policies = st.builds(
    routing,
    strategy=st.sampled_from(sorted(strategies())),
    max_shipments=st.integers(1, 4),
    unfilled=st.sampled_from(["backorder", "split", "third_party"]),
    line_first=st.booleans(),
    fallback_chain=st.lists(st.sampled_from(CODES), max_size=4).map(tuple),
)
capacities = st.dictionaries(st.sampled_from(CODES), st.tuples(st.integers(0, 3), st.integers(0, 3)))


def world(wanted, held, policy, full):
    """The facts of a random order in a random shop; `full` is (capacity, load) of some locations."""
    ordered = [
        line(n, sku, units, attributes={"fulfilled_by": to}) for n, (sku, units, to) in enumerate(wanted, start=1)
    ]
    locations = [
        place.model_copy(update={"capacity_per_day": full[place.code][0]}) if place.code in full else place
        for place in EVERYONE
    ]
    load = {code: used for code, (_, used) in full.items()}
    return facts(order(*ordered), held, locations=locations, policy=policy, load=load)


def units_by_line(plan: SourcingPlan) -> Counter:
    planned = Counter()
    for shipment in plan.shipments:
        planned.update({item.line_no: item.quantity for item in shipment.lines})
    planned.update({item.line_no: item.quantity for item in plan.backordered})
    return planned


@pytest.mark.requirement("OF-130")
@settings(max_examples=300, deadline=None)
@given(lines, shelves, policies, capacities, st.sampled_from([None, *CODES]))
def test_a_plan_covers_each_line_exactly_and_takes_only_what_is_there(wanted, held, policy, full, asked):
    here = world(wanted, held, policy, full)
    plan = plan_of(here, warehouse=asked)
    assert units_by_line(plan) == {item.line_no: item.quantity for item in here.order.lines}
    taken = Counter()
    for shipment in plan.shipments:
        for item in shipment.lines:
            taken[shipment.location, item.sku] += item.quantity
    assert all(units <= here.stock.available(*at) for at, units in taken.items())


@settings(max_examples=200, deadline=None)
@given(lines, shelves, policies, capacities)
def test_a_plan_keeps_the_most_shipments_the_capacity_and_the_fixed_sources(wanted, held, policy, full):
    here = world(wanted, held, policy, full)
    plan = plan_of(here)
    fixed = {to if to != "own" else "" for _, _, to in wanted}
    assert len(plan.shipments) <= max(policy.max_shipments, len(fixed))
    for shipment in plan.shipments:
        location = here.locations[shipment.location]
        assert location.capacity_per_day is None or here.load[shipment.location] < location.capacity_per_day
        for item in shipment.lines:
            to = here.order.lines[item.line_no - 1].attributes["fulfilled_by"]
            assert to in ("", shipment.location, shipment.source.value) or (
                to == "own" and shipment.source == "warehouse"
            )


@settings(max_examples=200, deadline=None)
@given(lines, shelves, policies, capacities)
def test_every_candidate_is_chosen_or_says_why_not(wanted, held, policy, full):
    plan = plan_of(world(wanted, held, policy, full))
    used = {shipment.location for shipment in plan.shipments}
    for candidate in plan.candidates:
        assert candidate.chosen == (candidate.location in used)
        assert bool(candidate.lost_because) != candidate.chosen


@settings(max_examples=200, deadline=None)
@given(lines, shelves)
def test_no_unit_waits_while_a_location_that_may_ship_it_holds_one(wanted, held):
    free = [(sku, units, "") for sku, units, _ in wanted]
    here = world(free, held, routing(unfilled="split", max_shipments=len(EVERYONE)), {})
    plan = plan_of(here)
    for sku in SKUS:
        ordered = sum(units for name, units, _ in free if name == sku)
        there = sum(here.stock.available(code, sku) for code in CODES)
        shipped = sum(item.quantity for s in plan.shipments for item in s.lines if item.sku == sku)
        assert shipped == min(ordered, there)
