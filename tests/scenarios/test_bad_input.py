"""Bad input stops nobody but itself: it is kept with its reason, or held with the field a person must mend."""

import csv
import json
from typing import Any

import pytest
from scenarios.floor import UP_TO_LABELS, Document, ShopFloor, an_order, document_of
from shared_material import shared_path

from connectors.database import inbox
from orderflow.notices.recipients import recipient_of
from tasks.ingest import ingest_orders
from tasks.telling.notify import notify_people

EARLIER, LATER = "2026-03-02T14:00:00+00:00", "2026-03-02T16:00:00+00:00"


def spoilt(**changes: Any) -> Document:
    return document_of(an_order(), **changes)


UNREADABLE = {
    "not JSON": (b'{"id": 1, "line_items": [', "JSON"),
    "no order": (b'{"id": 1}', "created_at"),
    "deep": (b"[" * 100_000, "JSON"),
    "not a number": (b'{"id": 1, "total_price": NaN}', "NaN"),
    "no total": (spoilt(total_price=None), "total_price"),
    "no lines": (spoilt(line_items=None), "line_items"),
    "odd notes": (spoilt(note_attributes=-1), "int"),
    "no time": (spoilt(updated_at="yesterday"), "updated_at"),
}


@pytest.mark.requirement("LANE-16")
@pytest.mark.parametrize(("body", "named"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_delivery_nobody_can_read_is_kept_with_its_reason_and_the_others_go_on(
    floor: ShopFloor, body: bytes | Document, named: str
) -> None:
    before, after = an_order(), an_order()
    floor.deliver(before, body, after)
    assert floor.do(ingest_orders) == {"received": 2, "unreadable": 1}
    with floor.database.read() as conn:
        (letter,) = inbox.dead_letters(conn)
    assert named in letter.error
    floor.work(*UP_TO_LABELS)
    assert (floor.status(before), floor.status(after)) == ("fulfilled", "fulfilled")


def test_an_older_version_never_overwrites_a_newer_one_in_whatever_order_they_come(floor: ShopFloor) -> None:
    order = an_order()
    newer = document_of(order, updated_at=LATER, note="leave at the door")
    older = document_of(order, updated_at=EARLIER, note="ring twice", cancelled_at=EARLIER)
    floor.deliver(newer, older, newer)
    assert floor.do(ingest_orders) == {"received": 1, "stale": 2}
    assert (floor.stored(order).order.note, floor.status(order)) == ("leave at the door", "paid")


def test_the_same_order_told_of_many_times_is_one_order_with_one_label(floor: ShopFloor) -> None:
    order = an_order()
    floor.deliver(*[order] * 5)
    floor.work(ingest_orders)
    floor.deliver(*[order] * 5)
    floor.work(*UP_TO_LABELS)
    assert len(floor.labels()) == 1
    floor.books_agree()


@pytest.mark.requirement("FUL-03", "OMS-49")
def test_an_unpaid_order_waits_and_goes_when_it_is_paid(floor: ShopFloor) -> None:
    order = an_order(paid=False)
    floor.deliver(order)
    floor.work()
    assert (floor.status(order), floor.hold(order), floor.labels()) == ("pending", None, [])
    floor.deliver(document_of(order, financial_status="paid", updated_at=LATER), topic="orders/paid")
    floor.work(*UP_TO_LABELS)
    assert (floor.status(order), len(floor.labels(order))) == ("fulfilled", 1)
    floor.books_agree()


Case = tuple[str, str, str]
HELD: dict[str, tuple[Document, Case, str]] = {
    "unknown SKU": (
        document_of(an_order(("NEVER-HEARD-OF", 1))),
        ("inventory", "unknown_sku", "lines[1].sku"),
        "inventory",
    ),
    "bad postal code": (
        document_of(an_order(postal_code="00000")),
        ("address", "invalid_address", "destination.postal_code"),
        "support",
    ),
    "no street": (
        document_of(an_order(line1="")),
        ("address", "missing_address_field", "destination.line1"),
        "support",
    ),
    "failed payment": (
        document_of(an_order(), financial_status="voided"),
        ("payment", "payment_failed", "payment_status"),
        "finance",
    ),
}


@pytest.mark.requirement("LANE-13", "LANE-16", "OF-73", "OF-74", "OF-75", "OF-76")
@pytest.mark.parametrize(("document", "case", "team"), HELD.values(), ids=HELD)
def test_an_order_with_something_wrong_is_held_with_the_field_named_and_its_team_told(
    floor: ShopFloor, document: Document, case: Case, team: str
) -> None:
    floor.deliver(document)
    floor.work(*UP_TO_LABELS)
    (row,) = floor.rows("SELECT reason, code, field FROM hold WHERE closed_at IS NULL")
    assert tuple(row.values()) == case
    nothing = [floor.labels(void=True), floor.books("shopify", "fulfillments"), floor.rows("SELECT id FROM shipment")]
    assert nothing == [[], [], []], "a held order asks nothing of anybody"
    floor.work(notify_people)
    (card,) = floor.books("slack", "messages")
    address = recipient_of(f"slack_channel:{team}")
    assert address is not None and card["channel"] == address.address
    assert document["name"] in json.dumps(card["blocks"])


@pytest.mark.requirement("LANE-13")
def test_an_order_without_a_weight_is_held_until_the_catalog_knows_it(floor: ShopFloor) -> None:
    floor.stock(9, skus=("NEW-THING",), places=("warehouse_east",))
    order = an_order(("NEW-THING", 1))
    document = document_of(order)
    document["line_items"][0]["grams"] = 0
    floor.deliver(document)
    floor.work(*UP_TO_LABELS)
    assert floor.held(order) == ("inventory", "missing_weight", "lines[1].weight_grams")
    document["line_items"][0]["grams"] = 200
    floor.deliver(document | {"updated_at": LATER}, topic="orders/updated")
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    floor.books_agree()


@pytest.mark.requirement("OF-03")
def test_every_real_payload_is_taken_in_or_kept_with_a_reason(floor: ShopFloor) -> None:
    listed = csv.DictReader(shared_path("data/payloads/MANIFEST.csv").read_text(encoding="utf-8").splitlines())
    bodies = [shared_path(f"data/payloads/{row['file']}").read_bytes() for row in listed]
    assert len(bodies) == 41
    floor.deliver(*bodies)
    counts = floor.do(ingest_orders)
    rows = floor.rows("SELECT state, note, last_error FROM inbox")
    assert len(rows) == 41
    assert {row["state"] for row in rows} <= {"done", "dead"}
    assert all(row["last_error"] for row in rows if row["state"] == "dead")
    assert counts["received"] > 0 and sum(counts.values()) >= 41
    floor.work(*UP_TO_LABELS)
    stuck = floor.rows("SELECT id FROM orders WHERE step <> 'none'")
    assert stuck == []
