"""Orders labelled by carriers directly: the file is kept, the number noted, and no answer lost buys twice unasked."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from carrier_variables import carrier_variables
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order
from shop_floor import RunningSandbox

from deployments.demo.orders import DemoOrder
from orderflow.money import Money
from tasks.labelling.adopt import FoundLabel, NothingToAdopt
from tasks.resolve import Answer

CARRIERS = [
    pytest.param("usps", marks=pytest.mark.requirement("OF-49", "OF-59")),
    pytest.param("fedex", marks=pytest.mark.requirement("OF-50", "OF-59")),
    pytest.param("ups", marks=pytest.mark.requirement("OF-51", "OF-59")),
    pytest.param("dhl", marks=pytest.mark.requirement("OF-52", "OF-59")),
    pytest.param("regional", marks=pytest.mark.requirement("OF-53")),
    pytest.param("easypost", marks=pytest.mark.requirement("OMS-12")),
]
ASKED = ["usps", "ups", "easypost", "regional"]

Opened = Callable[[str], ShopFloor]


@pytest.fixture
def floor_of(sandbox: RunningSandbox, opener: Opener, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens a stocked shop whose labels this carrier sells."""
    for name, value in carrier_variables(sandbox.address).items():
        monkeypatch.setenv(name, value)

    def opened(code: str) -> ShopFloor:
        floor = opener(fulfillment={"label_providers": [code], "label_limits_per_minute": {code: 500}})
        floor.stock(50)
        return floor

    return opened


def sold(floor: ShopFloor, code: str, order: DemoOrder) -> list[dict]:
    """What the carrier's own books say it sold for the order."""
    mine = {row.id for row in floor.shipments(order)}
    return [row for row in floor.books(code, "labels") if row["reference"] in mine]


def work_for_minutes(floor: ShopFloor, minutes: int) -> None:
    for _ in range(2 * minutes):
        floor.work(*UP_TO_LABELS, rounds=2)
        floor.clock.forward(seconds=30)


@pytest.mark.parametrize("code", CARRIERS)
def test_an_order_gets_a_label_whose_file_is_kept_and_whose_number_is_noted(floor_of: Opened, code: str) -> None:
    floor, order = floor_of(code), an_order()
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert floor.status(order) == "fulfilled"
    (shipment,) = floor.shipments(order)
    (label,) = sold(floor, code, order)
    assert (shipment.provider, shipment.tracking_number) == (code, label["tracking_number"])
    assert str(shipment.cost.amount) == label["cost"]
    file = Path(shipment.label_path).read_bytes()
    assert file.startswith(b"%PDF")
    assert sha256(file).hexdigest() in shipment.label_path


@pytest.mark.parametrize("code", ASKED)
def test_a_purchase_whose_answer_was_lost_is_found_and_kept(floor_of: Opened, code: str) -> None:
    floor, order = floor_of(code), an_order()
    floor.sandbox.fail(code, "buy", "error_500_done", count=1)
    floor.deliver(order)
    work_for_minutes(floor, 3)
    assert floor.status(order) == "fulfilled"
    (shipment,) = floor.shipments(order)
    (label,) = sold(floor, code, order)
    assert label["tracking_number"] == shipment.tracking_number
    assert str(shipment.cost.amount) == label["cost"], "the quoted price, where the carrier shows none again"


def test_a_carrier_that_bills_no_unused_label_is_simply_asked_for_another(floor_of: Opened) -> None:
    floor, order = floor_of("fedex"), an_order()
    floor.sandbox.fail("fedex", "buy", "error_500_done", count=1)
    floor.deliver(order)
    work_for_minutes(floor, 3)
    assert floor.status(order) == "fulfilled"
    (shipment,) = floor.shipments(order)
    lost, kept = sold(floor, "fedex", order)
    assert shipment.tracking_number == kept["tracking_number"] != lost["tracking_number"]


def test_a_carrier_that_can_neither_be_asked_nor_trusted_leaves_the_case_to_a_person(floor_of: Opened) -> None:
    floor, order = floor_of("dhl"), an_order()
    floor.sandbox.fail("dhl", "buy", "error_500_done", count=1)
    floor.deliver(order)
    work_for_minutes(floor, 3)
    assert floor.held(order)[1] == "label_may_exist"
    assert len(sold(floor, "dhl", order)) == 1


@pytest.mark.requirement("LANE-12")
def test_a_person_who_found_the_label_enters_it_and_no_other_is_bought(floor_of: Opened) -> None:
    floor, order = floor_of("dhl"), an_order()
    floor.sandbox.fail("dhl", "buy", "error_500_done", count=1)
    floor.deliver(order)
    work_for_minutes(floor, 3)
    (lost,) = sold(floor, "dhl", order)
    with pytest.raises(ValueError, match="adopt needs the tracking number"):
        floor.answer(order, Answer.ADOPT)
    found = FoundLabel(lost["tracking_number"], "dhl", Money.of(lost["cost"], "USD"))
    floor.answer(order, Answer.ADOPT, label=found, note="found in the portal")
    work_for_minutes(floor, 1)
    (shipment,) = floor.shipments(order)
    assert (floor.status(order), floor.hold(order)) == ("fulfilled", None)
    assert (shipment.tracking_number, shipment.cost) == (lost["tracking_number"], found.cost)
    assert len(sold(floor, "dhl", order)) == 1
    assert ("adopt", "user:kim", "found in the portal") in [(e.kind, e.actor, e.note) for e in floor.timeline(order)]


@pytest.mark.requirement("LANE-12")
def test_a_person_who_found_no_label_has_one_bought(floor_of: Opened) -> None:
    floor, order = floor_of("dhl"), an_order()
    floor.sandbox.fail("dhl", "buy", "error_500", count=1)
    floor.deliver(order)
    work_for_minutes(floor, 3)
    assert (floor.held(order)[1], sold(floor, "dhl", order)) == ("label_may_exist", [])
    floor.answer(order, Answer.NO_LABEL)
    work_for_minutes(floor, 1)
    assert (floor.status(order), len(sold(floor, "dhl", order))) == ("fulfilled", 1)


def test_an_answer_about_a_label_is_refused_where_no_purchase_is_in_doubt(floor_of: Opened) -> None:
    floor, order = floor_of("dhl"), an_order(("TENT-4P", 4))
    floor.deliver(order)
    work_for_minutes(floor, 1)
    with pytest.raises(NothingToAdopt, match="0 label purchases of unknown outcome"):
        floor.answer(order, Answer.NO_LABEL)
    assert floor.hold(order) is not None, "the case stays open"
