"""Who packs each line: our own warehouse, a 3PL, a drop-shipper, or several of them for one order."""

import pytest
from routing_values import (
    CENTRAL,
    EAST,
    EVERYONE,
    PARTNER,
    SUPPLIER,
    WEST,
    facts,
    line,
    lost,
    order,
    place,
    plan_of,
    routing,
    shipped,
    waiting,
)

from orderflow.location import LocationKind

EVERYWHERE = {location.code: {"SKU123": 9, "SKU456": 9, "SKU789": 9} for location in EVERYONE}


def sources(plan) -> dict[int, str]:
    return {planned.line_no: shipment.source.value for shipment in plan.shipments for planned in shipment.lines}


def fixed(number: int, sku: str, to: str, quantity: int = 1):
    return line(number, sku, quantity, attributes={"fulfilled_by": to})


@pytest.mark.requirement("OF-62")
def test_an_in_house_order_ships_from_an_own_warehouse():
    assert sources(plan_of(facts(order(line(1, "SKU123")), EVERYWHERE, locations=EVERYONE))) == {1: "warehouse"}


@pytest.mark.requirement("OF-60", "OMS-02")
@pytest.mark.parametrize("to", ["dropship", SUPPLIER.code])
def test_a_drop_ship_product_goes_to_its_supplier_whatever_the_policy(to):
    plan = plan_of(facts(order(fixed(1, "SKU123", to)), EVERYWHERE, locations=EVERYONE))
    assert sources(plan) == {1: "dropship"}
    assert lost(plan, EAST) == "does not ship SKU123"


@pytest.mark.requirement("OF-61", "OMS-16", "OMS-02")
@pytest.mark.parametrize("to", ["3pl", PARTNER.code])
def test_a_product_of_the_third_party_goes_to_the_third_party(to):
    plan = plan_of(facts(order(fixed(1, "SKU123", to)), EVERYWHERE, locations=EVERYONE))
    assert sources(plan) == {1: "3pl"}


@pytest.mark.requirement("OMS-16")
@pytest.mark.parametrize("to", ["own", "warehouse", WEST.code])
def test_a_product_of_the_own_warehouse_never_goes_outside(to):
    held = {PARTNER.code: {"SKU123": 9}, WEST.code: {"SKU123": 0}}
    plan = plan_of(facts(order(fixed(1, "SKU123", to)), held, locations=EVERYONE, policy=routing(unfilled="split")))
    assert waiting(plan) == {1: 1}


@pytest.mark.requirement("OF-63", "OMS-07")
def test_a_hybrid_order_has_each_line_packed_by_its_own_kind_of_source():
    lines = (line(1, "SKU123"), fixed(2, "SKU456", "3pl"), fixed(3, "SKU789", "dropship"))
    plan = plan_of(facts(order(*lines), EVERYWHERE, locations=EVERYONE))
    assert sources(plan) == {1: "warehouse", 2: "3pl", 3: "dropship"}


@pytest.mark.requirement("OF-63")
def test_products_fixed_to_different_places_are_split_even_where_splitting_is_not_allowed():
    lines = (line(1, "SKU123"), fixed(2, "SKU456", "3pl"), fixed(3, "SKU789", "dropship"))
    plan = plan_of(facts(order(*lines), EVERYWHERE, locations=EVERYONE, policy=routing(max_shipments=1)))
    assert sources(plan) == {1: "warehouse", 2: "3pl", 3: "dropship"}


def test_a_fixed_product_that_is_out_of_stock_waits_while_others_hold_it():
    plan = plan_of(facts(order(fixed(1, "SKU123", "dropship")), {EAST.code: {"SKU123": 9}}, locations=EVERYONE))
    assert (shipped(plan), waiting(plan)) == ({}, {1: 1})


LINE_FIRST = {"line_first": True, "unfilled": "third_party"}


@pytest.mark.requirement("OMS-42")
def test_line_by_line_each_line_goes_whole_to_an_own_warehouse_first():
    lines = (line(1, "SKU123", 2), line(2, "SKU456", 3))
    held = {EAST.code: {"SKU123": 2, "SKU456": 2}, WEST.code: {"SKU456": 3}, PARTNER.code: {"SKU456": 9}}
    plan = plan_of(facts(order(*lines), held, locations=EVERYONE, policy=routing(**LINE_FIRST)))
    assert shipped(plan) == {EAST.code: {1: 2}, WEST.code: {2: 3}}


@pytest.mark.requirement("OMS-43")
def test_line_by_line_the_best_drop_shipper_takes_what_no_own_warehouse_holds_whole():
    far = place("supplier_maine", 44.31, -69.78, "America/New_York", kind=LocationKind.DROP_SHIP)
    held = {EAST.code: {"SKU123": 1}, SUPPLIER.code: {"SKU123": 9}, far.code: {"SKU123": 9}}
    here = facts(order(line(1, "SKU123", 2)), held, locations=(EAST, SUPPLIER, far), policy=routing(**LINE_FIRST))
    assert shipped(plan_of(here)) == {far.code: {1: 2}}


@pytest.mark.requirement("OMS-44")
def test_line_by_line_what_nobody_holds_whole_waits_with_its_full_quantity():
    lines = (line(1, "SKU123", 2), line(2, "SKU456", 1))
    held = {EAST.code: {"SKU123": 1, "SKU456": 1}, WEST.code: {"SKU123": 1}}
    plan = plan_of(facts(order(*lines), held, policy=routing(**LINE_FIRST)))
    assert (shipped(plan), waiting(plan)) == ({EAST.code: {2: 1}}, {1: 2})
    assert plan.attempts[0].result == "no place holds all of line 1"


def test_line_by_line_an_order_may_still_not_have_more_shipments_than_allowed():
    lines = (line(1, "SKU123"), line(2, "SKU456"))
    held = {EAST.code: {"SKU123": 1}, CENTRAL.code: {"SKU456": 1}}
    plan = plan_of(facts(order(*lines), held, policy=routing(**LINE_FIRST, max_shipments=1)))
    assert (shipped(plan), waiting(plan)) == ({EAST.code: {1: 1}}, {2: 1})


def test_line_by_line_two_lines_of_one_product_share_its_stock():
    lines = (line(1, "SKU123", 2), line(2, "SKU123", 2))
    plan = plan_of(facts(order(*lines), {EAST.code: {"SKU123": 3}}, policy=routing(**LINE_FIRST)))
    assert (shipped(plan), waiting(plan)) == ({EAST.code: {1: 2}}, {2: 2})
