"""Customers can be told beforehand that an order comes in several shipments, and when each of them arrives."""

import pytest
from routing_values import BOSTON, CENTRAL, EAST, facts, line, order, plan_of

from orderflow.explanation.preview import split_preview

TWO = order(line(1, "SKU123", 2), line(2, "SKU456", 3))


@pytest.mark.requirement("OMS-52")
def test_a_split_is_previewed_with_the_number_of_shipments_and_the_days_of_each():
    plan = plan_of(facts(TWO, {EAST.code: {"SKU123": 2}, CENTRAL.code: {"SKU456": 3}}))
    preview = split_preview(plan, BOSTON)
    assert (preview.count, preview.is_split) == (2, True)
    told = [(parcel.location, parcel.units, parcel.expected) for parcel in preview.shipments]
    assert told == [
        (CENTRAL.code, {"SKU456": 3}, "Mar 13–15"),
        (EAST.code, {"SKU123": 2}, "Mar 12–14"),
    ]


@pytest.mark.requirement("OMS-52")
def test_one_shipment_is_nothing_to_warn_of_unless_units_come_later():
    whole = plan_of(facts(TWO, {EAST.code: {"SKU123": 2, "SKU456": 3}}))
    short = plan_of(facts(TWO, {EAST.code: {"SKU123": 2, "SKU456": 1}}))
    assert not split_preview(whole, BOSTON).is_split
    assert (split_preview(short, BOSTON).waiting_units, split_preview(short, BOSTON).is_split) == (2, True)
