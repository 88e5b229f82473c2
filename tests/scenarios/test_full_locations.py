"""Locations with a capacity per day: what is over it goes elsewhere or waits, and goes on without a person."""

from typing import Any

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order

from deployments.demo.orders import DemoOrder
from deployments.demo.story import demo_configuration
from tasks.ingest import ingest_orders
from tasks.routing.route import route_orders
from tasks.watch import watch


def small_shop(opener: Opener, capacity: int | None, *, only: str = "", **routing: Any) -> ShopFloor:
    """The demonstration's shop where Newark takes so many orders a day; with stock at one location `only`, or all."""
    places = demo_configuration("configuration")["locations"]
    changed = [
        place | ({"capacity_per_day": capacity} if place["code"] == "warehouse_east" else {}) for place in places
    ]
    routing = {"strategy": "nearest", "fallback_chain": []} | routing
    floor = opener(locations=changed, routing=routing)
    floor.stock(50, places=(only,) if only else ())
    return floor


def take(floor: ShopFloor, count: int) -> list[DemoOrder]:
    """So many orders from New Jersey, routed in one batch."""
    orders = [an_order() for _ in range(count)]
    floor.deliver(*orders)
    floor.work(ingest_orders, route_orders)
    return orders


def places(floor: ShopFloor, orders: list[DemoOrder]) -> list[str]:
    return [shipment.location for order in orders for shipment in floor.shipments(order)]


@pytest.mark.requirement("OF-157")
def test_without_a_capacity_any_number_of_orders_leaves_from_the_nearest_location(opener: Opener) -> None:
    floor = small_shop(opener, None)
    assert places(floor, take(floor, 4)) == ["warehouse_east"] * 4


@pytest.mark.requirement("OF-157")
def test_beyond_the_capacity_of_the_day_orders_go_elsewhere(opener: Opener) -> None:
    floor = small_shop(opener, 2)
    orders = take(floor, 3)
    assert sorted(places(floor, orders)) == ["warehouse_central", "warehouse_east", "warehouse_east"]
    third = next(order for order in orders if floor.shipments(order)[0].location == "warehouse_central")
    lost = next(c for c in floor.decision(third).plan.candidates if c.location == "warehouse_east")
    assert lost.lost_because == "capacity of the day used up: 2 of 2 orders"


@pytest.mark.requirement("OF-157", "LANE-15")
def test_an_order_only_a_full_location_can_ship_waits_for_its_next_working_day_and_goes_on_by_itself(
    opener: Opener,
) -> None:
    floor = small_shop(opener, 1, only="warehouse_east")
    first, second = take(floor, 2)
    held = next(order for order in (first, second) if floor.hold(order))
    assert floor.held(held) == ("inventory", "capacity", "lines")
    assert floor.rows("SELECT * FROM backorder") == [], "it has its units, only not the hands"
    opens = floor.hold(held).hold.lapses_at
    ahead = int(opens.timestamp() * 1000) - floor.database_now()
    floor.clock.forward(seconds=ahead / 1000 - 60)
    assert floor.run(watch.fn(floor.shop))["lapsed"] == 0
    floor.clock.forward(minutes=2)
    assert floor.run(watch.fn(floor.shop))["lapsed"] == 1
    floor.work(*UP_TO_LABELS)
    assert (floor.status(held), floor.hold(held)) == ("fulfilled", None)
    kinds = [event.kind for event in floor.timeline(held)]
    assert "capacity_opened" in kinds
    assert not [event for event in floor.timeline(held) if event.actor.startswith("user:")]
    floor.books_agree()


def test_nobody_is_alarmed_because_an_order_waits_for_capacity(opener: Opener) -> None:
    floor = small_shop(opener, 1, only="warehouse_east")
    assert [floor.held(order)[1] for order in take(floor, 2) if floor.hold(order)] == ["capacity"]
    floor.clock.forward(hours=5)
    assert floor.run(watch.fn(floor.shop))["escalated"] == 0


def test_where_the_shop_would_rather_wait_an_order_stays_with_its_full_location(opener: Opener) -> None:
    floor = small_shop(opener, 1, full_locations="wait")
    orders = take(floor, 2)
    assert places(floor, orders) == ["warehouse_east"]
    assert sorted(floor.held(order)[1] for order in orders if floor.hold(order)) == ["capacity"]


def test_an_order_over_two_parcels_counts_once(opener: Opener) -> None:
    floor = small_shop(opener, 2)
    heavy = an_order(("TENT-4P", 1), ("LAMP-LED", 2))
    floor.deliver(heavy)
    floor.work(ingest_orders, route_orders)
    assert places(floor, [heavy, *take(floor, 1)])[-1] == "warehouse_east"
