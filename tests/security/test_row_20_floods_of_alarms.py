"""Row 20, drowned in our own alarms: ten thousand exceptions are a handful of messages, and none is lost."""

import json
import time

import pytest
from scenarios.floor import ShopFloor, an_order, document_of

from connectors.database import holds, outbox
from connectors.database.outbox import OutboxItem
from orderflow.holds import Hold, HoldReason
from tasks.ingest import ingest_orders
from tasks.telling.notify import notify_people

CASES = 10_000
TO = "slack_channel:risk"


@pytest.fixture
def flooded(floor: ShopFloor) -> ShopFloor:
    """A shop with one held order and ten thousand alarms about it."""
    order = an_order()
    floor.deliver(document_of(order))
    floor.work(ingest_orders)
    case = Hold(reason=HoldReason.FRAUD, code="flood", detail="suspicious", remedy="look")
    payload = {"reason": "fraud", "to": TO}
    order_id = floor.stored(order).id
    with floor.database.write() as conn:
        holds.open_hold(conn, order_id, case)
        alarms = [
            OutboxItem(f"{order_id}/{number}/{TO}", "notify", "held", order_id, payload) for number in range(CASES)
        ]
        outbox.enqueue(conn, alarms)
    return floor


def drain(floor: ShopFloor) -> None:
    """Tells all there is to tell within one and the same minute, however long this machine needs for it."""
    minute = (floor.database_now() // 60_000 + 1) * 60_000
    while True:
        floor.clock.ahead_ms = minute - int(time.time() * 1000)
        if not floor.do(notify_people, limit=500):
            return


def said(floor: ShopFloor) -> list[str]:
    return [json.dumps(message) for message in floor.books("slack", "messages")]


@pytest.mark.requirement("OF-77")
def test_ten_thousand_exceptions_in_a_minute_are_at_most_five_messages(flooded: ShopFloor) -> None:
    drain(flooded)
    alone = said(flooded)
    assert 1 <= len(alone) <= 3
    flooded.clock.forward(minutes=6)
    drain(flooded)
    told = said(flooded)
    assert len(told) == len(alone) + 1
    assert "Orders that wait for a person: 1 (fraud 1)" in told[-1]
    assert flooded.outbox(state="new") == flooded.outbox(state="sending") == []


def test_a_quiet_day_has_every_alarm_sent_as_it_is(floor: ShopFloor) -> None:
    for _ in range(4):
        floor.deliver(document_of(an_order(), total_price="1200.00"))
        floor.work()
        floor.clock.forward(minutes=2)
    assert len(said(floor)) == 4
