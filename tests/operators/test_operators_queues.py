"""What waits for a person is listed, acted on once, and on record with who and why."""

import json

import pytest
from carrier_variables import carrier_variables
from scenarios.floor import UP_TO_LABELS, an_order
from shop_floor import RunningSandbox

from connectors.database import audit, holds
from orderflow.holds import Hold, HoldReason
from tasks.telling.notify import notify_people
from tasks.watch import watch

APPROVAL_MAIL = {"channels": {"operations": ["email:ops@example.com"]}}


@pytest.fixture
def may_exist(operate, opener, sandbox: RunningSandbox, monkeypatch):
    """A shop with an order whose label may exist at a carrier nobody can ask; the floor and the order."""
    for name, value in carrier_variables(sandbox.address).items():
        monkeypatch.setenv(name, value)
    floor = opener(fulfillment={"label_providers": ["dhl"], "label_limits_per_minute": {"dhl": 500}})
    floor.stock(50)
    order = an_order()
    floor.deliver(order)
    sandbox.fail("dhl", "buy", "cut_off", count=1)
    for _ in range(6):
        floor.work(*UP_TO_LABELS, rounds=2)
        floor.clock.forward(seconds=30)
    assert floor.held(order)[1] == "label_may_exist"
    return floor, order


def sold(floor):
    return [row for row in floor.books("dhl", "labels") if not row.get("voided")]


@pytest.mark.requirement("LANE-18")
def test_a_label_that_may_exist_is_listed_with_what_to_look_up(operate, may_exist):
    floor, order = may_exist
    (line,) = operate("labels", "unknown", "list", "--json").json
    assert (line["order"], line["provider"], line["waits_for"]) == (f"#{order.number}", "dhl", "you")
    assert line["reference"] == floor.shipments(order)[0].id == sold(floor)[0]["reference"]


def test_a_label_somebody_found_is_adopted_and_none_is_bought(operate, may_exist):
    floor, order = may_exist
    (label,) = sold(floor)
    found = ("--tracking-number", label["tracking_number"], "--carrier", "dhl", "--cost", label["cost"])
    ended = operate("labels", "unknown", "adopt", str(order.number), *found, "--reason", "seen at DHL")
    assert ended.code == 0, ended.err
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    assert floor.shipments(order)[0].tracking_number == label["tracking_number"]
    assert len(sold(floor)) == 1
    event = next(event for event in floor.timeline(order) if event.kind == "adopt")
    assert (event.actor.startswith("user:"), event.note) == (True, "seen at DHL")
    assert operate("labels", "unknown", "list", "--json").json == []


def test_where_no_label_was_found_one_is_bought(operate, may_exist):
    floor, order = may_exist
    assert operate("labels", "unknown", "again", str(order.number)).code == 0
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    assert len(sold(floor)) == 2, "the person was wrong: theirs is the word"


def test_a_label_its_provider_does_not_void_leaves_everything_as_it_was(operate, may_exist):
    floor, order = may_exist
    refused = operate("labels", "unknown", "void", str(order.number), "--provider-reference", "nonsense")
    assert refused.code == 1
    assert "did not void" in refused.err
    assert floor.held(order)[1] == "label_may_exist"
    assert len(sold(floor)) == 1


def test_a_voided_label_is_void_at_its_provider_and_another_one_is_bought(operate, opener, sandbox):
    floor = opener(fulfillment={"label_providers": ["shippo"], "label_limits_per_minute": {"shippo": 500}})
    floor.stock(50)
    order = an_order()
    floor.deliver(order)
    sandbox.fail("shippo", "buy", "error_500_done", count=1)
    floor.work(*UP_TO_LABELS, rounds=1)
    case = Hold(reason=HoldReason.APPROVAL, code="label_may_exist", detail="?", remedy="look")
    with floor.database.write() as conn:
        holds.open_hold(conn, floor.stored(order).id, case)
    (lost,) = floor.labels(order)
    wanted = ("labels", "unknown", "void", str(order.number), "--provider-reference", lost["provider_reference"])
    assert operate(*wanted, "--reason", "printed nowhere").code == 0
    floor.clock.forward(minutes=5)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    assert [row["voided"] for row in floor.labels(order, void=True)] == [True, False]
    assert "void" in {row["kind"] for row in floor.rows("SELECT kind FROM step WHERE state = 'done'")}


def test_an_order_without_an_undecided_purchase_has_nothing_to_be_said_of(operate, may_exist):
    floor, _ = may_exist
    other = an_order()
    floor.deliver(other)
    floor.work()
    assert operate("labels", "unknown", "again", str(other.number)).code == 1
    assert operate("labels", "unknown", "again", "4711").code == 2


@pytest.fixture
def uncertain(operate, opener, sandbox: RunningSandbox):
    """A shop with one mail to a person of which nobody knows whether it was sent; the floor and the mail's id."""
    floor = opener(notifications=APPROVAL_MAIL)
    floor.stock(50)
    floor.deliver(an_order(), an_order())
    floor.work(*UP_TO_LABELS)
    sandbox.fail("sendgrid", "send", "cut_off", count=1)
    floor.do(notify_people)
    (row,) = floor.outbox(state="uncertain")
    return floor, row["id"]


def mails(floor):
    return len(floor.books("sendgrid", "mails"))


def test_a_message_of_unknown_fate_is_sent_again_when_a_person_says_so(operate, uncertain):
    floor, message = uncertain
    (line,) = operate("messages", "uncertain", "list", "--json").json
    assert (line["id"], line["to"]) == (message, "customer")
    before = mails(floor)
    assert operate("messages", "uncertain", "again", message, "--reason", "nothing in SendGrid").code == 0
    floor.work(notify_people)
    assert mails(floor) == before + 1
    assert operate("messages", "uncertain", "again", message).code == 2, "once is enough"
    (done,) = operate("audit", "actions", "--json").json
    assert (done["action"], done["reason"]) == ("message is sent again", "nothing in SendGrid")


def test_a_message_a_person_discards_is_never_sent(operate, uncertain):
    floor, message = uncertain
    before = mails(floor)
    assert operate("messages", "uncertain", "discard", message).code == 0
    floor.work(notify_people)
    assert mails(floor) == before
    assert operate("messages", "uncertain", "list", "--json").json == []
    assert operate("messages", "dead", "discard", message).code == 2


@pytest.mark.requirement("LANE-18")
def test_a_dead_letter_is_shown_as_it_came_and_who_looked_is_on_record(operate, opener):
    floor = opener()
    floor.deliver(b'{"id": "spoilt"')
    floor.work()
    (letter,) = operate("dead-letters", "list", "--json").json
    assert operate("dead-letters", "show", letter["id"]).out.strip() == '{"id": "spoilt"'
    assert operate("dead-letters", "discard", letter["id"], "--reason", "a test of the shop").code == 0
    did = operate("audit", "actions", "--json").json
    assert [one["action"] for one in did] == ["dead letter is discarded", "dead letter is looked at"]
    assert all(one["actor"].startswith("user:") for one in did)
    with floor.database.read() as conn:
        assert audit.verify(conn)[1] == []


def test_a_record_of_an_operator_cannot_be_changed_unseen(operate, opener):
    floor = opener()
    floor.deliver(b"spoilt")
    floor.work()
    (letter,) = operate("dead-letters", "list", "--json").json
    operate("dead-letters", "replay", letter["id"])
    with pytest.raises(Exception, match="append-only"):
        floor.change("UPDATE operator_action SET actor_id = 'user:somebody-else'")
    for verb in ("update", "delete"):
        floor.change(f"DROP TRIGGER operator_action_refuses_{verb}")
    floor.change("UPDATE operator_action SET actor_id = 'user:somebody-else'")
    with floor.database.read() as conn:
        assert [flaw.where for flaw in audit.verify(conn)[1]] == ["operator action 1"]


@pytest.mark.requirement("OMS-05")
def test_the_watch_seals_days_that_are_over_and_tells_the_seal_to_people_once(opener):
    floor = opener()
    floor.stock(50)
    floor.deliver(an_order())
    floor.work()
    assert floor.run(watch.fn(floor.shop))["sealed_days"] == 0
    floor.clock.forward(hours=26)
    fresh = floor.run(watch.fn(floor.shop))["sealed_days"]
    floor.work(notify_people)
    with floor.database.read() as conn:
        sealed = audit.sealed_days(conn)
    assert len(sealed) == fresh >= 1
    told = [message for message in floor.books("slack", "messages") if sealed[0].seal in json.dumps(message)]
    assert len(told) == 1
    assert floor.run(watch.fn(floor.shop))["sealed_days"] == 0
