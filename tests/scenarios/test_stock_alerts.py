"""Stock that falls is told of once per rung, and kept in step with the channels."""

import httpx
import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order

from tasks.ingest import ingest_orders
from tasks.log import log_decisions
from tasks.routing.route import route_orders
from tasks.stock.alert import check_thresholds
from tasks.stock.count import count_stock
from tasks.sync import push_availability
from tasks.telling.notify import notify_people

MUG = {"sku": "MUG-ENAMEL", "title": "Enamel mug", "weight_grams": 150, "supplier": "mugs@example.com"}
HERE = "warehouse_east"


@pytest.fixture
def shelf(opener: Opener) -> ShopFloor:
    """A shop that sells one thing."""
    return opener(products=[MUG], notifications={"channels": {"inventory": ["slack_channel:inventory"]}})


def fall_to(floor: ShopFloor, units: int) -> dict[str, int]:
    """The shelf holds that many; what was raised, after everybody was told."""
    floor.clock.forward(seconds=1)
    floor.stock(units, skus=("MUG-ENAMEL",), places=(HERE,))
    raised = floor.run(check_thresholds.fn(floor.shop))
    floor.work(notify_people, log_decisions)
    return raised


@pytest.mark.requirement("OF-27", "OF-17", "OF-83")
def test_below_twenty_units_the_manager_gets_one_text_until_the_stock_recovers(shelf: ShopFloor) -> None:
    texts: list[int] = []
    for units in (20, 19, 18, 20, 19):
        fall_to(shelf, units)
        texts.append(len(shelf.books("twilio", "texts")))
    assert texts == [0, 1, 1, 1, 2]
    (first, _) = shelf.books("twilio", "texts")
    assert first["recipient"] == "+12125550100"
    assert "MUG-ENAMEL" in first["text"] and "19" in first["text"]


@pytest.mark.requirement("OF-28", "OF-45", "OF-16")
def test_below_twenty_units_a_purchase_order_is_drafted_in_the_sheet_once(shelf: ShopFloor) -> None:
    fall_to(shelf, 20)
    assert shelf.outbox(kind="purchase_order") == []
    fall_to(shelf, 19)
    fall_to(shelf, 18)
    shelf.change("UPDATE outbox SET state = 'new' WHERE kind = 'purchase_order'")
    shelf.work(log_decisions)
    (sheet,) = [one for one in shelf.sandbox.books("google_sheets", "sheets") if one["title"] == "Purchase Orders"]
    (draft,) = [row for row in sheet["rows"] if row[2] == "MUG-ENAMEL" and row[5] == MUG["supplier"]]
    assert draft[6] == "draft" and int(draft[4]) > 0


@pytest.mark.requirement("OF-47")
def test_at_fifteen_units_the_supplier_is_mailed_once(shelf: ShopFloor) -> None:
    mails: list[int] = []
    for units in (16, 15, 14):
        fall_to(shelf, units)
        mails.append(len(shelf.books("sendgrid", "mails")))
    assert mails == [0, 1, 1]
    (mail,) = shelf.books("sendgrid", "mails")
    assert mail["recipient"] == MUG["supplier"] and "MUG-ENAMEL" in mail["text"]


def test_the_suppliers_mail_and_the_draft_speak_of_the_same_order(shelf: ShopFloor) -> None:
    fall_to(shelf, 10)
    (mail,) = shelf.books("sendgrid", "mails")
    sheets = shelf.sandbox.books("google_sheets", "sheets")
    numbers = {row[1] for one in sheets if one["title"] == "Purchase Orders" for row in one["rows"]}
    assert mail["subject"].split()[2] in numbers


@pytest.mark.requirement("OF-48", "OF-81")
def test_at_five_units_the_manager_is_told_once(shelf: ShopFloor) -> None:
    cards: list[int] = []
    for units in (6, 5, 4):
        fall_to(shelf, units)
        cards.append(len(shelf.books("slack", "messages")))
    assert cards == [0, 1, 1]
    assert shelf.books("slack", "messages")[0]["channel"] == "#inventory"


def test_units_promised_to_orders_count_as_gone(floor: ShopFloor) -> None:
    floor.stock(0)
    floor.stock(20, skus=("LAMP-LED",), places=(HERE,))
    floor.run(check_thresholds.fn(floor.shop))
    floor.deliver(an_order(("LAMP-LED", 1)))
    floor.work(ingest_orders, route_orders)
    raised = floor.run(check_thresholds.fn(floor.shop))
    assert raised == {"low": 1}


def shown(floor: ShopFloor, sku: str) -> dict[str, int]:
    """What the simulated Shopify promises of an SKU, by our code of the place."""
    levels = floor.run(floor.shop.channel("shopify").stock_levels())
    ours = {place.channel_ids["shopify"]: code for code, place in floor.shop.locations.items()}
    return {ours[level.location]: level.available for level in levels if level.sku == sku and level.location in ours}


@pytest.mark.requirement("OF-43", "OF-26")
def test_a_channel_that_shows_another_number_is_noted_and_put_right(floor: ShopFloor) -> None:
    ids = {code: place.channel_ids["shopify"] for code, place in floor.shop.locations.items()}
    levels = [{"location": ids[code], "sku": "LAMP-LED", "on_hand": 77} for code in ids]
    httpx.post(f"{floor.sandbox.address}/shopify/_stock", json={"levels": levels}).raise_for_status()
    drifts = floor.run(count_stock.fn(floor.shop, "shopify"))
    lamps = [(drift.location, drift.shown, drift.ours) for drift in drifts if drift.sku == "LAMP-LED"]
    assert sorted(lamps) == [(code, 77, 50) for code in sorted(ids)]
    floor.run(push_availability.fn(floor.shop, everything=True))
    assert shown(floor, "LAMP-LED") == dict.fromkeys(ids, 50)
    assert [d for d in floor.run(count_stock.fn(floor.shop, "shopify")) if d.sku == "LAMP-LED"] == []


@pytest.mark.requirement("FUL-20")
def test_what_an_order_takes_is_told_to_the_channels_even_after_one_that_failed(floor: ShopFloor) -> None:
    ids = {code: place.channel_ids["shopify"] for code, place in floor.shop.locations.items()}
    levels = [{"location": ids[code], "sku": "LAMP-LED", "on_hand": 50} for code in ids]
    httpx.post(f"{floor.sandbox.address}/shopify/_stock", json={"levels": levels}).raise_for_status()
    floor.run(push_availability.fn(floor.shop, everything=True))
    order = an_order(("LAMP-LED", 3))
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    floor.sandbox.fail("shopify", "*", "error_500")
    assert floor.run(push_availability.fn(floor.shop))["shopify"] == 0
    floor.sandbox.behave()
    assert floor.run(push_availability.fn(floor.shop))["shopify"] > 0
    assert shown(floor, "LAMP-LED")[floor.shipments(order)[0].location] == 47
