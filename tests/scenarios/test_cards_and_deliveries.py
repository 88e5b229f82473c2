"""What happens to a message after it was sent: cards are kept up to date, failed deliveries tried again and logged."""

import json
from datetime import UTC, datetime

import pytest
from scenarios.floor import Opener, ShopFloor, an_order
from shop_floor import place

from connectors.database import outbox
from connectors.database.outbox import endpoints
from connectors.protocols import DeliveryReport
from orderflow.holds import Hold, HoldReason
from tasks.telling.announce import after_cancelling, after_holding, progress_items
from tasks.telling.notify import notify_people


def with_webhook(opener: Opener, path: str = "dashboard") -> ShopFloor:
    sandbox = opener().sandbox
    floor = opener(outgoing_webhooks=[{"url": f"{sandbox.address}/webhook/{path}", "events": ["order.shipped"]}])
    floor.stock(50)
    return floor


def shipped(floor: ShopFloor, **facts):
    order = an_order(("JACKET-M", 2), **facts)
    place(floor.sandbox, order)
    floor.deliver(order)
    floor.work()
    return order


def log_of(floor: ShopFloor, *ways: str) -> list[outbox.Delivery]:
    with floor.database.read() as conn:
        return outbox.deliveries(conn, ways=ways)


@pytest.mark.requirement("OF-80", "OF-116")
def test_the_card_of_an_order_is_edited_as_the_order_goes_on_and_alerts_stand_under_it(floor: ShopFloor) -> None:
    order = shipped(floor, tags=("VIP",))
    (card,) = floor.books("slack", "messages")
    stored = floor.stored(order)
    floor.change("UPDATE orders SET status = 'delivered' WHERE id = :id", id=stored.id)
    with floor.database.write() as conn:
        outbox.enqueue(conn, progress_items(floor.shop, stored, "arrived"))
    floor.do(notify_people)
    (card,) = floor.books("slack", "messages")
    assert card["edits"] == 1
    assert "delivered" in json.dumps(card["blocks"])


def test_an_order_without_a_card_gets_none_by_going_on(floor: ShopFloor) -> None:
    order = shipped(floor)
    with floor.database.write() as conn:
        outbox.enqueue(conn, after_cancelling(floor.shop, floor.stored(order)))
    floor.do(notify_people)
    assert floor.books("slack", "messages") == []
    (row,) = floor.outbox(kind="progress")
    assert (row["state"], row["receipt"]) == ("sent", "not sent: the order has no card there")


@pytest.mark.requirement("OF-84")
def test_a_webhook_is_tried_again_after_growing_waits_and_every_attempt_is_in_the_log(opener: Opener) -> None:
    floor = with_webhook(opener)
    floor.sandbox.fail("webhook", "receive", "error_500", count=3)
    shipped(floor)
    waits = []
    for _ in range(3):
        (row,) = floor.outbox(kind="event")
        waits.append(round((row["next_at"] - floor.database_now()) / 1000))
        floor.clock.forward(seconds=waits[-1] + 1)
        floor.do(notify_people)
    assert waits[0] <= 5 and 290 <= waits[1] <= 300 and 1790 <= waits[2] <= 1800
    (delivery,) = log_of(floor, "webhook")
    assert [attempt.outcome for attempt in delivery.attempts] == ["uncertain"] * 3 + ["sent"]
    assert len(floor.books("webhook", "deliveries")) == 1


@pytest.mark.requirement("OF-84")
def test_an_address_that_fails_for_days_is_switched_off_told_of_once_and_switched_on_by_a_person(
    opener: Opener,
) -> None:
    floor = with_webhook(opener)
    floor.sandbox.fail("webhook", "receive", "error_500", count=None)
    shipped(floor)
    for _ in range(12):
        floor.clock.forward(hours=25)
        floor.do(notify_people)
    shipped(floor)
    floor.work(notify_people)
    (endpoint,) = endpoints_of(floor)
    assert endpoint.disabled_at_ms
    alerts = [row for row in floor.books("slack", "messages") if "Nothing more is sent" in row["text"]]
    assert len(alerts) == 1 and "/webhook/dashboard" not in json.dumps(alerts)
    floor.sandbox.behave()
    shipped(floor)
    assert floor.books("webhook", "deliveries") == []
    with floor.database.write() as conn:
        assert endpoints.enable(conn, endpoint.url)
    shipped(floor)
    assert len(floor.books("webhook", "deliveries")) == 1


def endpoints_of(floor: ShopFloor) -> list[endpoints.Endpoint]:
    with floor.database.read() as conn:
        return endpoints.endpoints(conn)


URGENT = {"channels": {"support": ["sms:+12125550123"]}}


@pytest.mark.parametrize("mode", ["cut_off", "error_500_done", "error_500"])
def test_a_text_of_unknown_fate_is_asked_for_and_sent_once_in_any_case(opener: Opener, mode: str) -> None:
    floor = opener(notifications=URGENT)
    floor.stock(50)
    floor.sandbox.fail("twilio", "send", mode, count=1)
    floor.deliver(an_order(("TENT-4P", 4), postal_code="00000"))
    floor.work()
    (row,) = [row for row in floor.outbox(kind="held") if row["payload"].find("sms:") > 0]
    assert row["state"] == "uncertain"
    for _ in range(2):
        floor.clock.forward(minutes=3)
        floor.work(notify_people)
    (text,) = floor.books("twilio", "texts")
    (row,) = floor.outbox(id=row["id"])
    assert (row["state"], row["receipt"]) == ("sent", text["sid"])


@pytest.mark.parametrize(("words", "state"), [(["delivered"], "sent"), (["processed", "bounce"], "dead")])
def test_a_mail_of_unknown_fate_is_settled_by_what_its_service_reports(
    floor: ShopFloor, words: list[str], state: str
) -> None:
    floor.sandbox.fail("sendgrid", "send", "cut_off", count=1)
    shipped(floor)
    (row,) = floor.outbox(kind="shipped")
    assert row["state"] == "uncertain"
    now = datetime.now(UTC)
    reports = [DeliveryReport(f"event-{row['id']}-{word}", row["dedup_key"], STATUSES[word], now) for word in words]
    with floor.database.write() as conn:
        assert outbox.keep_reports(conn, "sendgrid", reports) == len(reports)
    floor.do(notify_people)
    (row,) = floor.outbox(kind="shipped")
    assert row["state"] == state
    assert [report.status for report in log_of(floor, "customer")[0].reports] == [STATUSES[word] for word in words]
    assert len(floor.books("sendgrid", "mails")) == 1


STATUSES = {"delivered": "delivered", "processed": "accepted", "bounce": "refused"}


def test_an_alert_about_an_order_with_a_card_stands_under_the_card(opener: Opener) -> None:
    floor = opener(notifications={"channels": {"inventory": ["slack_channel:vip_orders"]}})
    floor.stock(50)
    order = shipped(floor, tags=("VIP",))
    case = Hold(reason=HoldReason.INVENTORY, code="short", detail="One is missing.", remedy="Count again.")
    with floor.database.write() as conn:
        outbox.enqueue(conn, after_holding(floor.shop, floor.stored(order), case))
    floor.do(notify_people)
    card, alert = floor.books("slack", "messages")
    assert (alert["thread"], alert["shown_in_channel"]) == (card["ts"], True)
