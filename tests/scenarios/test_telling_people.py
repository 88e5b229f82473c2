"""Who is told, where, how often: once each, never where it is switched off, and labels do not wait for it."""

import json

import pytest
from scenarios.floor import STAGES, UP_TO_LABELS, Opener, ShopFloor, an_order, keys_of
from shop_floor import place
from sqlalchemy import text

from connectors.database import outbox
from deployments.demo.orders import DemoOrder
from tasks.ingest import ingest_orders
from tasks.labelling.label import label_orders
from tasks.log import log_decisions
from tasks.routing.route import route_orders
from tasks.sync import sync_shipments
from tasks.telling.notify import notify_people
from tasks.watch import watch

WAYS = {"slack": "messages", "sendgrid": "mails", "twilio": "texts"}
EVERYWHERE = {"channels": {"support": ["slack_channel:support", "email:support@example.com", "sms:+12125550123"]}}


def vip_order() -> DemoOrder:
    return an_order(("JACKET-M", 2), tags=("VIP",))


def labelled(floor: ShopFloor, order: DemoOrder) -> DemoOrder:
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    return order


@pytest.mark.requirement(
    "OF-21", "OF-80", "OF-103", "OF-116", "OUT-01", "OUT-02", "OUT-03", "OUT-06", "OUT-07", "OUT-08"
)
def test_a_vip_order_is_one_card_in_the_channel_the_rule_names_once_it_has_its_label(floor: ShopFloor) -> None:
    order = vip_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    floor.do(notify_people)
    assert floor.books("slack", "messages") == [], "there is no label yet"
    floor.work(label_orders, notify_people)
    (card,) = floor.books("slack", "messages")
    assert card["channel"] == "#vip_orders"
    shown = json.dumps(card["blocks"], ensure_ascii=False)
    decision = floor.decision(order)
    for said in (str(order.number), "VIP", "$244.90", "JACKET-M".title(), "Newark", decision.reason, "Generated"):
        assert said in shown, said
    assert f"{decision.route_score:.1f}/10" in shown
    assert f"{round(100 * (decision.confidence or 0))} %" in shown.replace("%", " %").replace("  ", " ")


@pytest.mark.requirement("OF-21")
def test_an_order_of_nobody_special_makes_no_card(floor: ShopFloor) -> None:
    labelled(floor, an_order())
    floor.work(notify_people)
    assert floor.books("slack", "messages") == []


@pytest.mark.requirement("OF-108")
@pytest.mark.parametrize("way", WAYS)
def test_a_way_of_telling_that_is_switched_off_is_never_used(opener: Opener, way: str) -> None:
    switch = {"slack": "slack_enabled", "sendgrid": "email_enabled", "twilio": "sms_enabled"}[way]
    floor = opener(notifications={switch: False, **EVERYWHERE})
    floor.stock(50)
    floor.stock(2, skus=("MUG-ENAMEL",))
    floor.deliver(an_order(postal_code="00000"), vip_order(), an_order(), an_order(("TENT-4P", 900)))
    floor.work(*STAGES)
    floor.clock.forward(hours=25)
    floor.run(watch.fn(floor.shop))
    floor.work(notify_people)
    told = {name: len(floor.books(name, kind)) for name, kind in WAYS.items()}
    assert told[way] == 0
    assert all(count > 0 for name, count in told.items() if name != way), told


@pytest.mark.requirement("OF-76", "OF-11", "OF-83")
@pytest.mark.parametrize(("lines", "countdown", "texts"), [([], "in 3h", 0), ([("TENT-4P", 4)], "in 1h", 1)])
def test_a_case_reaches_its_team_by_every_way_it_reads_and_by_text_where_it_is_urgent(
    opener: Opener, lines: list[tuple[str, int]], countdown: str, texts: int
) -> None:
    floor = opener(notifications=EVERYWHERE)
    floor.stock(50)
    order = an_order(*lines, postal_code="00000")
    floor.deliver(order)
    floor.work(*STAGES)
    assert [row["channel"] for row in floor.books("slack", "messages")] == ["#support"]
    (mail,) = floor.books("sendgrid", "mails")
    assert (mail["recipient"], str(order.number) in mail["subject"]) == ("support@example.com", True)
    assert "postal" in mail["text"] and countdown in mail["text"]
    assert [row["recipient"] for row in floor.books("twilio", "texts")] == ["+12125550123"] * texts


@pytest.mark.parametrize("mode", ["cut_off", "error_500_done"])
def test_a_message_of_unknown_fate_is_not_sent_again_and_waits_for_a_person(floor: ShopFloor, mode: str) -> None:
    floor.sandbox.fail("sendgrid", "send", mode, count=1)
    labelled(floor, an_order())
    for _ in range(5):
        floor.work(notify_people)
        floor.clock.forward(minutes=10)
    assert len(floor.books("sendgrid", "mails")) == 1
    with floor.database.read() as conn:
        (waiting,) = outbox.outbox_queue(conn)
    assert (waiting.kind, waiting.state) == ("shipped", "uncertain")
    assert floor.run(watch.fn(floor.shop))["uncertain"] > 0
    assert floor.run(watch.fn(floor.shop))["uncertain"] == 0, "people are told of it once"


@pytest.mark.parametrize("mode", ["rate_limited", "error_500"])
def test_mails_that_fail_keep_no_label_waiting_and_a_limit_is_waited_out(floor: ShopFloor, mode: str) -> None:
    floor.sandbox.fail("sendgrid", "send", mode, count=1, seconds=7)
    order = an_order()
    floor.deliver(order)
    floor.work(*STAGES, rounds=1)
    assert floor.status(order) == "fulfilled"
    floor.clock.forward(seconds=60)
    floor.work(notify_people)
    expected = 1 if mode == "rate_limited" else 0
    assert len(floor.books("sendgrid", "mails")) == expected


@pytest.mark.requirement("OF-84", "OF-162")
def test_an_outgoing_webhook_is_signed_and_repeated_under_the_same_id(opener: Opener) -> None:
    sandbox = opener().sandbox
    floor = opener(outgoing_webhooks=[{"url": f"{sandbox.address}/webhook/dashboard"}])
    floor.stock(50)
    sandbox.fail("webhook", "receive", "error_500_done", count=1)
    order = labelled(floor, an_order())
    for _ in range(3):
        floor.work(notify_people)
        floor.clock.forward(minutes=1)
    deliveries = floor.books("webhook", "deliveries")
    assert floor.books("webhook", "refused") == []
    first = [row for row in deliveries if not row["duplicate"]]
    assert {row["body"]["type"] for row in first} >= {"order.routed", "order.shipped"}
    assert len(deliveries) == len(first) + 1, "the one of unknown fate came again, and says so by its id"
    assert "@example.com" not in json.dumps(deliveries) and order.line1 not in json.dumps(deliveries)


@pytest.mark.requirement("OF-16", "OF-22")
@pytest.mark.parametrize("mode", ["", "cut_off", "error_500_done", "rate_limited"])
def test_each_decision_is_one_row_of_the_sheet_with_id_actor_and_time_whatever_the_sheet_does(
    floor: ShopFloor, mode: str
) -> None:
    order = labelled(floor, an_order())
    if mode:
        floor.sandbox.fail("google_sheets", "*", mode, count=3)
    for _ in range(8):
        floor.work(log_decisions)
        floor.clock.forward(minutes=1)
    assert {row["state"] for row in floor.outbox(stage="log")} == {"sent"}
    order_id = floor.stored(order).id
    (sheet,) = [sheet for sheet in floor.sandbox.books("google_sheets", "sheets") if sheet["title"] == "Decisions"]
    (row,) = [row for row in sheet["rows"] if row[0] == order_id]
    assert row[1:3] == [f"#{order.number}", "system:process-orders"]
    assert str(floor.decision(order).decided_at.year) in row[3]
    assert row[7] and row[10] == floor.shipments(order)[0].tracking_number


@pytest.mark.requirement("OMS-03", "OMS-18", "OMS-19", "OMS-48", "OMS-57")
def test_each_parcel_of_a_split_order_has_its_own_number_mail_and_report(opener: Opener) -> None:
    floor = opener()
    floor.stock(0)
    floor.stock(5, skus=("LAMP-LED",), places=("warehouse_east",))
    floor.stock(5, skus=("MUG-ENAMEL",), places=("warehouse_la",))
    order = an_order(("LAMP-LED", 1), ("MUG-ENAMEL", 1))
    place(floor.sandbox, order)
    floor.deliver(order)
    floor.work()
    numbers = {row.tracking_number for row in floor.shipments(order)}
    assert len(numbers) == 2
    mails = floor.books("sendgrid", "mails")
    assert [mail["recipient"] for mail in mails] == [order.email] * 2
    assert all(sum(number in mail["text"] for number in numbers) == 1 for mail in mails)
    assert {row["tracking"]["number"] for row in floor.books("shopify", "fulfillments")} == numbers
    assert len(set(keys_of(mails))) == 2


@pytest.mark.requirement("OMS-06", "OMS-26", "OMS-44", "OMS-46", "FUL-07")
def test_what_is_short_is_a_backorder_the_customer_is_told_of_and_the_rest_is_sent(opener: Opener) -> None:
    floor = opener()
    floor.stock(0)
    floor.stock(5, skus=("LAMP-LED",))
    order = an_order(("LAMP-LED", 1), ("MUG-ENAMEL", 3))
    floor.deliver(order)
    floor.work()
    assert floor.status(order) == "partially_fulfilled"
    waiting = floor.rows("SELECT sku, quantity, state FROM backorder")
    assert waiting == [{"sku": "MUG-ENAMEL", "quantity": 3, "state": "pending"}]
    subjects = sorted(mail["subject"] for mail in floor.books("sendgrid", "mails"))
    assert len(subjects) == 2 and any("ackorder" in subject for subject in subjects)
    (mail,) = [mail for mail in floor.books("sendgrid", "mails") if "ackorder" in mail["subject"]]
    assert "3x Mug-Enamel" in mail["text"] and "These items do not wait and ship now" in mail["text"]
    floor.books_agree()


def test_the_channel_hears_of_a_shipment_once_even_when_its_answer_is_lost(floor: ShopFloor) -> None:
    order = an_order()
    place(floor.sandbox, order)
    floor.sandbox.fail("shopify", "*", "cut_off", count=2)
    labelled(floor, order)
    for _ in range(4):
        floor.work(sync_shipments)
        floor.clock.forward(minutes=2)
    assert len(floor.books("shopify", "fulfillments")) == 1
    assert [row["state"] for row in floor.outbox(stage="sync")] == ["sent"]


def test_an_order_nobody_can_read_keeps_no_other_order_from_being_told_of(floor: ShopFloor) -> None:
    orders = [labelled(floor, an_order()) for _ in range(3)]
    with floor.database.write() as conn:
        spoilt = {"order_id": floor.stored(orders[1]).id, "sealed": b"spoilt"}
        conn.execute(text("UPDATE order_pii SET sealed = :sealed WHERE order_id = :order_id"), spoilt)
    assert floor.do(notify_people) == {"sent": 2, "dead": 1}
    assert {mail["recipient"] for mail in floor.books("sendgrid", "mails")} == {orders[0].email, orders[2].email}
