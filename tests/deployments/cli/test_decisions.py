"""Recorded decisions made again: as they were, by a draft, and from a bundle where there is no database."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from connectors.database import stock
from connectors.database.orders import OrderChange, insert_orders, record_batch
from connectors.shop import Shop
from deployments.dry_run import active_or_written, sample_order
from deployments.home import Home
from orderflow.address import Address
from orderflow.inventory import StockLevel
from orderflow.lifecycle import OrderStatus
from orderflow.order import Customer, Order
from tasks.routing.route import Request, route_claimed

CANARIES = ("Zebediah", "Quux", "99 Nightjar Lane", "Flat 7", "zq@canary.example", "+15557654321", "Nightjar Ltd")
EAST = {"name": "Newark", "line1": "120 Port Street", "city": "Newark", "region": "NJ", "postal_code": "07114"}
WEST = {"name": "LA", "line1": "2001 E 15th Street", "city": "Los Angeles", "region": "CA", "postal_code": "90021"}
SHOP = {
    "locations": [
        {"code": code, "timezone": "America/New_York", "address": address | {"country": "US"}}
        for code, address in (("warehouse_east", EAST), ("warehouse_west", WEST))
    ],
    "routing": {"strategy": "cheapest", "approval": {"limit": None, "complex_plan": False}},
}
Run = Callable[..., Any]


def named(number: int, configuration: Any) -> Order:
    """A sample order of somebody whose data must not be shown, to New York."""
    name, surname, street, flat, mail, phone, company = CANARIES
    person = {"name": f"{name} {surname}", "phone": phone}
    known = {"city": "New York", "region": "NY", "postal_code": "10001", "country": "US", "company": company}
    changes = {
        "number": f"#{number}",
        "external_id": str(number),
        "source": "shopify",
        "customer": Customer(customer_id="c-4711", email=mail, tags=("Nightjar family",), **person),
        "destination": Address(line1=street, line2=flat, latitude=40.74869, longitude=-73.99613, **person, **known),
        "note": f"{name} is fragile",
        "attributes": {"gift_message": f"Dear {name}"},
    }
    return sample_order(str(number), configuration, datetime.now(UTC)).model_copy(update=changes)


@pytest.fixture
def routed(home: Home, run: Run, here: Path) -> Home:
    """A shop of two warehouses that has routed three orders: stock for two in the east, plenty in the west."""
    (here / "orderflow-config.json").write_text(json.dumps(SHOP))
    assert run("config:deploy", "--yes").code == 0
    configuration = active_or_written(home)
    assert configuration
    people = [named(number, configuration) for number in (1001, 1002, 1003)]
    line = people[0].lines[0]
    units = {"warehouse_east": 4, "warehouse_west": 50}
    levels = [StockLevel(location=place, sku=line.sku, on_hand=held) for place, held in units.items()]
    database = home.database()
    shop = Shop(home, database, configuration)
    with database.write() as conn:
        stock.set_counts(conn, levels, source_version=1)
        taken = insert_orders(conn, home.vault(), people, actor="channel:shopify")
        stored = list(taken.values())
        for status in (OrderStatus.PAYMENT_PROCESSING, OrderStatus.PAID):
            changes = [OrderChange(one, "payment", "system", to_status=status, step="route") for one in stored]
            stored = list(record_batch(conn, changes, None).orders.values())
    assert len(route_claimed(shop, stored, Request(""))) == 3
    database.close()
    return home


def changed(home: Home, statement: str) -> None:
    database = home.database()
    with database.write() as conn:
        conn.execute(text(statement))
    database.close()


def test_recorded_decisions_are_made_again_byte_for_byte(run: Run, routed: Home) -> None:
    ended = run("decisions", "replay")
    assert (ended.code, ended.out) == (0, "3 of 3 decisions are identical, byte for byte.\n")
    answer = run("decisions", "replay", "--order", "1002", "--json").json
    assert answer == {"replayed": 1, "identical": 1, "unrecorded": 0, "different": []}


def test_a_decision_that_would_be_another_today_is_named_with_its_first_difference(run: Run, routed: Home) -> None:
    changed(routed, "UPDATE decision SET document = REPLACE(document, 'warehouse_east', 'warehouse_oslo') WHERE id = 1")
    ended = run("decisions", "replay", "--json")
    assert ended.code == 1
    (different,) = ended.json["different"]
    assert (different["order"], ended.json["identical"]) == ("#1001", 2)
    assert "warehouse_oslo" in different["recorded"]
    assert "warehouse_east" in different["now"]
    assert "#1001: " in run("decisions", "replay", "--order", "1001").out


def test_decisions_of_an_earlier_release_are_counted_not_called_different(run: Run, routed: Home) -> None:
    changed(routed, "UPDATE decision SET inputs = NULL, basis = NULL WHERE id <> 1")
    ended = run("decisions", "replay")
    assert ended.code == 0
    assert "1 of 1" in ended.out
    assert "2 were kept by an earlier release" in ended.out


@pytest.mark.parametrize(
    "change",
    [
        """UPDATE decision_basis SET document = REPLACE(document, '"policy":{', '"policy":{"gone_since": 1,')""",
        "UPDATE decision SET inputs = 'z9:' || inputs",
        "UPDATE decision SET inputs = 'z1:e30='",
    ],
)
def test_a_record_of_another_release_that_cannot_be_read_is_said_to_be_so(
    run: Run, routed: Home, here: Path, change: str
) -> None:
    changed(routed, change)
    ended = run("decisions", "replay", "--json")
    assert ended.code == 1
    assert [one["path"] for one in ended.json["different"]] == ["record"] * 3
    assert "cannot be read by this release" in ended.json["different"][0]["now"]
    assert run("bundle", "1001").code == 1
    assert run("decisions", "what-if", draft(here), "--json").json["before"]["orders"] == 0


def test_an_order_nobody_knows_cannot_be_replayed(run: Run, routed: Home) -> None:
    assert run("decisions", "replay", "--order", "4711").code == 2
    assert run("bundle", "4711").code == 2


def draft(here: Path, **changes: Any) -> str:
    path = here / "draft.json"
    path.write_text(json.dumps(SHOP | changes))
    return str(path)


def test_a_draft_that_decides_the_same_changes_nothing(run: Run, routed: Home, here: Path) -> None:
    answer = run("decisions", "what-if", draft(here), "--days", "1", "--json").json
    assert answer["before"] == answer["after"]
    assert (answer["before"]["orders"], answer["changes"]) == (3, [])


def test_a_draft_is_tried_on_past_orders_with_the_stock_of_their_time(run: Run, routed: Home, here: Path) -> None:
    rule = {"id": "west", "conditions": {"stock(warehouse_east, SAMPLE-1)": {"gte": 4}}}
    path = draft(here, routing_rules=[rule | {"actions": {"warehouse": "warehouse_west"}}])
    answer = run("decisions", "what-if", path, "--json").json
    (change,) = answer["changes"]  # only the first order still saw four units in the east
    assert change["number"] == "#1001"
    assert "ships from warehouse_east" in change["before"]
    assert "ships from warehouse_west" in change["after"]
    assert "rule west" in change["reason"]
    before, after = (float(answer[side]["cost"][0]["amount"]) for side in ("before", "after"))
    assert before < after
    assert answer["after"]["promised_days"] > answer["before"]["promised_days"]
    said = run("decisions", "what-if", path).out
    assert "The 3 orders of the last 30 days" in said
    assert "1 of them change." in said


def test_a_draft_may_look_for_words_the_record_masked(run: Run, routed: Home, here: Path) -> None:
    rule = {"id": "careful", "conditions": {"note": {"contains": "fragile"}}, "actions": {"approval": "required"}}
    answer = run("decisions", "what-if", draft(here, routing_rules=[rule]), "--json").json
    assert (answer["before"]["touched"], answer["after"]["touched"]) == (0, 3)


def test_a_forgotten_person_does_not_change_what_a_draft_decides(run: Run, routed: Home, here: Path) -> None:
    changed(routed, "DELETE FROM order_pii")
    assert run("decisions", "what-if", draft(here), "--json").json["changes"] == []


def test_deploying_shows_what_the_configuration_would_have_decided(run: Run, routed: Home, here: Path) -> None:
    draft(here, routing=SHOP["routing"] | {"approval": {"limit": {"amount": "1", "currency": "USD"}}})
    ended = run("config:deploy", str(here / "draft.json"), "--yes")
    assert ended.code == 0
    assert "looked at by a person: 0 (0.0 %) → 3 (100.0 %)" in ended.out


def test_a_broken_draft_is_refused_with_its_problems(run: Run, routed: Home, here: Path) -> None:
    ended = run("decisions", "what-if", draft(here, routing={"strategy": "cheepest"}))
    assert ended.code == 1
    assert "routing.strategy" in ended.out


@pytest.fixture
def bundle(run: Run, routed: Home, here: Path) -> Path:
    path = here / "bundle.json"
    assert run("bundle", "1001", "-o", str(path)).code == 0
    return path


def test_a_bundle_reproduces_the_decision_on_a_machine_without_the_database(
    run: Run, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERFLOW_HOME", str(bundle.parent / "elsewhere"))
    ended = run("decisions", "replay", "--bundle", str(bundle))
    assert (ended.code, ended.out) == (0, "1 of 1 decisions are identical, byte for byte.\n")


def test_nobodys_data_and_no_street_is_in_a_bundle(bundle: Path) -> None:
    written = bundle.read_text(encoding="utf-8").casefold()
    assert "sample-1" in written
    addresses = (*EAST.values(), *WEST.values())
    streets = [street for street in addresses if "Street" in street]
    for canary in (*CANARIES, *streets, "nightjar", "zq@", "canary", "fragile", "40.74869", "c-4711", "dear"):
        assert canary.casefold() not in written


def test_a_bundle_of_a_decision_that_is_another_today_shows_the_difference(run: Run, bundle: Path) -> None:
    document = json.loads(bundle.read_text(encoding="utf-8"))
    document["decision"]["reason"] = "a feeling"
    bundle.write_text(json.dumps(document))
    ended = run("decisions", "replay", "--bundle", str(bundle), "--json")
    assert ended.code == 1
    assert ended.json["different"][0]["path"] == "reason"


def test_a_file_that_is_no_bundle_is_refused(run: Run, here: Path) -> None:
    (here / "odd.json").write_text('{"format": "something else"}')
    ended = run("decisions", "replay", "--bundle", str(here / "odd.json"))
    assert ended.code == 1
    assert "is no bundle" in ended.err
