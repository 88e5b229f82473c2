"""Row 16, people's data: after an erasure nothing leads to the person, and what was decided still adds up."""

import json
from pathlib import Path

import pytest
from scenarios.floor import Opener, ShopFloor, an_order, document_of
from security.canaries import EMAIL, canaries_below, planted

from connectors.database import audit
from connectors.database.privacy import erase_orders, orders_of_person
from connectors.database.session.compaction import compact
from connectors.labels.files import delete_files
from tasks.ingest import ingest_orders

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture
def shop(opener: Opener, tmp_path: Path) -> ShopFloor:
    """A shop that has sent the person's order, held another of theirs before, and serves somebody else too."""
    floor = opener()
    floor.stock(50)
    return floor


def keys_of(tmp_path: Path) -> list[str]:
    return (tmp_path / "shop-0" / "secret.key").read_text().strip().split(",")


def erase(floor: ShopFloor, ids: list[str]) -> tuple[str, ...]:
    with floor.database.write() as conn:
        done = erase_orders(conn, ids, actor="user:kim", reason="asked by letter of 3 March")
    delete_files(done.files)
    compact(floor.database.url)
    return done.still_open


@pytest.mark.requirement("OF-160", "OMS-05")
def test_after_an_erasure_no_file_holds_the_person_not_even_sealed(shop: ShopFloor, tmp_path: Path) -> None:
    theirs, others = an_order(), an_order()
    shop.deliver(planted(document_of(theirs)), others)
    shop.work()
    assert shop.status(theirs) == "fulfilled"
    before = canaries_below(tmp_path, keys_of(tmp_path))
    assert before, "the database should hold the person, sealed"
    assert canaries_below(tmp_path / "reports") == {}
    assert erase(shop, [shop.stored(theirs).id]) == ()
    assert canaries_below(tmp_path, keys_of(tmp_path)) == {}
    assert shop.stored(others).order.customer.email == others.email


def test_after_an_erasure_the_order_the_decision_and_the_audit_trail_stay(shop: ShopFloor) -> None:
    order = an_order()
    shop.deliver(planted(document_of(order)))
    shop.work()
    before = shop.timeline(order)
    erase(shop, [shop.stored(order).id])
    after = shop.timeline(order)
    assert after[:-1] == before
    assert (after[-1].kind, after[-1].actor) == ("erased", "user:kim")
    with shop.database.read() as conn:
        assert audit.verify(conn)[1] == []
    stored = shop.stored(order)
    assert (stored.order.customer.name, stored.order.destination.postal_code) == ("", "")
    assert (stored.order.destination.region, stored.order.total.amount > 0) == ("NJ", True)
    assert shop.decision(order).plan.shipments
    shop.books_agree()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_person_is_found_by_mail_address_and_open_orders_are_left_alone(opener: Opener, engine: str) -> None:
    floor = opener(engine)
    floor.stock(50)
    sent, waiting = an_order(), an_order()
    floor.deliver(planted(document_of(sent)), planted(document_of(waiting, total_price="1200.00")), an_order())
    floor.work()
    with floor.database.read() as conn:
        found = orders_of_person(conn, floor.shop.vault, f" {EMAIL.upper()}")
    assert set(found) == {floor.stored(sent).id, floor.stored(waiting).id}
    assert erase(floor, found) == (floor.stored(waiting).id,)
    assert floor.stored(sent).order.customer.email == ""
    assert floor.stored(waiting).order.customer.email == EMAIL


def test_a_delivery_nobody_could_read_is_forgotten_with_its_order(shop: ShopFloor, tmp_path: Path) -> None:
    order = an_order()
    shop.deliver(planted(document_of(order)))
    shop.work()
    shop.deliver(planted(document_of(order, line_items="?")), topic="orders/updated")
    shop.work(ingest_orders)
    (letter,) = shop.rows("SELECT * FROM inbox WHERE state = 'dead'")
    assert "Canary" not in letter["last_error"]
    erase(shop, [shop.stored(order).id])
    assert canaries_below(tmp_path, keys_of(tmp_path)) == {}


def redaction(topic: str, *documents: dict) -> dict:
    """What Shopify's documentation of the privacy topics shows."""
    customer = {"id": 191167, "email": EMAIL, "phone": "555-625-1199"}
    shop = {"shop_id": 954889, "shop_domain": "northwind.myshopify.com"}
    ids = [document["id"] for document in documents]
    return {
        "customers/redact": shop | {"customer": customer, "orders_to_redact": ids},
        "customers/data_request": shop | {"customer": customer, "orders_requested": ids, "data_request": {"id": 9999}},
        "shop/redact": shop,
    }[topic]


@pytest.mark.parametrize("topic", ["customers/redact", "shop/redact"])
def test_shopifys_word_to_forget_is_carried_out(shop: ShopFloor, tmp_path: Path, topic: str) -> None:
    order = an_order()
    document = planted(document_of(order))
    shop.deliver(document)
    shop.work()
    shop.deliver(redaction(topic, document), topic=topic)
    shop.work()
    compact(shop.database.url)
    assert canaries_below(tmp_path, keys_of(tmp_path)) == {}
    assert shop.timeline(order)[-1].actor == "channel:shopify"


def test_what_shopify_asks_to_hand_out_goes_to_people_without_the_data(shop: ShopFloor) -> None:
    order = an_order()
    document = planted(document_of(order))
    shop.deliver(document)
    shop.work()
    shop.deliver(redaction("customers/data_request", document), topic="customers/data_request")
    shop.work()
    said = json.dumps(shop.books("slack", "messages")[-1])
    assert "orderflow customers export" in said
    assert "Canary" not in said and "canary" not in said


def test_an_order_still_open_when_shopify_says_forget_is_left_and_people_are_told(shop: ShopFloor) -> None:
    order = an_order()
    document = planted(document_of(order, total_price="1200.00"))
    shop.deliver(document)
    shop.work()
    shop.deliver(redaction("customers/redact", document), topic="customers/redact")
    shop.work()
    assert shop.stored(order).order.customer.email == EMAIL
    assert "orderflow customers erase" in json.dumps(shop.books("slack", "messages")[-1])
