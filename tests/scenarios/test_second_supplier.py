"""A product that stays short while its supplier keeps silent is asked for elsewhere, once, after 48 hours."""

import pytest
from scenarios.floor import Opener, ShopFloor

from connectors.database import cursors
from tasks.stock.alert import check_thresholds
from tasks.stock.second_supplier import ANSWERED, ask_second_suppliers
from tasks.telling.notify import notify_people

MUG = {"sku": "MUG-ENAMEL", "title": "Enamel mug", "weight_grams": 150, "supplier": "mugs@example.com"}
SECOND = {"second_supplier": "cups@example.com"}


def short_of_mugs(opener: Opener, **more: str) -> ShopFloor:
    """A shop with ten mugs left, whose supplier was mailed just now."""
    floor = opener(products=[MUG | more])
    floor.stock(10, skus=("MUG-ENAMEL",), places=("warehouse_east",))
    floor.run(check_thresholds.fn(floor.shop))
    floor.work(notify_people)
    return floor


def ask(floor: ShopFloor) -> int:
    return floor.run(ask_second_suppliers.fn(floor.shop))


def mailed(floor: ShopFloor, address: str) -> int:
    floor.work(notify_people)
    return sum(1 for mail in floor.books("sendgrid", "mails") if address in str(mail))


@pytest.mark.requirement("OF-72")
def test_the_second_supplier_is_asked_after_48_hours_and_not_before(opener: Opener) -> None:
    floor = short_of_mugs(opener, **SECOND)
    floor.clock.forward(hours=47)
    assert ask(floor) == 0
    floor.clock.forward(hours=1, seconds=1)
    assert ask(floor) == 1
    assert mailed(floor, "cups@example.com") == 1
    floor.clock.forward(hours=48)
    assert ask(floor) == 0, "once for one alert"
    assert mailed(floor, "cups@example.com") == 1


@pytest.mark.requirement("OF-72")
def test_stock_that_recovered_meanwhile_needs_no_second_supplier(opener: Opener) -> None:
    floor = short_of_mugs(opener, **SECOND)
    floor.clock.forward(hours=49)
    floor.stock(40, skus=("MUG-ENAMEL",), places=("warehouse_east",))
    assert ask(floor) == 0
    assert mailed(floor, "cups@example.com") == 0


@pytest.mark.requirement("OF-72")
def test_a_supplier_that_answered_keeps_the_order(opener: Opener) -> None:
    floor = short_of_mugs(opener, **SECOND)
    number = next(str(mail) for mail in floor.books("sendgrid", "mails") if "PO-" in str(mail))
    number = "PO-" + number.partition("PO-")[2][:8] + "-MUG-ENAMEL"
    with floor.database.write() as conn:
        assert cursors.take_slot(conn, ANSWERED, number)
    floor.clock.forward(hours=49)
    assert ask(floor) == 0


def test_where_there_is_no_second_supplier_operations_hears_of_it(opener: Opener) -> None:
    floor = short_of_mugs(opener)
    floor.clock.forward(hours=49)
    assert ask(floor) == 1
    floor.work(notify_people)
    assert any("has not answered for 48 hours" in row["text"] for row in floor.books("slack", "messages"))
