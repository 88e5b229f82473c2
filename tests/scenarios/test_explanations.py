"""Whatever was decided can be told in words: where, its score by part, and why everybody else lost."""

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order

from deployments.demo.orders import DemoOrder
from orderflow.explanation import explain

PLACES = ("warehouse_east", "warehouse_central", "warehouse_la")


def account_of(floor: ShopFloor, order: DemoOrder) -> str:
    return "\n".join(explain(floor.decision(order)))


@pytest.mark.requirement("OF-128")
def test_a_split_names_both_locations_their_parts_and_why_none_could_do_it_alone(opener: Opener) -> None:
    floor = opener()
    floor.stock(0)
    floor.stock(5, skus=("LAMP-LED",), places=("warehouse_east",))
    floor.stock(5, skus=("MUG-ENAMEL",), places=("warehouse_la",))
    order = an_order(("LAMP-LED", 1), ("MUG-ENAMEL", 1))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    said = account_of(floor, order)
    assert "split over warehouse_east and warehouse_la" in said
    for shipment in ("Shipment 1 from", "Shipment 2 from", "1 × LAMP-LED", "1 × MUG-ENAMEL"):
        assert shipment in said
    (loser,) = [candidate for candidate in floor.decision(order).plan.candidates if not candidate.chosen]
    assert f"warehouse_central, {loser.score:g} points, not chosen: {loser.lost_because}." in said


@pytest.mark.requirement("FUL-07")
def test_a_backorder_says_what_waits_and_what_each_location_lacks(opener: Opener) -> None:
    floor = opener()
    floor.stock(0)
    order = an_order(("MUG-ENAMEL", 3))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    said = account_of(floor, order)
    assert said.startswith("backorder: Backordered: no location has 3 × MUG-ENAMEL")
    assert "Waiting: 3 × MUG-ENAMEL (line 1)." in said
    for candidate in floor.decision(order).plan.candidates:
        assert candidate.lost_because and candidate.lost_because in said
        assert f"{candidate.location}, {candidate.score:g} points, not chosen" in said
    assert {candidate.location for candidate in floor.decision(order).plan.candidates} == set(PLACES)


@pytest.mark.requirement("LANE-13")
def test_a_hold_says_what_is_wrong_where_and_what_mends_it(floor: ShopFloor) -> None:
    order = an_order(postal_code="00000")
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    said = account_of(floor, order)
    assert "Hold address/invalid_address at destination.postal_code" in said
    assert "correct the address" in said


def test_a_plan_that_waits_for_approval_tells_its_scores_all_the_same(floor: ShopFloor) -> None:
    order = an_order(("TENT-4P", 4))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    said, plan = account_of(floor, order), floor.decision(order).plan
    assert "Hold approval/high_value" in said
    assert sum(candidate.chosen for candidate in plan.candidates) == 1
    for candidate in plan.candidates:
        assert candidate.score == pytest.approx(sum(part.points for part in candidate.parts))
        for part in candidate.parts:
            assert f"{part.points:+g} {part.factor}: {part.fact}." in said
