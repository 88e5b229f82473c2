"""A person answers a case: what was planned, labelled or may be labelled is never sent or paid twice."""

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order, document_of

from connectors.database import orders
from deployments.demo.orders import DemoOrder
from flows.one_order import OrderBusy, leased
from tasks.ingest import ingest_orders
from tasks.labelling.label import label_orders
from tasks.replan import CannotReplan, replan
from tasks.resolve import Answer, NothingHeld, Resolution, resolve_order
from tasks.routing.route import route_orders

SHIPPO_ONLY = {"label_providers": ["shippo"], "label_limits_per_minute": {"shippo": 500}}


def half_labelled(floor: ShopFloor) -> DemoOrder:
    """An order of two parcels, one with its label, one that the carrier refused for now."""
    floor.stock(0)
    floor.stock(5, skus=("LAMP-LED",), places=("warehouse_east",))
    floor.stock(5, skus=("MUG-ENAMEL",), places=("warehouse_la",))
    order = an_order(("LAMP-LED", 1), ("MUG-ENAMEL", 1))
    floor.deliver(order)
    floor.sandbox.fail("shippo", "buy", "error_inside", count=1)
    floor.work(*UP_TO_LABELS)
    assert sorted(row.state for row in floor.shipments(order)) == ["labelled", "pending"]
    floor.stock(9)
    return order


def units_sent(floor: ShopFloor, order: DemoOrder) -> dict[str, int]:
    rows = [line for row in floor.shipments(order) if row.state == "labelled" for line in row.lines]
    return {sku: sum(line.quantity for line in rows if line.sku == sku) for sku in ("LAMP-LED", "MUG-ENAMEL")}


@pytest.mark.requirement("OF-69", "LANE-12")
@pytest.mark.parametrize("answer", [Answer.APPROVE, Answer.RESUME, Answer.CORRECT_ADDRESS])
def test_an_order_half_labelled_goes_on_with_the_other_half_only(opener: Opener, answer: Answer) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    order = half_labelled(floor)
    corrected = floor.stored(order).order.destination.model_copy(update={"line1": "99 Other Street"})
    floor.answer(order, answer, address=corrected if answer is Answer.CORRECT_ADDRESS else None)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    assert units_sent(floor, order) == {"LAMP-LED": 1, "MUG-ENAMEL": 1}
    floor.books_agree()


def test_an_order_half_labelled_that_is_rejected_has_its_label_voided(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    order = half_labelled(floor)
    floor.answer(order, Answer.REJECT, note="the customer changed their mind")
    floor.work(*UP_TO_LABELS)
    assert (floor.status(order), floor.labels(order)) == ("cancelled", [])
    assert (floor.reserved("MUG-ENAMEL"), floor.reserved("LAMP-LED")) == (0, 0)
    floor.books_agree()


def test_an_order_half_labelled_cannot_be_sent_from_somewhere_else(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    order = half_labelled(floor)
    with pytest.raises(ValueError, match="resume it, or reject it"):
        floor.answer(order, Answer.REROUTE, location="warehouse_central")


def test_an_order_whose_label_may_exist_is_not_planned_anew(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    floor.stock(50)
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    floor.sandbox.fail("shippo", "buy", "cut_off", count=1)
    floor.do(label_orders)
    stored = orders.claim_order(floor.database, floor.shop.vault, floor.stored(order).id, "person-1")
    assert stored is not None
    with pytest.raises(CannotReplan, match="is being bought"):
        replan(floor.shop, "person-1", stored, "user:kim")
    orders.release_lease(floor.database, stored.id, "person-1")
    floor.clock.forward(minutes=1)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    assert len(floor.labels()) == 1
    floor.books_agree()


@pytest.mark.requirement("LANE-12")
def test_an_order_that_is_planned_and_not_labelled_is_decided_anew(floor: ShopFloor) -> None:
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    first = floor.shipments(order)[0].location
    floor.stock(0, places=(first,))
    stored = orders.claim_order(floor.database, floor.shop.vault, floor.stored(order).id, "person-1")
    assert stored is not None
    replan(floor.shop, "person-1", stored, "user:kim")
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    assert floor.shipments(order)[0].location != first
    assert ("replan", "user:kim") in [(event.kind, event.actor) for event in floor.timeline(order)]
    floor.books_agree()


@pytest.mark.requirement("OF-68", "OF-137", "FUL-10")
def test_stock_is_reserved_while_an_order_waits_for_approval_and_free_again_when_it_is_rejected(
    floor: ShopFloor,
) -> None:
    order = an_order(("TENT-4P", 4))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert (floor.held(order)[1], floor.reserved("TENT-4P"), floor.labels()) == ("high_value", 4, [])
    floor.answer(order, Answer.REJECT, note="too good to be true")
    floor.work()
    assert (floor.status(order), floor.reserved("TENT-4P"), floor.labels(void=True)) == ("cancelled", 0, [])
    said = [(event.kind, event.actor, event.note) for event in floor.timeline(order)]
    assert ("rejected", "user:kim", "too good to be true") in said
    floor.books_agree()


@pytest.mark.requirement("OF-68", "OMS-32")
def test_an_approved_order_is_looked_at_again_and_takes_the_stock_there_is_now(floor: ShopFloor) -> None:
    order = an_order(("TENT-4P", 4))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    planned = floor.shipments(order)[0].location
    floor.stock(0, skus=("TENT-4P",), places=(planned,))
    floor.answer(order, Answer.APPROVE, note="known customer")
    assert floor.held(order)[1] == "price_rose", "from elsewhere it costs more than was approved"
    floor.answer(order, Answer.APPROVE, note="all the same")
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    assert floor.shipments(order)[0].location != planned, "its units there are gone"
    floor.books_agree()


@pytest.mark.requirement("OF-69", "LANE-12")
def test_a_person_sends_a_held_order_from_where_they_say(floor: ShopFloor) -> None:
    order = an_order(("TENT-4P", 4))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    elsewhere = "warehouse_la" if floor.shipments(order)[0].location != "warehouse_la" else "warehouse_east"
    floor.answer(order, Answer.REROUTE, location=elsewhere, note="closer to the customer's holiday")
    floor.work(*UP_TO_LABELS)
    assert [row.location for row in floor.shipments(order)] == [elsewhere]
    assert floor.status(order) == "fulfilled"
    floor.books_agree()


@pytest.mark.requirement("OF-69", "OF-74")
def test_a_person_corrects_the_address_of_an_approved_order_which_asks_for_approval_again(floor: ShopFloor) -> None:
    order = an_order(("TENT-4P", 4), line1="UNDELIVERABLE")
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    floor.answer(order, Answer.APPROVE)
    floor.work(*UP_TO_LABELS)
    assert floor.held(order)[:2] == ("address", "address_refused")
    corrected = floor.stored(order).order.destination.model_copy(update={"line1": "12 Main Street"})
    floor.answer(order, Answer.CORRECT_ADDRESS, address=corrected)
    assert floor.held(order)[1] == "high_value", "somebody approves where it goes now"
    floor.answer(order, Answer.APPROVE)
    floor.work(*UP_TO_LABELS)
    assert (floor.status(order), len(floor.labels(order))) == ("fulfilled", 1)
    floor.books_agree()


def test_an_order_that_is_not_held_has_nothing_to_be_answered(floor: ShopFloor) -> None:
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    with pytest.raises(NothingHeld, match="is not held"):
        floor.answer(order, Answer.APPROVE)


@pytest.mark.parametrize("mode", ["cut_off", "error_500", ""])
def test_an_address_changed_while_the_label_is_bought_leaves_no_parcel_for_the_old_one(
    opener: Opener, mode: str
) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    floor.stock(50)
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    if mode:
        floor.sandbox.fail("shippo", "buy", mode, count=1)
        floor.do(label_orders)
    changed = document_of(order, updated_at="2026-03-02T16:00:00+00:00")
    changed["shipping_address"]["address1"] = "99 New Street"
    floor.deliver(changed, topic="orders/updated")
    for _ in range(6):
        floor.work(*UP_TO_LABELS, rounds=3)
        floor.clock.forward(seconds=30)
    if mode == "cut_off":
        assert floor.held(order)[1] == "label_outdated"
        floor.answer(order, Answer.REJECT)
        floor.work(*UP_TO_LABELS)
        assert (floor.status(order), floor.labels(order)) == ("cancelled", [])
    else:
        assert (floor.status(order), len(floor.labels(order))) == ("fulfilled", 1)
    floor.books_agree()


def test_a_person_may_send_a_parcel_where_its_label_says_after_all(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    floor.stock(50)
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    floor.sandbox.fail("shippo", "buy", "cut_off", count=1)
    floor.do(label_orders)
    changed = document_of(order, updated_at="2026-03-02T16:00:00+00:00")
    changed["shipping_address"]["address2"] = "Second floor"
    floor.deliver(changed, topic="orders/updated")
    floor.do(ingest_orders)
    floor.clock.forward(seconds=30)
    floor.work(label_orders)
    assert floor.held(order)[1] == "label_outdated"
    floor.answer(order, Answer.RESUME)
    floor.work(*UP_TO_LABELS)
    assert (floor.status(order), len(floor.labels(order))) == ("fulfilled", 1)
    floor.books_agree()


def test_an_answer_that_lacks_something_leaves_the_order_free_for_the_next_one(floor: ShopFloor) -> None:
    order = an_order(("TENT-4P", 4))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    nowhere = Resolution(Answer.REROUTE, "user:kim", location="warehouse_nowhere")
    with (
        pytest.raises(ValueError, match="reroute needs a location"),
        leased(floor.shop, floor.stored(order), "run-1") as claimed,
    ):
        resolve_order(floor.shop, "run-1", claimed, nowhere)
    with leased(floor.shop, floor.stored(order), "run-2") as claimed:
        with pytest.raises(OrderBusy), leased(floor.shop, claimed, "run-3"):
            pass
        resolve_order(floor.shop, "run-2", claimed, Resolution(Answer.APPROVE, "user:kim"))
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
