"""What decides between locations: each test changes one fact and sees the winner change."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from routing_values import (
    CENTRAL,
    EAST,
    EXPRESS,
    GROUND,
    NOW,
    SAN_DIEGO,
    WEST,
    card,
    facts,
    level,
    line,
    lost,
    order,
    place,
    plan_of,
    points,
    routing,
    service,
    shipped,
    stock,
)

from orderflow.inventory import StockView
from orderflow.order import Customer
from orderflow.shipping.rate import ShippingSpeed

PLENTY = {EAST.code: {"SKU123": 9}, CENTRAL.code: {"SKU123": 9}, WEST.code: {"SKU123": 9}}


def winner(facts_, **actions) -> str:
    (location,) = shipped(plan_of(facts_, **actions))
    return location


@pytest.mark.requirement("OF-08", "OF-34", "FUL-06")
def test_only_the_stock_changes_and_another_location_wins():
    before = facts(order(), PLENTY)
    assert winner(before) == EAST.code
    assert winner(replace(before, stock=stock(PLENTY | {EAST.code: {"SKU123": 0}}))) == CENTRAL.code


@pytest.mark.requirement("OF-08", "OF-123")
def test_only_the_destination_changes_and_another_location_wins():
    before = facts(order(), PLENTY)
    after = facts(order(destination=SAN_DIEGO), PLENTY)
    assert (winner(before), winner(after)) == (EAST.code, WEST.code)
    assert points(plan_of(before), WEST, "cost") < points(plan_of(after), WEST, "cost")


@pytest.mark.requirement("OF-08", "OF-35")
def test_only_the_carriers_rates_change_and_another_location_wins():
    dear_nearby = service("usps", ShippingSpeed.STANDARD, ("20", "8", "11"), (2, 3, 4))
    assert winner(facts(order(), PLENTY)) == EAST.code
    assert winner(facts(order(), PLENTY, rate_card=card(dear_nearby))) == CENTRAL.code


@pytest.mark.requirement("OF-36", "OF-124")
def test_only_the_cut_off_changes_and_another_location_wins():
    same_price = service("usps", ShippingSpeed.EXPEDITED, ("9", "9", "9"), (2, 2, 2))
    closed_early = EAST.model_copy(update={"cutoff": time(9)})
    held = {location.code: {"SKU123": 9} for location in (EAST, closed_early, WEST)}
    open_east = facts(order(), held, locations=(EAST, WEST), rate_card=card(same_price))
    shut_east = facts(order(), held, locations=(closed_early, WEST), rate_card=card(same_price))
    assert winner(open_east, shipping_speed="expedited") == EAST.code
    assert winner(shut_east, shipping_speed="expedited") == WEST.code
    assert points(plan_of(shut_east, shipping_speed="expedited"), EAST, "speed") == 0


@pytest.mark.requirement("OF-36", "OF-124")
def test_only_the_time_zone_changes_and_another_location_wins():
    same_price = service("usps", ShippingSpeed.EXPEDITED, ("9", "9", "9"), (2, 2, 2))
    evening = datetime(2026, 3, 10, 19, 0, tzinfo=UTC)  # 15:00 in New York, 12:00 in Los Angeles
    a_pacific = place("warehouse_a", 40.73, -74.17, "America/Los_Angeles")
    an_eastern = place("warehouse_a", 40.73, -74.17, "America/New_York")
    other = place("warehouse_b", 40.73, -74.17, "America/Los_Angeles")

    def winner_with(first):
        held = {first.code: {"SKU123": 9}, other.code: {"SKU123": 9}}
        return winner(
            facts(order(), held, locations=(first, other), rate_card=card(same_price), now=evening),
            shipping_speed="expedited",
        )

    assert winner_with(a_pacific) == "warehouse_a"
    assert winner_with(an_eastern) == "warehouse_b"


@pytest.mark.requirement("OF-37")
def test_the_carrier_a_customer_prefers_changes_the_winner():
    cheap_afar = service("fedex", ShippingSpeed.STANDARD, ("9", "3", "9"), (2, 3, 4))
    rates = card(GROUND, cheap_afar)
    vip = Customer(tier="VIP", preferred_carrier="USPS")
    assert winner(facts(order(), PLENTY, rate_card=rates)) == CENTRAL.code
    assert winner(facts(order(customer=vip), PLENTY, rate_card=rates)) == EAST.code


@pytest.mark.requirement("OF-37")
def test_the_speed_a_vip_rule_asks_for_changes_the_winner():
    slow_nearby = service("usps", ShippingSpeed.STANDARD, ("5", "6", "11"), (2, 3, 4))
    fast_afar = service("ups", ShippingSpeed.EXPEDITED, ("40", "15", "40"), (2, 2, 2))
    here = facts(order(customer=Customer(tier="VIP")), PLENTY, rate_card=card(slow_nearby, fast_afar))
    assert winner(here) == EAST.code
    assert winner(here, shipping_speed="expedited") == CENTRAL.code


@pytest.mark.requirement("OF-121")
def test_other_weights_rank_the_same_locations_differently():
    busy = EAST.model_copy(update={"capacity_per_day": 100})
    here = facts(order(), PLENTY, locations=(busy, WEST), load={busy.code: 90})
    assert winner(replace(here, policy=routing(weights={"utilization": -1}))) == EAST.code
    assert winner(replace(here, policy=routing(weights={"utilization": -300}))) == WEST.code


@pytest.mark.requirement("OF-122")
def test_stock_brings_fifty_points_and_its_lack_takes_a_hundred():
    plan = plan_of(facts(order(line(1, "SKU123", 2)), PLENTY | {WEST.code: {"SKU123": 1}}))
    assert points(plan, EAST, "stock") == 50
    assert points(plan, WEST, "stock") == -100


@pytest.mark.requirement("OF-124")
def test_keeping_the_asked_speed_brings_fifty_points_and_missing_it_none():
    plan = plan_of(facts(order(), PLENTY, rate_card=card(GROUND)), delivery_days=3)
    assert points(plan, EAST, "speed") == 50
    assert points(plan, CENTRAL, "speed") == 50
    assert points(plan, WEST, "speed") == 0


@pytest.mark.requirement("OF-125")
def test_a_warehouse_that_is_nearly_full_loses_to_one_that_is_not():
    a, b = (place(code, 40.73, -74.17, "America/New_York", capacity_per_day=100) for code in ("a", "b"))
    held = {a.code: {"SKU123": 9}, b.code: {"SKU123": 9}}
    busy = facts(order(), held, locations=(a, b), load={"a": 95, "b": 40})
    assert winner(busy) == "b"
    assert points(plan_of(busy), a, "utilization") == -28.5
    assert winner(replace(busy, load={"a": 40, "b": 40})) == "a"


@pytest.mark.requirement("OF-125")
def test_a_warehouse_without_a_capacity_loses_no_points_for_its_load():
    plan = plan_of(facts(order(), PLENTY, load={EAST.code: 5000}))
    assert points(plan, EAST, "utilization") == 0


def test_an_old_stock_count_loses_points_and_the_trace_says_how_old_it_is():
    def stale_part(age_minutes: int) -> tuple[float, str]:
        counted = StockView([level(EAST, "SKU123", 9, counted_at=NOW - timedelta(minutes=age_minutes))])
        parts = plan_of(facts(order(), counted, locations=(EAST,))).candidates[0].parts
        return next((part.points, part.fact) for part in parts if part.factor == "stale_stock")

    assert stale_part(120) == (-10, "stock counted 120 minutes ago")
    assert stale_part(60) == (0, "stock count is fresh")


@pytest.mark.requirement("OF-147")
def test_a_cost_optimised_and_a_speed_optimised_strategy_choose_differently():
    crossed = service("usps", ShippingSpeed.STANDARD, ("9", "5", "11"), (1, 4, 5))
    here = facts(order(), PLENTY, rate_card=card(crossed))
    assert winner(here, strategy="cheapest") == CENTRAL.code
    assert winner(here, strategy="fastest") == EAST.code


@pytest.mark.requirement("OMS-14")
def test_the_closest_location_with_stock_can_be_the_policy():
    cheaper_afar = service("usps", ShippingSpeed.STANDARD, ("9", "5", "5"), (2, 3, 4))
    here = facts(order(), PLENTY, rate_card=card(cheaper_afar), policy=routing(strategy="closest_with_stock"))
    assert winner(here) == EAST.code
    without = replace(here, stock=stock(PLENTY | {EAST.code: {"SKU123": 0}}))
    assert winner(without) == CENTRAL.code
    assert "km away against" in lost(plan_of(here), WEST)


def test_the_priority_strategy_follows_the_primary_location_and_then_the_chain():
    policy = routing(strategy="priority", primary_location=WEST.code, fallback_chain=(CENTRAL.code,))
    assert winner(facts(order(), PLENTY, policy=policy)) == WEST.code
    assert winner(facts(order(), PLENTY | {WEST.code: {"SKU123": 0}}, policy=policy)) == CENTRAL.code


@pytest.mark.requirement("OF-126")
def test_equal_locations_are_decided_by_their_code_and_always_the_same_way():
    twins = [place(code, 40.73, -74.17, "America/New_York") for code in ("b", "a", "c")]
    held = {twin.code: {"SKU123": 1} for twin in twins}
    assert {winner(facts(order(), held, locations=twins)) for _ in range(20)} == {"a"}


@pytest.mark.requirement("OF-157")
def test_without_a_capacity_no_load_is_too_much_and_with_one_a_full_warehouse_is_out():
    assert winner(facts(order(), PLENTY, load={EAST.code: 100_000})) == EAST.code
    small = EAST.model_copy(update={"capacity_per_day": 10})
    full = facts(order(), PLENTY | {small.code: {"SKU123": 9}}, locations=(small, CENTRAL, WEST), load={small.code: 10})
    assert winner(full) == CENTRAL.code
    assert lost(plan_of(full), small) == "capacity of the day used up: 10 of 10 orders"


@pytest.mark.requirement("OMS-15")
def test_a_location_that_does_not_stock_the_product_is_never_chosen_and_says_so():
    plan = plan_of(facts(order(), {WEST.code: {"SKU123": 9}, EAST.code: {"OTHER": 50}}))
    assert set(shipped(plan)) == {WEST.code}
    assert lost(plan, EAST) == "does not stock SKU123"


@pytest.mark.requirement("OMS-15")
def test_a_variant_ships_only_from_where_this_variant_is_stocked():
    view = StockView([level(EAST, "TEE", 9, variant="S"), level(WEST, "TEE", 9, variant="M")])
    plan = plan_of(facts(order(line(1, "TEE", variant="M")), view))
    assert set(shipped(plan)) == {WEST.code}


def test_reserved_and_safety_stock_are_not_promised_to_anybody_else():
    view = StockView([level(EAST, "SKU123", 9, reserved=5, safety_stock=3), level(WEST, "SKU123", 2)])
    plan = plan_of(facts(order(line(1, "SKU123", 2)), view))
    assert set(shipped(plan)) == {WEST.code}
    assert lost(plan, EAST).startswith("holds 1 of 2 SKU123")


def test_why_a_location_lost_is_told_in_numbers():
    plan = plan_of(
        facts(
            order(line(1, "SKU123", 2), line(2, "SKU456", 5)),
            {
                EAST.code: {"SKU123": 9, "SKU456": 9},
                CENTRAL.code: {"SKU123": 9, "SKU456": 9},
                WEST.code: {"SKU123": 9, "SKU456": 3},
            },
        )
    )
    assert lost(plan, WEST) == "holds 3 of 5 SKU456"
    assert "ships the whole order for $11.00 against $8.00 from warehouse_east" in lost(plan, CENTRAL)
    assert "points 89 against 92" in lost(plan, CENTRAL)
    assert "arrives 2026-03-13 against 2026-03-12" in lost(plan, CENTRAL)


def test_a_location_that_lost_does_not_speak_of_an_arrival_that_was_the_same():
    plan = plan_of(facts(order(), PLENTY, rate_card=card(EXPRESS)))
    assert "arrives" not in lost(plan, WEST)


def test_a_location_without_a_reference_rate_can_ship_but_counts_as_the_dearest():
    light_only = GROUND.model_copy(update={"max_grams": 100})
    plan = plan_of(facts(order(), PLENTY, rate_card=card(light_only)))
    assert plan.shipments[0].estimated_cost is None
    assert plan.shipments[0].promised_to is None


def test_without_coordinates_a_place_is_as_far_as_can_be_and_loses_to_one_that_is_known():
    bare = EAST.address.model_copy(update={"latitude": None, "longitude": None})
    unknown = EAST.model_copy(update={"address": bare})
    here = facts(order(), PLENTY, locations=(unknown, CENTRAL))
    assert winner(here) == CENTRAL.code
    assert points(plan_of(here), EAST, "cost") == -11
    assert winner(here, strategy="nearest") == CENTRAL.code
    assert "km away" not in lost(plan_of(here, strategy="nearest"), EAST)


def test_the_speed_bought_at_checkout_is_kept_unless_a_rule_says_otherwise():
    here = facts(order(shipping_method="Express shipping"), PLENTY)
    assert plan_of(here).shipments[0].speed is ShippingSpeed.EXPEDITED
    assert plan_of(here, shipping_speed="standard").shipments[0].speed is ShippingSpeed.STANDARD
    assert plan_of(here).shipments[0].estimated_cost.amount == EXPRESS.base[0]
