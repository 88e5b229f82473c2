"""Buttons under a card: what is pressed is done once, in the presser's name, and only on the case it is for."""

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order

from connectors.database import rulings
from deployments.demo.orders import DemoOrder
from tasks.approving.presses import carry_out_presses
from tasks.ingest import ingest_orders
from tasks.resolve import Answer
from tasks.routing.route import route_orders
from tasks.telling.notify import notify_people


def shop(opener: Opener, **approval: object) -> ShopFloor:
    users = {"U1": "kim", "U2": "lee"}
    floor = opener(notifications={"slack_users": users}, routing={"approval": approval})
    floor.stock(50)
    return floor


def waiting(floor: ShopFloor) -> DemoOrder:
    order = an_order(("TENT-4P", 4))
    floor.deliver(order)
    floor.work(ingest_orders, route_orders, notify_people)
    return order


def buttons(floor: ShopFloor) -> dict[str, str]:
    """The buttons of the last card with any: their names and what they carry."""
    blocks = [
        block for row in floor.books("slack", "messages") for block in row["blocks"] if block["type"] == "actions"
    ]
    return {one["action_id"]: one.get("value", "") for one in blocks[-1]["elements"]}


def press(floor: ShopFloor, user: str, answer: str, hold_id: str) -> dict[str, int]:
    with floor.database.write() as conn:
        key = f"{user}/{answer}/{hold_id}"
        rulings.keep_press(conn, source="slack", dedup_key=key, presser=user, answer=answer, hold_id=hold_id)
    return floor.run(carry_out_presses.fn(floor.shop))


@pytest.mark.requirement("OF-68", "OF-79")
def test_an_approval_by_button_is_the_persons_own_and_sends_the_order_on(opener: Opener) -> None:
    floor = shop(opener)
    order = waiting(floor)
    found = buttons(floor)
    assert found["approve_order"] == found["reject_order"] == floor.hold(order).id
    assert press(floor, "U1", "approve", found["approve_order"]) == {"done": 1}
    assert ("approve", "user:kim", "by slack") in [(e.kind, e.actor, e.note) for e in floor.timeline(order)]
    assert floor.run(carry_out_presses.fn(floor.shop)) == {}, "once"
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    floor.books_agree()


@pytest.mark.requirement("OF-68")
def test_a_rejection_by_button_cancels_and_frees_the_stock(opener: Opener) -> None:
    floor = shop(opener)
    order = waiting(floor)
    press(floor, "U2", "reject", floor.hold(order).id)
    assert (floor.status(order), floor.reserved("TENT-4P")) == ("cancelled", 0)


@pytest.mark.requirement("OF-68")
def test_a_press_by_somebody_nobody_knows_or_who_may_not_is_refused_on_record(opener: Opener) -> None:
    floor = shop(opener, approvers=["lee"])
    order = waiting(floor)
    assert press(floor, "U666", "approve", floor.hold(order).id) == {"refused": 1}
    assert press(floor, "U1", "approve", floor.hold(order).id) == {"refused": 1}
    refused = [(e.actor, e.note) for e in floor.timeline(order) if e.kind == "answer_refused"]
    assert [actor for actor, _ in refused] == ["slack:U666", "slack:U1"]
    assert "nobody knows the slack user U666" in refused[0][1]
    assert "kim may not approve" in refused[1][1]
    assert (floor.status(order), floor.reserved("TENT-4P")) == ("hold", 4)


def test_four_eyes_hold_for_buttons_too(opener: Opener) -> None:
    floor = shop(opener, second_limit={"amount": "900", "currency": "USD"})
    order = waiting(floor)
    case = floor.hold(order).id
    assert press(floor, "U1", "approve", case) == {"done": 1}
    assert floor.status(order) == "hold"
    assert press(floor, "U2", "approve", case) == {"done": 1}
    assert floor.status(order) == "awaiting_fulfillment"


def test_a_button_of_a_case_that_is_over_does_nothing(opener: Opener) -> None:
    floor = shop(opener)
    order = waiting(floor)
    old = floor.hold(order).id
    floor.answer(order, Answer.RESUME)
    assert floor.hold(order).id != old, "the same reason, but another case"
    assert press(floor, "U1", "approve", old) == {"refused": 1}
    assert floor.status(order) == "hold"


def test_without_known_people_and_for_what_must_be_mended_cards_have_no_such_buttons(opener: Opener) -> None:
    floor = opener()
    floor.stock(50)
    waiting(floor)
    assert list(buttons(floor)) == ["open_order"]
    known = shop(opener)
    known.deliver(an_order(postal_code="00000"))
    known.work(ingest_orders, route_orders, notify_people)
    assert list(buttons(known)) == ["open_order"]
