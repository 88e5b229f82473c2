"""Three kinds of news by three ways: every team reads status, bottlenecks and exceptions where it wants to."""

import json

import pytest
from scenarios.floor import Opener, ShopFloor, an_order
from shop_floor import place

from tasks.ingest import ingest_orders
from tasks.telling.notify import notify_people
from tasks.watch import watch

READS = {
    "slack": ("slack_channel:ops", "slack", "messages"),
    "mail": ("email:ops@example.com", "sendgrid", "mails"),
    "dashboard": ("dashboard:ops", "webhook", "deliveries"),
}


def shop_reading(opener: Opener, way: str) -> ShopFloor:
    """A shop whose teams read this way; dashboards hear of everything by webhook."""
    sandbox = opener().sandbox
    to = READS[way][0]
    hooks = [{"url": f"{sandbox.address}/webhook/dashboard"}] if way == "dashboard" else []
    channels = {team: [to] for team in ("operations", "support", "inventory")}
    floor = opener(notifications={"channels": channels}, outgoing_webhooks=hooks)
    floor.stock(50)
    return floor


def told(floor: ShopFloor, way: str) -> str:
    _, service, book = READS[way]
    floor.work(notify_people)
    return json.dumps(floor.books(service, book), ensure_ascii=False)


def an_exception(floor: ShopFloor) -> str:
    order = an_order(postal_code="00000")
    floor.deliver(order)
    floor.work()
    return str(order.number)


def a_status(floor: ShopFloor) -> str:
    order = an_order()
    place(floor.sandbox, order)
    floor.deliver(order)
    floor.work(ingest_orders)
    floor.clock.forward(hours=25)
    floor.run(watch.fn(floor.shop))
    floor.work()
    return str(order.number)


def a_bottleneck(floor: ShopFloor) -> str:
    floor.deliver(*(an_order() for _ in range(12)))
    floor.work(ingest_orders)
    floor.clock.forward(hours=5)
    for _ in range(2):
        floor.run(watch.fn(floor.shop))
    return "12"


WORDS = {
    "exception": ("xception", "order.held"),
    "status": ("fulfilled", "order.shipped"),
    "bottleneck": ("Bottleneck", "orders.bottleneck"),
}


@pytest.mark.requirement("OF-11")
@pytest.mark.parametrize("way", READS)
@pytest.mark.parametrize(
    ("news", "happens"), [("exception", an_exception), ("status", a_status), ("bottleneck", a_bottleneck)]
)
def test_each_kind_of_news_reaches_whoever_reads_by_each_way(opener: Opener, way: str, news: str, happens) -> None:
    floor = shop_reading(opener, way)
    about = happens(floor)
    said = told(floor, way)
    assert about in said and WORDS[news][way == "dashboard"] in said
    if news == "bottleneck":
        assert said.count("ottleneck at paid") + said.count("orders.bottleneck") >= 1
        assert len(floor.outbox(kind="bottleneck")) + len(floor.outbox(kind="event")) == 1, "once a day"


@pytest.mark.requirement("OF-78")
@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ({"postal_code": "00000"}, "1. Correct the address and resume the order"),
        ({"lines": [("TENT-4P", 4)]}, "1. Approve the plan as it is"),
    ],
)
def test_the_report_of_a_case_has_its_problem_its_facts_and_ranked_actions(
    opener: Opener, facts: dict[str, object], first: str
) -> None:
    floor = shop_reading(opener, "mail")
    order = an_order(*facts.pop("lines", []), **facts)
    floor.deliver(order)
    floor.work()
    (mail,) = [mail for mail in floor.books("sendgrid", "mails") if "Exception" in mail["subject"]]
    hold = floor.hold(order)
    assert hold is not None and hold.hold.detail in mail["text"]
    assert first in mail["text"] and "2. " in mail["text"] and "3. " in mail["text"]
