"""What people look up: orders, why they ship from where they do, what waits for a person."""

from datetime import UTC, datetime

import pytest

from connectors.database import decisions, holds, inbox
from connectors.database.orders import insert_order, order_id_of
from deployments.dry_run import active_or_written, decide_sample
from orderflow.holds import Hold, HoldReason

NOW = datetime(2024, 1, 15, 9, 30, tzinfo=UTC)
CASE = Hold(reason=HoldReason.ADDRESS, code="no_such_zip", field="destination.postal_code", detail="?", remedy="ask")


@pytest.fixture
def order(home):
    """A stored order with its decision, of a customer whose data must not be shown."""
    configuration = active_or_written(home)
    order, decision = decide_sample(home, configuration, "test_1")
    order = order.model_copy(update={"number": "#1001", "external_id": "77", "source": "shopify"})
    database = home.database()
    with database.write() as conn:
        order_id = insert_order(conn, home.vault(), order, actor="channel:shopify")
        decisions.save_decisions(conn, [(order_id, decision)])
    database.close()
    return order


@pytest.fixture
def letter(home):
    """The id of a dead letter."""
    database = home.database()
    with database.write() as conn:
        delivery = {"topic": "unreadable", "external_id": "", "occurred_at_ms": None, "body": b"not json"}
        inbox.receive(conn, source="shopify", dedup_key="k", unreadable="the body is not JSON", **delivery)
    with database.read() as conn:
        (found,) = inbox.dead_letters(conn)
    database.close()
    return found.id


def test_orders_are_listed_without_the_customers_data(run, order):
    ended = run("orders", "list")
    assert ended.code == 0
    assert "#1001" in ended.out
    assert order.customer.name not in ended.out
    (line,) = run("orders", "list", "--json").json
    assert (line["number"], line["channel"], line["status"], line["total"]) == ("#1001", "shopify", "pending", "$99.00")


def test_a_list_may_be_of_one_status_only(run, order):
    assert run("orders", "list", "--status", "delivered", "--json").json == []
    assert run("orders", "list", "--status", "lost").code == 2


@pytest.mark.parametrize("name", ["#1001", "1001", "77"])
def test_an_order_is_shown_by_any_of_its_names_with_its_timeline(run, order, name):
    ended = run("orders", "show", name)
    assert ended.code == 0
    assert "SAMPLE-1" in ended.out
    assert "received" in ended.out
    assert order.customer.email not in ended.out
    assert run("orders", "show", name, "--json").json["timeline"][0]["actor"] == "channel:shopify"


def test_an_explanation_names_the_place_its_score_by_part_and_the_reason(run, order):
    ended = run("orders", "explain", "1001")
    assert ended.code == 0
    assert "warehouse_main" in ended.out
    assert "+50 stock" in ended.out
    candidates = run("orders", "explain", "1001", "--json").json["plan"]["candidates"]
    assert [candidate["location"] for candidate in candidates if candidate["chosen"]] == ["warehouse_main"]


@pytest.mark.parametrize("command", ["show", "explain"])
def test_an_order_nobody_knows_is_asked_wrongly(run, home, command):
    ended = run("orders", command, "4711")
    assert ended.code == 2
    assert "4711" in ended.err


def test_open_holds_are_listed_with_field_and_remedy(run, home, order):
    database = home.database()
    with database.write() as conn:
        holds.open_hold(conn, order_id_of(conn, "shopify", "77"), CASE)
    database.close()
    (line,) = run("holds", "list", "--json").json
    assert (line["order"], line["reason"], line["field"]) == ("#1001", "address", "destination.postal_code")
    assert "no_such_zip" in run("holds", "list").out


@pytest.mark.requirement("LANE-18")
@pytest.mark.parametrize("group", ["dead-letters", "dlq"])
def test_dead_letters_are_listed_with_the_reason(run, letter, group):
    ended = run(group, "list")
    assert letter in ended.out
    assert "not JSON" in ended.out
    assert run(group, "list", "--json").json[0]["error"] == "the body is not JSON"


@pytest.mark.requirement("LANE-18")
def test_a_replayed_letter_is_due_again(run, home, letter):
    assert run("dlq", "replay", letter).code == 0
    assert run("dlq", "list", "--json").json == []
    database = home.database()
    assert [row.id for row in inbox.claim_inbox(database, "somebody")] == [letter]
    database.close()


@pytest.mark.requirement("LANE-18")
def test_a_discarded_letter_is_never_read_again(run, home, letter):
    assert run("dlq", "discard", letter).code == 0
    assert run("dlq", "list", "--json").json == []
    database = home.database()
    assert inbox.claim_inbox(database, "somebody") == []
    database.close()
    assert run("dlq", "replay", letter).code == 2


def test_a_letter_nobody_has_is_asked_wrongly(run, home):
    assert run("dead-letters", "discard", "nothing").code == 2
