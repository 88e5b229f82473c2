"""What should have moved by now and has not is told once, at its hour and not before."""

from typing import Any

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order

from tasks.ingest import ingest_orders
from tasks.resolve import Answer
from tasks.telling.notify import notify_people
from tasks.watch import watch


def look(floor: ShopFloor) -> dict[str, int]:
    """What the watch raised; that tests leave stages without work and days unsealed is not of interest here."""
    raised = floor.run(watch.fn(floor.shop))
    return {name: count for name, count in raised.items() if count and name not in {"late", "sealed_days"}}


def cards(floor: ShopFloor) -> list[dict[str, Any]]:
    others = ("Work of the stage", "The audit trail is sealed")
    return [row for row in floor.books("slack", "messages") if not row["text"].startswith(others)]


@pytest.mark.requirement("OF-77", "OUT-15")
@pytest.mark.parametrize(("lines", "hours"), [([], 4), ([("TENT-4P", 4)], 2)], ids=["usual", "high value"])
def test_a_case_nobody_answers_goes_to_the_manager_once_at_its_hour(
    floor: ShopFloor, lines: list[tuple[str, int]], hours: int
) -> None:
    floor.deliver(an_order(*lines, postal_code="00000"))
    floor.work(*UP_TO_LABELS, notify_people)
    floor.clock.forward(hours=hours, minutes=-1)
    assert look(floor) == {}
    floor.clock.forward(minutes=1)
    assert look(floor) == {"escalated": 2}, "a card and a text message"
    floor.work(notify_people)
    assert [row["recipient"] for row in floor.books("twilio", "texts")] == ["+12125550100"]
    assert "#operations" in [row["channel"] for row in floor.books("slack", "messages")]
    floor.clock.forward(hours=1)
    assert look(floor) == {}


@pytest.mark.requirement("OF-77")
def test_a_case_that_was_answered_in_time_goes_to_nobody_else(floor: ShopFloor) -> None:
    order = an_order(("TENT-4P", 4))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    floor.clock.forward(hours=1)
    floor.answer(order, Answer.REJECT)
    floor.clock.forward(hours=5)
    assert look(floor) == {}


@pytest.mark.requirement("OMS-51")
def test_an_order_that_has_not_moved_for_a_day_is_shown_once(opener: Opener) -> None:
    floor = opener(fulfillment={"auto_generate_labels": False})
    floor.stock(50)
    order = an_order()
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "awaiting_fulfillment"
    floor.clock.forward(hours=24, minutes=-1)
    assert look(floor) == {}
    floor.clock.forward(minutes=1)
    assert look(floor) == {"stuck": 1}
    assert look(floor) == {}
    floor.work(notify_people)
    (card,) = cards(floor)
    assert card["channel"] == "#operations" and str(order.number) in card["text"]


def test_an_order_that_was_sent_is_not_stuck(floor: ShopFloor) -> None:
    floor.deliver(an_order())
    floor.work(*UP_TO_LABELS)
    floor.clock.forward(hours=48)
    assert look(floor) == {}


def test_dead_letters_are_told_of_together_and_once(floor: ShopFloor) -> None:
    floor.deliver(b"{", b"[", b"no")
    floor.do(ingest_orders)
    assert look(floor) == {"dead_letters": 1}
    assert look(floor) == {}
    floor.deliver(b"{{")
    floor.do(ingest_orders)
    assert look(floor) == {}, "not before a quarter of an hour has passed"
    floor.clock.forward(minutes=15)
    assert look(floor) == {"dead_letters": 1}
    floor.work(notify_people)
    texts = sorted(row["text"] for row in cards(floor))
    assert len(texts) == 2 and "3 " in texts[0] and "4 " in texts[1]
