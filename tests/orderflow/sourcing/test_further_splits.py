"""An order one location could ship whole is split only for a saving the shop has said is worth it."""

import pytest
from routing_values import (
    CENTRAL,
    EAST,
    EVERYONE,
    GROUND,
    PARTNER,
    WEST,
    card,
    facts,
    line,
    order,
    plan_of,
    routing,
    shipped,
)

from orderflow.decision import Choice
from orderflow.money import Money

# From the far west everything is dear: together 11 + 19 × 0.50 = 20.50, while two parcels from nearer cost 5 + 8.
HEAVY = order(line(1, "SKU123", 10), line(2, "SKU456", 10))
HELD = {WEST.code: {"SKU123": 10, "SKU456": 10}, EAST.code: {"SKU123": 10}, CENTRAL.code: {"SKU456": 10}}
STEEP = card(GROUND.model_copy(update={"per_step": tuple(price / 5 for price in GROUND.base)}))


def plan(**policy):
    return plan_of(facts(HEAVY, HELD, rate_card=STEEP, policy=routing(**policy)))


def saving() -> Money:
    whole, split = plan(), plan(split_saves_money=Money.of("0.01", "USD"))
    return whole.cost - split.cost


def test_without_such_a_policy_one_parcel_is_one_parcel():
    assert set(shipped(plan())) == {WEST.code}


def test_a_split_must_save_as_much_money_as_the_shop_wants():
    saved = saving()
    assert set(shipped(plan(split_saves_money=saved))) == {EAST.code, CENTRAL.code}
    dearer = plan(split_saves_money=saved + Money.of("0.01", "USD"))
    assert set(shipped(dearer)) == {WEST.code}
    assert dearer.attempts[-1].tried == "a further split over warehouse_central and warehouse_east"
    assert dearer.attempts[-1].result.startswith(f"not worth it: costs {saved} less")


@pytest.mark.parametrize(("days", "places"), [(1, {EAST.code, CENTRAL.code}), (9, {WEST.code})])
def test_or_so_many_days(days, places):
    assert set(shipped(plan(split_saves_days=days))) == places


def test_an_order_below_the_minimum_value_is_not_split_for_any_saving():
    policy = {"split_saves_money": Money.of("0.01", "USD"), "split_minimum_value": Money.of(500, "USD")}
    assert set(shipped(plan(**policy))) == {WEST.code}


def test_every_other_way_is_told_with_its_price_and_its_days():
    held = HELD | {PARTNER.code: {"SKU123": 10, "SKU456": 10}}
    told = plan_of(facts(HEAVY, held, rate_card=STEEP, locations=EVERYONE)).alternatives
    assert [(one.way, one.locations) for one in told] == [
        ("chosen", (WEST.code,)),
        ("split", (CENTRAL.code, EAST.code)),
        ("outside", (PARTNER.code,)),
    ]
    assert all(one.cost and one.days for one in told)
    assert told[1].verdict == f"costs {told[0].cost - told[1].cost} less, arrives 3 days earlier"


def test_where_no_single_location_ships_everything_waiting_is_priced_too():
    held = {EAST.code: {"SKU123": 10}, CENTRAL.code: {"SKU456": 10}}
    told = plan_of(facts(HEAVY, held, rate_card=STEEP, policy=routing(replenishment_days=7))).alternatives
    wait = told[-1]
    assert (wait.way, wait.locations, wait.units) == ("wait", (EAST.code,), 0)
    assert wait.days == 7 + 2
    assert wait.verdict == f"costs {told[0].cost - wait.cost} less, arrives 6 days later"


@pytest.mark.requirement("OMS-03")
def test_an_earlier_choice_is_kept_while_it_can_ship_the_order():
    held = {EAST.code: {"SKU123": 9}, WEST.code: {"SKU123": 9}}
    before = plan_of(facts(order(), held, previous=(WEST.code,)))
    assert set(shipped(before)) == {WEST.code}
    assert before.terms.chosen_by is Choice.BEFORE
    assert before.attempts[0].tried == "warehouse_west, as decided before"


def test_an_earlier_choice_that_cannot_ship_any_more_gives_way_and_says_why():
    held = {EAST.code: {"SKU123": 9}, WEST.code: {"SKU123": 0}}
    after = plan_of(facts(order(), held, previous=(WEST.code,)))
    assert set(shipped(after)) == {EAST.code}
    assert after.attempts[0].result == "warehouse_west holds 0 of 1 SKU123"


def test_an_earlier_choice_of_several_locations_is_kept_together():
    lines = order(line(1, "SKU123"), line(2, "SKU456"))
    held = {EAST.code: {"SKU123": 1, "SKU456": 1}, WEST.code: {"SKU123": 1}, CENTRAL.code: {"SKU456": 1}}
    assert set(shipped(plan_of(facts(lines, held, previous=(CENTRAL.code, WEST.code))))) == {WEST.code, CENTRAL.code}
