"""What people do about units that are not there, and what they write down about orders."""

import csv

import pytest

from connectors.database import audit, backorders, orders, stock
from connectors.database.orders import insert_order
from deployments.dry_run import active_or_written, decide_sample
from orderflow.decision import PlannedLine


@pytest.fixture
def waiting(home):
    """Two orders that wait for the same product, the older one in the books last; returns database and SKU."""
    sample, _ = decide_sample(home, active_or_written(home), "test_1")
    database = home.database()
    sku = sample.lines[0].sku
    with database.write() as conn:
        for number, day in (("#1002", 12), ("#1001", 11)):
            placed = sample.placed_at.replace(day=day)
            order = sample.model_copy(update={"number": number, "external_id": number, "placed_at": placed})
            order_id = insert_order(conn, home.vault(), order, actor="channel:shopify")
            line = PlannedLine(line_no=sample.lines[0].line_no, sku=sku, variant=sample.lines[0].variant, quantity=1)
            backorders.open_backorders(conn, order_id, [line])
    yield database, sku
    database.close()


def timeline_of(home, database, number):
    with database.read() as conn:
        stored = orders.find_order(conn, home.vault(), number)
        return audit.timeline(conn, stored.id)


@pytest.mark.requirement("OMS-27")
def test_backorders_are_listed_by_the_date_of_their_orders(run, waiting):
    _, sku = waiting
    listed = run("backorders", "list", "--sort", "order_date", "--json").json
    assert [(line["number"], line["sku"], line["units"]) for line in listed] == [("#1001", sku, 1), ("#1002", sku, 1)]
    by_wait = run("backorders", "list", "--sort", "waiting_since", "--json").json
    assert [line["number"] for line in by_wait] == ["#1002", "#1001"]
    assert run("backorders", "list", "--sku", "NO-SUCH", "--json").json == []
    assert "#1001" in run("backorders", "list").out


@pytest.mark.requirement("OMS-54", "OMS-55")
def test_what_waits_is_cancelled_by_command_and_only_that(run, home, waiting):
    database, _ = waiting
    refused = run("backorders", "cancel", "1001", "--reason", "gone", "--line", "9")
    assert refused.code != 0 and "line 9" in refused.err
    said = run("backorders", "cancel", "1001", "--reason", "not made any more", "--json").json["said"]
    assert "asked to refund" in said
    event = timeline_of(home, database, "1001")[-1]
    assert event.kind == "lines_cancelled" and "not made any more" in event.note and event.actor.startswith("user:")
    assert [line["number"] for line in run("backorders", "list", "--json").json] == ["#1002"]


@pytest.mark.requirement("OMS-28")
def test_goods_that_came_are_in_the_books_with_their_reason(run, home, waiting):
    database, sku = waiting
    place = active_or_written(home).locations[0].code
    wrong = run("stock", "receive", sku, "--units", "5", "--location", "nowhere", "--reason", "PO-1")
    assert wrong.code == 2 and place in wrong.err
    before = sum(line["on_hand"] for line in run("stock", "show", sku, "--json").json)
    told = run("stock", "receive", sku, "--units", "5", "--location", place, "--reason", "PO-1", "--json").json
    assert told["after"] - told["before"] == 5
    assert sum(line["on_hand"] for line in run("stock", "show", sku, "--json").json) == before + 5
    with database.read() as conn:
        moved, _ = stock.changed_since(conn, 0)
    assert (sku, "") in moved


@pytest.mark.requirement("OMS-34")
def test_a_note_is_on_the_timeline_and_changes_nothing_else(run, home, waiting):
    database, _ = waiting
    before = timeline_of(home, database, "1001")[-1]
    assert run("orders", "note", "1001", "she called: leave it with the neighbour").code == 0
    event = timeline_of(home, database, "1001")[-1]
    assert (event.kind, event.note) == ("note", "she called: leave it with the neighbour")
    assert event.to_status == before.to_status and event.from_status == before.to_status
    assert run("orders", "note", "1001", "  ").code == 2


@pytest.mark.requirement("OMS-09")
def test_a_timeline_is_exported_as_finance_reads_it(run, here, waiting):
    run("orders", "note", "1001", "=HYPERLINK(1)")
    told = run("orders", "timeline", "1001", "--json").json
    assert [event["what"] for event in told][-1] == "note" and told[-1]["who"].startswith("user:")
    assert run("orders", "timeline", "1001", "--csv", "timeline.csv").code == 0
    with (here / "timeline.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(told) and rows[-1]["note"] == "'=HYPERLINK(1)", "no spreadsheet runs it"
    assert run("orders", "timeline", "9999").code == 2
