"""What is tried, in which order, and where an order goes when the first choice cannot ship it."""

import pytest
from routing_values import (
    CENTRAL,
    EAST,
    EVERYONE,
    NOW,
    PARTNER,
    SUPPLIER,
    WEST,
    facts,
    level,
    line,
    lost,
    order,
    place,
    plan_of,
    routing,
    shipped,
    waiting,
)

from orderflow.decision import Outcome
from orderflow.inventory import StockView
from orderflow.money import Money
from orderflow.routing import decide
from orderflow.rules.actions import Actions
from orderflow.rules.rule_set import RuleSet
from orderflow.sourcing.plan import source_order

FIVE = line(1, "SKU123", 5)
ALL_HOLD = {code: {"SKU123": 9} for code in (EAST.code, CENTRAL.code, WEST.code)}
CHAIN = tuple(place(f"chain_{n}", 34.05, -118.24, "America/Los_Angeles") for n in (1, 2, 3, 4))


def tried(plan) -> list[str]:
    return [attempt.tried.split(",")[0] for attempt in plan.attempts]


def test_the_location_a_rule_asks_for_beats_a_better_one():
    plan = plan_of(facts(order(FIVE), ALL_HOLD), warehouse=WEST.code)
    assert shipped(plan) == {WEST.code: {1: 5}}
    assert lost(plan, EAST).startswith("a rule asks for warehouse_west; points 93 against 87")


@pytest.mark.requirement("OF-127", "OF-128")
def test_a_chain_of_four_is_visited_in_its_order_when_the_primary_cannot_ship():
    held = {WEST.code: {"SKU123": 4}, "chain_3": {"SKU123": 9}, "chain_4": {"SKU123": 9}, EAST.code: {"SKU123": 9}}
    policy = routing(fallback_chain=tuple(location.code for location in CHAIN))
    plan = plan_of(facts(order(FIVE), held, locations=(WEST, EAST, *CHAIN), policy=policy), warehouse=WEST.code)
    assert shipped(plan) == {"chain_3": {1: 5}}
    told = [(attempt.tried, attempt.result) for attempt in plan.attempts]
    assert told == [
        ("warehouse_west for the whole order, as a rule asks", "holds 4 of 5 SKU123"),
        ("chain_1 for the whole order, number 1 of the fallback chain", "does not stock SKU123"),
        ("chain_2 for the whole order, number 2 of the fallback chain", "does not stock SKU123"),
        ("chain_3 for the whole order, number 3 of the fallback chain", "chain_3 can, for $13.00"),
    ]
    assert "chain_3 comes before it in the fallback chain" in lost(plan, EAST)


def test_after_the_chain_every_other_location_is_still_a_candidate():
    policy = routing(fallback_chain=(WEST.code,))
    here = facts(order(FIVE), {EAST.code: {"SKU123": 9}, WEST.code: {"SKU123": 1}}, policy=policy)
    assert shipped(plan_of(here, warehouse=CENTRAL.code)) == {EAST.code: {1: 5}}


@pytest.mark.requirement("OF-127")
def test_a_third_party_in_the_chain_is_a_fallback_without_any_rule():
    held = {EAST.code: {"SKU123": 4}, WEST.code: {"SKU123": 1}, PARTNER.code: {"SKU123": 9}}
    policy = routing(fallback_chain=(EAST.code, PARTNER.code))
    plan = plan_of(facts(order(FIVE), held, locations=EVERYONE, policy=policy))
    assert shipped(plan) == {PARTNER.code: {1: 5}}
    assert [attempt.result for attempt in plan.attempts] == [
        "none holds every unit",
        "holds 4 of 5 SKU123",
        "threepl_ohio can, for $10.00",
    ]


def test_a_rule_that_names_no_existing_location_is_told_and_passed_over():
    plan = plan_of(facts(order(FIVE), ALL_HOLD), warehouse="warehouse_moon")
    assert plan.attempts[0].result == "there is no such location"
    assert shipped(plan) == {EAST.code: {1: 5}}


@pytest.mark.requirement("OMS-03", "OMS-42")
def test_an_order_no_location_holds_whole_is_split_by_line_before_a_line_is_cut():
    lines = (line(1, "SKU123", 3), line(2, "SKU456", 2))
    held = {EAST.code: {"SKU123": 3}, WEST.code: {"SKU123": 2, "SKU456": 2}}
    plan = plan_of(facts(order(*lines), held))
    assert shipped(plan) == {EAST.code: {1: 3}, WEST.code: {2: 2}}
    assert tried(plan) == ["the best location for the whole order (most points)", "a split by line"]
    assert lost(plan, CENTRAL) == "does not stock SKU123, SKU456"


@pytest.mark.requirement("OMS-03")
def test_a_line_nobody_holds_whole_is_cut():
    plan = plan_of(facts(order(FIVE), {EAST.code: {"SKU123": 3}, WEST.code: {"SKU123": 2}}))
    assert shipped(plan) == {EAST.code: {1: 3}, WEST.code: {1: 2}}
    assert tried(plan)[-2:] == ["a split by line", "what can ship"]
    assert [shipment.number for shipment in plan.shipments] == [1, 2]


@pytest.mark.requirement("OMS-06", "FUL-06")
def test_what_is_in_stock_ships_and_does_not_wait_for_the_rest():
    lines = (line(1, "SKU123", 2), line(2, "SKU456", 1))
    here = facts(order(*lines), {EAST.code: {"SKU123": 2, "SKU456": 0}})
    plan = plan_of(here)
    assert (shipped(plan), waiting(plan)) == ({EAST.code: {1: 2}}, {2: 1})
    assert decide(here, RuleSet()).outcome is Outcome.SHIP


@pytest.mark.requirement("OMS-44")
def test_units_nobody_has_become_a_backorder_of_exactly_that_many():
    plan = plan_of(facts(order(FIVE), {EAST.code: {"SKU123": 2}, WEST.code: {"SKU123": 1}}))
    assert (shipped(plan), waiting(plan)) == ({EAST.code: {1: 2}, WEST.code: {1: 1}}, {1: 2})


def test_at_most_so_many_locations_share_an_order_as_the_policy_allows():
    held = {EAST.code: {"SKU123": 2}, CENTRAL.code: {"SKU123": 2}, WEST.code: {"SKU123": 1}}
    plan = plan_of(facts(order(FIVE), held, policy=routing(max_shipments=2)))
    assert (len(plan.shipments), waiting(plan)) == (2, {1: 1})
    alone = plan_of(facts(order(FIVE), held, policy=routing(max_shipments=1)))
    assert (len(alone.shipments), waiting(alone)) == (1, {1: 3})
    assert "not allowed" in next(attempt.result for attempt in alone.attempts if attempt.tried == "a split")


@pytest.mark.parametrize(("total", "parcels"), [("49.99", 1), ("50.00", 2)])
def test_an_order_below_the_minimum_value_is_not_split(total, parcels):
    policy = routing(split_minimum_value=Money.of(50, "USD"))
    held = {EAST.code: {"SKU123": 3}, WEST.code: {"SKU123": 2}}
    plan = plan_of(facts(order(FIVE, total=Money.of(total, "USD")), held, policy=policy))
    assert len(plan.shipments) == parcels


@pytest.mark.requirement("OF-129", "OMS-02")
@pytest.mark.parametrize(
    ("unfilled", "ships", "waits"),
    [
        ("backorder", {EAST.code: {1: 3}}, {1: 2}),
        ("split", {EAST.code: {1: 3}, PARTNER.code: {1: 2}}, {}),
        ("third_party", {PARTNER.code: {1: 5}}, {}),
    ],
)
def test_when_every_own_location_fails_the_policy_says_wait_split_or_third_party(unfilled, ships, waits):
    held = {EAST.code: {"SKU123": 3}, PARTNER.code: {"SKU123": 9}}
    plan = plan_of(facts(order(FIVE), held, locations=EVERYONE, policy=routing(unfilled=unfilled)))
    assert (shipped(plan), waiting(plan)) == (ships, waits)


def test_an_own_location_is_preferred_to_a_cheaper_outsider():
    held = {WEST.code: {"SKU123": 5}, PARTNER.code: {"SKU123": 9}}
    plan = plan_of(facts(order(FIVE), held, locations=EVERYONE, policy=routing(unfilled="third_party")))
    assert shipped(plan) == {WEST.code: {1: 5}}


def test_a_third_party_that_could_have_shipped_everything_says_what_went_before_it():
    held = {EAST.code: {"SKU123": 3}, WEST.code: {"SKU123": 2}, PARTNER.code: {"SKU123": 9}}
    plan = plan_of(facts(order(FIVE), held, locations=EVERYONE, policy=routing(unfilled="split")))
    assert lost(plan, PARTNER) == (
        "own locations ship what they can; warehouse_east, warehouse_west together ship 5 of 5 units for $17.50"
    )
    assert lost(plan, CENTRAL) == ("does not stock SKU123")


def test_a_third_party_the_policy_leaves_out_says_so():
    held = {PARTNER.code: {"SKU123": 9}}
    plan = plan_of(facts(order(FIVE), held, locations=EVERYONE))
    assert waiting(plan) == {1: 5}
    assert lost(plan, PARTNER) == "a 3pl location, which the policy leaves out (unfilled: backorder)"


def test_a_rule_may_send_an_order_to_a_third_party_all_the_same():
    held = {EAST.code: {"SKU123": 9}, PARTNER.code: {"SKU123": 9}}
    plan = plan_of(facts(order(FIVE), held, locations=EVERYONE), warehouse=PARTNER.code)
    assert shipped(plan) == {PARTNER.code: {1: 5}}


@pytest.mark.requirement("OMS-07")
def test_one_trace_lists_warehouses_third_parties_and_suppliers():
    held = {EAST.code: {"SKU123": 2}, PARTNER.code: {"SKU123": 2}, SUPPLIER.code: {"SKU123": 1}}
    plan = plan_of(facts(order(FIVE), held, locations=EVERYONE, policy=routing(unfilled="split")))
    assert {(s.location, s.source.value) for s in plan.shipments} == {
        (EAST.code, "warehouse"),
        (PARTNER.code, "3pl"),
        (SUPPLIER.code, "dropship"),
    }
    assert {candidate.location for candidate in plan.candidates} == {location.code for location in EVERYONE}


def test_two_lines_of_one_product_share_its_stock():
    lines = (line(1, "SKU123", 3), line(2, "SKU123", 3))
    plan = plan_of(facts(order(*lines), {EAST.code: {"SKU123": 4}}))
    assert (shipped(plan), waiting(plan)) == ({EAST.code: {1: 3, 2: 1}}, {2: 2})
    assert lost(plan_of(facts(order(*lines), {EAST.code: {"SKU123": 4}, WEST.code: {"SKU123": 6}})), EAST).startswith(
        "holds 4 of 6 SKU123"
    )


def test_availability_is_not_summed_over_locations_and_then_taken_at_one():
    plan = plan_of(facts(order(line(1, "SKU123", 4)), {EAST.code: {"SKU123": 2}, WEST.code: {"SKU123": 2}}))
    assert shipped(plan) == {EAST.code: {1: 2}, WEST.code: {1: 2}}


def test_what_is_reserved_already_is_not_allocated_again():
    plan = plan_of(facts(order(FIVE), StockView([level(EAST, "SKU123", 5, reserved=4)])))
    assert (shipped(plan), waiting(plan)) == ({EAST.code: {1: 1}}, {1: 4})


def test_a_person_may_force_a_location_and_then_no_other_is_used():
    full = WEST.model_copy(update={"capacity_per_day": 1})
    held = {EAST.code: {"SKU123": 9}, WEST.code: {"SKU123": 3}}
    here = facts(order(FIVE), held, locations=(EAST, full), load={WEST.code: 1})
    plan = source_order(here, Actions(warehouse=EAST.code), forced_location=WEST.code)
    assert (shipped(plan), waiting(plan)) == ({WEST.code: {1: 3}}, {1: 2})
    assert lost(plan, EAST) == "a person chose warehouse_west"


def test_an_excluded_location_is_not_used_even_if_a_rule_asks_for_it():
    plan = source_order(facts(order(FIVE), ALL_HOLD), Actions(warehouse=EAST.code), excluded=frozenset({EAST.code}))
    assert shipped(plan) == {CENTRAL.code: {1: 5}}
    assert lost(plan, EAST) == "excluded for this order"


def test_an_order_too_heavy_for_one_parcel_becomes_several_from_the_same_place():
    heavy = line(1, "ANVIL", 5, weight_grams=14_000)
    plan = plan_of(facts(order(heavy), {EAST.code: {"ANVIL": 9}}))
    assert [(s.location, s.weight_grams, s.lines[0].quantity) for s in plan.shipments] == [
        (EAST.code, 28_000, 2),
        (EAST.code, 28_000, 2),
        (EAST.code, 14_000, 1),
    ]
    assert plan.cost == plan.candidates[1].cost


def test_a_unit_too_heavy_for_every_service_is_planned_without_a_price():
    lines = (line(1, "ANVIL", 1, weight_grams=40_000), line(2, "SKU123"))
    plan = plan_of(facts(order(*lines), {EAST.code: {"ANVIL": 9, "SKU123": 9}}))
    assert [s.estimated_cost is None for s in plan.shipments] == [True, False]
    assert plan.candidates[1].cost is None


def test_a_location_that_never_opens_ships_nothing_and_says_so():
    shut = EAST.model_copy(update={"pickup_days": ()})
    plan = plan_of(facts(order(FIVE), ALL_HOLD, locations=(shut, CENTRAL)))
    assert shipped(plan) == {CENTRAL.code: {1: 5}}
    assert lost(plan, shut) == "has no working day within a year"


def test_a_search_over_very_many_locations_says_how_many_it_left_out():
    many = [place(f"store_{n:02}", 40.0, -80.0, "America/New_York") for n in range(15)]
    held = {location.code: {"SKU123": 1} for location in many}
    plan = plan_of(facts(order(line(1, "SKU123", 3)), held, locations=many))
    assert plan.attempts[-1].result.endswith("; the search left out 3 locations")
    assert len(plan.shipments) == 3


def test_the_promise_of_a_shipment_is_that_of_its_own_location():
    plan = plan_of(facts(order(FIVE), {EAST.code: {"SKU123": 3}, WEST.code: {"SKU123": 2}}))
    east, west = plan.shipments
    assert (east.estimated_days, west.estimated_days) == (2, 6)
    assert NOW < east.promised_from < west.promised_from < west.promised_to
