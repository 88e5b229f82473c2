"""A person chooses the location, or a location refuses: both hold for every later decision, and both are on record."""

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order
from shop_floor import fill

from connectors.database import shipments
from connectors.database.orders import StoredOrder
from deployments.demo.orders import DemoOrder
from orderflow.rulings import Override, Rejection
from tasks.ingest import ingest_orders
from tasks.replan import replan
from tasks.rerouting.reroute import CannotReroute, override_location, reject_location
from tasks.resolve import Answer
from tasks.routing.route import route_orders

EVERYWHERE = ("warehouse_east", "warehouse_central", "warehouse_la")


def planned(floor: ShopFloor, *lines: tuple[str, int]) -> tuple[DemoOrder, str]:
    """An order that is routed, and where it ships from."""
    order = an_order(*lines)
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    return order, floor.shipments(order)[0].location


def choose(floor: ShopFloor, order: DemoOrder, location: str) -> str:
    override = Override(location=location, reason="the customer fetches it", actor="user:kim")
    return floor.by_hand(order, lambda claimed: override_location(floor.shop, "person-1", claimed, override))


def refuse(floor: ShopFloor, order: DemoOrder, location: str) -> str:
    rejection = Rejection(location=location, reason="the shelf is empty", actor="location:" + location)
    return floor.by_hand(order, lambda claimed: reject_location(floor.shop, "person-1", claimed, rejection))


def plan_anew(floor: ShopFloor, order: DemoOrder) -> None:
    def anew(claimed: StoredOrder) -> str:
        replan(floor.shop, "person-1", claimed, "user:lee")
        return ""

    floor.by_hand(order, anew)
    floor.work(route_orders)


@pytest.mark.requirement("LANE-12")
def test_a_persons_choice_beats_the_rules_and_survives_reruns(floor: ShopFloor) -> None:
    order = an_order(region="CA", city="Oakland", postal_code="94607")
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    assert floor.shipments(order)[0].location == "warehouse_la", "as the rule says"
    assert "chosen by user:kim" in choose(floor, order, "warehouse_east")
    assert [row.location for row in floor.shipments(order)] == ["warehouse_east"]
    plan_anew(floor, order)
    assert [row.location for row in floor.shipments(order)] == ["warehouse_east"]
    told = [(event.kind, event.actor, event.note) for event in floor.timeline(order)]
    assert ("override", "user:kim", "warehouse_east: the customer fetches it") in told
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    floor.books_agree()


@pytest.mark.requirement("LANE-12")
def test_a_choice_made_before_the_order_is_paid_counts_when_it_is_decided(floor: ShopFloor) -> None:
    order = an_order(paid=False)
    floor.deliver(order)
    floor.work(ingest_orders)
    assert "noted for its next decision" in choose(floor, order, "warehouse_la")
    assert floor.status(order) == "pending"


@pytest.mark.requirement("OF-128")
def test_an_order_a_location_rejects_goes_elsewhere_and_never_back(floor: ShopFloor) -> None:
    order, first = planned(floor)
    refuse(floor, order, first)
    second = floor.shipments(order)[0].location
    assert second != first
    lost = next(c.lost_because for c in floor.decision(order).plan.candidates if c.location == first)
    assert lost == "rejected the order: the shelf is empty"
    assert [(r.location, r.state) for r in floor.reservations(order) if r.state == "held"] == [(second, "held")]
    plan_anew(floor, order)
    assert floor.shipments(order)[0].location == second
    told = [(event.kind, event.actor, event.note) for event in floor.timeline(order)]
    assert ("location_rejected", f"location:{first}", f"{first}: the shelf is empty") in told
    floor.work(*UP_TO_LABELS)
    floor.books_agree()


@pytest.mark.postgresql
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.requirement("LANE-15", "OF-129")
def test_an_order_every_location_rejects_is_held_for_a_person_and_not_backordered(opener: Opener, engine: str) -> None:
    floor = opener(engine)
    floor.stock(50)
    order, _ = planned(floor)
    for location in EVERYWHERE:
        refuse(floor, order, location)
    assert floor.held(order) == ("inventory", "rejected_by_locations", "lines")
    assert floor.reserved("LAMP-LED") == 0
    assert "warehouse_la rejected the order" in floor.hold(order).hold.detail
    choose(floor, order, "warehouse_la")
    assert [row.location for row in floor.shipments(order)] == ["warehouse_la"], "a person talked to them"
    assert floor.hold(order) is None
    floor.books_agree()


def test_a_location_that_rejects_what_a_person_sent_there_ends_that_choice(floor: ShopFloor) -> None:
    order, _ = planned(floor)
    choose(floor, order, "warehouse_la")
    refuse(floor, order, "warehouse_la")
    assert floor.shipments(order)[0].location != "warehouse_la"


def test_a_rejection_by_a_location_that_was_not_going_to_ship_it_moves_nothing(floor: ShopFloor) -> None:
    order, first = planned(floor)
    other = next(code for code in EVERYWHERE if code != first)
    assert "noted" in refuse(floor, order, other)
    assert floor.shipments(order)[0].location == first
    assert floor.reserved("LAMP-LED") == 1


def test_an_approved_order_that_is_rejected_keeps_its_approval_if_it_costs_no_more(opener: Opener) -> None:
    floor = opener(routing={"approval": {"limit": {"amount": "5", "currency": "USD"}, "price_tolerance_percent": 500}})
    fill(floor.database, 50)
    order, first = planned(floor)
    floor.answer(order, Answer.APPROVE)
    refuse(floor, order, first)
    assert (floor.status(order), floor.hold(order)) == ("awaiting_fulfillment", None)


def test_an_order_with_a_label_is_not_rerouted(floor: ShopFloor) -> None:
    order, first = planned(floor)
    floor.work(*UP_TO_LABELS)
    for act in (choose, refuse):
        with pytest.raises(CannotReroute, match="has a label"):
            act(floor, order, first)
    with floor.database.read() as conn:
        assert shipments.shipments_of(conn, [floor.stored(order).id])


def test_a_location_nobody_knows_is_refused_by_name(floor: ShopFloor) -> None:
    order, _ = planned(floor)
    with pytest.raises(CannotReroute, match="there is no location 'warehouse_mars'"):
        choose(floor, order, "warehouse_mars")
