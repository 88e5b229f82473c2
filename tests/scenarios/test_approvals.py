"""Approvals: who may say yes, how often it takes, what changed meanwhile, and what happens where nobody says it."""

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order
from shop_floor import fill

from connectors.database import rulings
from connectors.database.orders import StoredOrder
from deployments.demo.orders import DemoOrder
from orderflow.configuration import load_configuration
from orderflow.rulings.authority import Delegation
from tasks.approving.say_yes import MayNotApprove
from tasks.ingest import ingest_orders
from tasks.replan import replan
from tasks.resolve import Answer, Resolution
from tasks.routing.route import route_orders
from tasks.watch import watch

DAY_MS = 24 * 3600 * 1000
USD = "USD"


def waiting(floor: ShopFloor, *lines: tuple[str, int]) -> DemoOrder:
    """An order of high value that is routed and waits for approval."""
    order = an_order(*(lines or [("TENT-4P", 4)]))
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    return order


def shop(opener: Opener, engine: str = "sqlite", **approval: object) -> ShopFloor:
    floor = opener(engine, routing={"approval": approval})
    floor.stock(50)
    return floor


def says(floor: ShopFloor, who: str, order: DemoOrder, answer: Answer = Answer.APPROVE, **more: str) -> str:
    return floor.resolve(order, Resolution(answer, f"user:{who}", **more))


@pytest.mark.postgresql
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.requirement("OF-68", "OF-137")
def test_above_the_second_limit_two_different_people_must_approve(opener: Opener, engine: str) -> None:
    floor = shop(opener, engine, second_limit={"amount": "900", "currency": USD})
    order = waiting(floor)
    assert "two people must approve" in floor.hold(order).hold.detail
    assert "a second person must" in says(floor, "kim", order)
    assert (floor.status(order), floor.reserved("TENT-4P")) == ("hold", 4)
    with pytest.raises(MayNotApprove, match="kim has approved it already"):
        says(floor, "kim", order)
    says(floor, "lee", order)
    assert floor.status(order) == "awaiting_fulfillment"
    told = [(event.kind, event.actor) for event in floor.timeline(order)]
    assert ("approved_once", "user:kim") in told
    assert ("approve", "user:lee") in told


def test_below_the_second_limit_one_person_is_enough(opener: Opener) -> None:
    floor = shop(opener, second_limit={"amount": "100000", "currency": USD})
    order = waiting(floor)
    says(floor, "kim", order)
    assert floor.status(order) == "awaiting_fulfillment"


def test_a_second_limit_in_another_currency_asks_for_two_rather_than_guess(opener: Opener) -> None:
    floor = shop(opener, second_limit={"amount": "100000", "currency": "EUR"})
    order = waiting(floor)
    says(floor, "kim", order)
    assert floor.status(order) == "hold"


@pytest.mark.requirement("OF-68")
def test_only_approvers_and_those_they_delegate_to_may_approve_and_only_as_long_as_they_may(opener: Opener) -> None:
    floor = shop(opener, approvers=["ann"])
    order = waiting(floor)
    with pytest.raises(MayNotApprove, match="bob may not approve; these may: ann"):
        says(floor, "bob", order)
    assert floor.status(order) == "hold"
    with floor.database.write() as conn:
        until = floor.database.now_ms(conn) + DAY_MS
        rulings.delegate(conn, Delegation(principal="ann", deputy="bob"), until_ms=until, actor="user:ann")
    floor.clock.forward(hours=25)
    with pytest.raises(MayNotApprove):
        says(floor, "bob", order)
    floor.clock.forward(hours=-2)
    says(floor, "bob", order)
    assert floor.status(order) == "awaiting_fulfillment"
    approved = next(event for event in floor.timeline(order) if event.kind == "approve")
    assert (approved.actor, approved.data) == ("user:bob", {"authority": "ann"})


def test_a_delegation_that_was_taken_back_gives_no_right(opener: Opener) -> None:
    floor = shop(opener, approvers=["ann"])
    order = waiting(floor)
    with floor.database.write() as conn:
        until = floor.database.now_ms(conn) + DAY_MS
        given = rulings.delegate(conn, Delegation(principal="ann", deputy="bob"), until_ms=until, actor="user:ann")
        assert rulings.revoke_delegation(conn, given, "user:ann")
    with pytest.raises(MayNotApprove):
        says(floor, "bob", order)


def test_a_deputy_and_the_one_they_stand_in_for_are_not_four_eyes(opener: Opener) -> None:
    floor = shop(opener, approvers=["ann", "cas"], second_limit={"amount": "900", "currency": USD})
    order = waiting(floor)
    with floor.database.write() as conn:
        until = floor.database.now_ms(conn) + DAY_MS
        rulings.delegate(conn, Delegation(principal="ann", deputy="bob"), until_ms=until, actor="user:ann")
    says(floor, "ann", order)
    with pytest.raises(MayNotApprove, match="has approved it already"):
        says(floor, "bob", order)
    says(floor, "cas", order)
    assert floor.status(order) == "awaiting_fulfillment"


def test_sending_it_from_elsewhere_is_no_way_around_the_second_pair_of_eyes(opener: Opener) -> None:
    floor = shop(opener, second_limit={"amount": "900", "currency": USD})
    order = waiting(floor)
    says(floor, "kim", order, Answer.REROUTE, location="warehouse_la")
    assert (floor.status(order), floor.shipments(order)[0].location) == ("hold", "warehouse_la")
    says(floor, "kim", order)
    says(floor, "lee", order)
    assert floor.status(order) == "awaiting_fulfillment"


def test_resuming_an_order_that_waits_for_approval_does_not_approve_it(opener: Opener) -> None:
    floor = shop(opener)
    order = waiting(floor)
    says(floor, "kim", order, Answer.RESUME)
    assert floor.held(order)[1] == "high_value"


@pytest.mark.requirement("OF-68")
def test_an_approval_tells_what_is_different_now_and_asks_again_where_shipping_costs_too_much_more(
    opener: Opener,
) -> None:
    floor = opener(routing={"strategy": "cheapest", "approval": {"price_tolerance_percent": 1}})
    floor.stock(0)
    fill(floor.database, 9, skus=("TENT-4P",), places=("warehouse_east", "warehouse_la"))
    order = waiting(floor)
    near = floor.shipments(order)[0].location
    assert near == "warehouse_east"
    floor.stock(0, skus=("TENT-4P",), places=(near,))
    said = says(floor, "kim", order)
    assert "warehouse_la ships 4 of TENT-4P instead of 0" in said
    assert "shipping rose from" in said
    assert floor.held(order)[1] == "price_rose"
    assert floor.reserved("TENT-4P") == 4, "reserved where it would ship from now"
    says(floor, "kim", order)
    assert (floor.status(order), floor.shipments(order)[0].location) == ("awaiting_fulfillment", "warehouse_la")


def test_within_the_tolerance_an_approval_takes_the_new_price(opener: Opener) -> None:
    floor = opener(routing={"strategy": "cheapest", "approval": {"price_tolerance_percent": 1000}})
    floor.stock(0)
    fill(floor.database, 9, skus=("TENT-4P",), places=("warehouse_east", "warehouse_la"))
    order = waiting(floor)
    floor.stock(0, skus=("TENT-4P",), places=("warehouse_east",))
    assert "shipping rose from" in says(floor, "kim", order)
    assert floor.status(order) == "awaiting_fulfillment"


@pytest.mark.postgresql
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.requirement("OF-68", "FUL-10")
def test_an_approval_nobody_gives_frees_the_stock_at_its_hour_and_is_asked_for_again(
    opener: Opener, engine: str
) -> None:
    floor = shop(opener, engine, expires_after_hours=24)
    order = waiting(floor)
    floor.clock.forward(hours=23, minutes=59)
    floor.run(watch.fn(floor.shop))
    assert (floor.held(order)[1], floor.reserved("TENT-4P")) == ("high_value", 4)
    floor.clock.forward(minutes=2)
    assert floor.run(watch.fn(floor.shop))["lapsed"] == 1
    assert (floor.held(order)[1], floor.reserved("TENT-4P")) == ("approval_expired", 0)
    assert floor.run(watch.fn(floor.shop))["lapsed"] == 0, "told once"
    assert [row for row in floor.outbox(kind="held") if "approval_expired" in row["dedup_key"]]
    says(floor, "kim", order)
    assert (floor.status(order), floor.reserved("TENT-4P")) == ("awaiting_fulfillment", 4)
    floor.work(*UP_TO_LABELS)
    floor.books_agree()


def test_without_an_hour_of_expiry_an_order_waits_for_its_approval(opener: Opener) -> None:
    floor = shop(opener, expires_after_hours=None)
    waiting(floor)
    floor.clock.forward(hours=24 * 30)
    assert floor.run(watch.fn(floor.shop))["lapsed"] == 0
    assert floor.reserved("TENT-4P") == 4


def test_an_approved_order_that_is_planned_anew_is_not_asked_about_again(opener: Opener) -> None:
    floor = shop(opener)
    order = waiting(floor)
    says(floor, "kim", order)

    def anew(claimed: StoredOrder) -> str:
        replan(floor.shop, "person-1", claimed, "user:kim")
        return ""

    floor.by_hand(order, anew)
    floor.work(route_orders)
    assert (floor.status(order), floor.hold(order)) == ("awaiting_fulfillment", None)


def test_an_approval_limit_is_in_the_currency_of_the_shop_unless_it_names_one() -> None:
    euros = load_configuration({"shop": {"currency": "EUR"}})[0].routing.approval.limit
    assert str(euros) == "EUR 500.00"
    named = {"shop": {"currency": "EUR"}, "routing": {"approval": {"limit": {"amount": 9, "currency": "USD"}}}}
    assert str(load_configuration(named)[0].routing.approval.limit) == "$9.00"
    none = {"shop": {"currency": "EUR"}, "routing": {"approval": {"limit": None}}}
    assert load_configuration(none)[0].routing.approval.limit is None


@pytest.mark.requirement("OF-68")
def test_an_approved_order_ships_from_where_it_was_approved_although_another_location_became_cheaper(
    opener: Opener,
) -> None:
    floor = opener(routing={"strategy": "cheapest", "fallback_chain": []})
    floor.stock(0)
    fill(floor.database, 9, skus=("TENT-4P",), places=("warehouse_la",))
    order = waiting(floor)
    fill(floor.database, 9, skus=("TENT-4P",), places=("warehouse_east",))
    said = says(floor, "kim", order)
    assert [row.location for row in floor.shipments(order)] == ["warehouse_la"]
    assert "Changed since" not in said
    floor.stock(0, skus=("TENT-4P",), places=("warehouse_la",))
    floor.by_hand(order, lambda claimed: replan(floor.shop, "person-1", claimed, "user:kim") or "")
    floor.work(route_orders)
    assert [row.location for row in floor.shipments(order)] == ["warehouse_east"], "it cannot any more"
