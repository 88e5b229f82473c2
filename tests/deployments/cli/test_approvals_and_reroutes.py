"""What a person does by command: approve, reject, delegate, choose a location, pass on a refusal."""

import json

import pytest

from connectors.database import audit, holds, orders, shipments, stock
from connectors.database.orders import insert_order
from deployments.dry_run import active_or_written, decide_sample
from deployments.first_steps import deploy_configuration
from orderflow.inventory import StockLevel
from orderflow.lifecycle import OrderStatus


@pytest.fixture
def waiting(home, here, run):
    """A paid order of two tents that waits for approval; only ann approves, and there are two locations."""
    document = json.loads((here / "orderflow-config.json").read_text())
    document["routing"] = document.get("routing", {}) | {
        "strategy": "cheapest",
        "approval": {"limit": {"amount": "1", "currency": "USD"}, "approvers": ["ann"]},
    }
    second = document["locations"][0] | {"code": "warehouse_second", "channel_ids": {}}
    document["locations"] = [document["locations"][0], second]
    database = home.database()
    deploy_configuration(database, document, actor="user:test")
    order, _ = decide_sample(home, active_or_written(home), "test_1")
    order = order.model_copy(update={"number": "#1001", "external_id": "77", "source": "shopify"})
    with database.write() as conn:
        sku = order.lines[0].sku
        levels = [StockLevel(location=place["code"], sku=sku, on_hand=50) for place in document["locations"]]
        stock.set_counts(conn, levels, source_version=1)
        order_id = insert_order(conn, home.vault(), order, actor="channel:shopify")
        (stored,) = orders.load_orders(conn, home.vault(), [order_id])
        for status in (OrderStatus.PAYMENT_PROCESSING, OrderStatus.PAID):
            stored = orders.record(
                conn, stored, owner=None, to_status=status, kind="status", actor="channel:shopify", step="route"
            )
    route(home)
    yield database, order_id
    database.close()


def route(home):
    import asyncio

    from connectors.shop import open_shop
    from tasks.routing.route import route_orders

    async def work():
        async with open_shop(home) as shop:
            await route_orders.fn(shop, "worker-1")

    asyncio.run(work())


def sitting(database, order_id):
    with database.read() as conn:
        return (
            holds.hold_of(conn, order_id),
            [row.location for row in shipments.shipments_of(conn, [order_id])[order_id]],
            [(event.kind, event.actor) for event in audit.timeline(conn, order_id)],
        )


@pytest.mark.requirement("OF-68")
def test_an_approver_approves_by_command_and_nobody_else(run, waiting, monkeypatch):
    (line,) = run("approvals", "list", "--json").json
    assert (line["order"], line["code"], line["approved_by"]) == ("#1001", "high_value", "")
    monkeypatch.setenv("LOGNAME", "bob")
    ended = run("holds", "approve", "1001")
    assert (ended.code, "bob may not approve; these may: ann" in ended.err) == (1, True)
    monkeypatch.setenv("LOGNAME", "ann")
    assert run("holds", "approve", "1001", "--note", "known customer").code == 0
    hold, _, told = sitting(*waiting)
    assert hold is None
    assert ("approve", "user:ann") in told
    assert run("approvals", "list", "--json").json == []


@pytest.mark.requirement("OF-68")
def test_an_approver_delegates_until_a_day_and_takes_it_back(run, waiting, monkeypatch):
    monkeypatch.setenv("LOGNAME", "ann")
    assert run("approvals", "delegate", "--to", "bob", "--until", "2020-01-01").code == 2
    given = run("approvals", "delegate", "--to", "bob", "--until", "2999-01-01", "--json").json
    assert (given["principal"], given["deputy"]) == ("ann", "bob")
    assert run("approvals", "revoke", given["id"]).code == 0
    assert run("approvals", "revoke", given["id"]).code == 2
    monkeypatch.setenv("LOGNAME", "bob")
    assert run("holds", "approve", "1001").code == 1
    monkeypatch.setenv("LOGNAME", "ann")
    run("approvals", "delegate", "--to", "bob", "--until", "2999-01-01")
    assert [row["to"] for row in run("approvals", "delegations", "--json").json] == ["bob", "bob"]
    monkeypatch.setenv("LOGNAME", "bob")
    assert run("holds", "approve", "1001").code == 0


@pytest.mark.requirement("OF-68")
def test_a_rejected_order_is_cancelled_by_command(run, waiting):
    assert "cancelled" in run("holds", "reject", "1001", "--note", "a mistake").out
    assert run("orders", "show", "1001", "--json").json["status"] == "cancelled"


def test_what_an_approval_would_take_is_shown_and_nothing_written(run, waiting):
    database, _ = waiting
    assert "nothing is different" in run("holds", "check", "1001").out
    _, (planned,), told = sitting(*waiting)
    with database.write() as conn:
        (level,) = [one for one in stock.stock_view(conn, None).levels() if one.location == planned]
        stock.set_counts(conn, [level.model_copy(update={"on_hand": 0})], source_version=2)
    assert f"{planned} ships 0 of" in run("holds", "check", "1001").out
    assert sitting(*waiting)[2] == told


@pytest.mark.requirement("LANE-12")
def test_a_location_is_chosen_by_command_under_both_names_of_the_group(run, waiting):
    _, (planned,), _ = sitting(*waiting)
    other = "warehouse_second" if planned != "warehouse_second" else "warehouse_east"
    ended = run("order", "override", "1001", "--location", other, "--reason", "the customer fetches it")
    assert ended.code == 0
    hold, places, told = sitting(*waiting)
    assert places == [other]
    assert hold.hold.code == "high_value", "choosing a location approves nothing"
    assert "override" in [kind for kind, _ in told]
    assert run("orders", "override", "1001", "--location", "nowhere").code == 1


@pytest.mark.requirement("OF-128")
def test_a_locations_refusal_is_passed_on_by_command(run, waiting):
    _, (planned,), _ = sitting(*waiting)
    assert run("orders", "reject", "1001", "--location", planned, "--reason", "shelf empty").code == 0
    assert sitting(*waiting)[1] != [planned]


def test_acting_on_an_order_nobody_knows_is_asking_wrongly(run, waiting):
    assert run("holds", "approve", "4711").code == 2
    assert run("orders", "claim", "4711", "--kind", "lost").code == 2
    assert run("orders", "claim", "1001", "--kind", "lost").code == 2, "it has no label"
