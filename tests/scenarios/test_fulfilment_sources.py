"""Who sends what: our own people, a 3PL, a drop-shipper, and all of them in one order; each through the real tasks."""

import pytest
from partner_values import happens, jobs, locations_of, products_at
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order
from shop_floor import place

from connectors.database.invariants import offenders
from orderflow.location import LocationKind

KINDS = {"warehouse_central": "3pl", "warehouse_la": "dropship"}
SOURCES = products_at(**{"TENT-2P": "warehouse_central", "STOVE-GAS": "warehouse_la", "LAMP-LED": "warehouse_east"})


@pytest.fixture
def floor(opener: Opener) -> ShopFloor:
    """In-house in the east, a 3PL in the middle, a drop-shipper in the west; each product has one source."""
    places = locations_of(kinds=KINDS, warehouse_central="shipbob", warehouse_la="flexport")
    opened = opener(locations=places, products=SOURCES)
    opened.stock(50)
    return opened


def taken(floor: ShopFloor, *lines: tuple[str, int]):
    order = an_order(*lines)
    place(floor.sandbox, order)
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    return order


def consistent(floor: ShopFloor) -> bool:
    with floor.database.read() as conn:
        return offenders(conn) == {}


def sources(floor: ShopFloor, order) -> dict[str, LocationKind]:
    return {line.sku: row.source for row in floor.shipments(order) for line in row.lines if row.state != "voided"}


@pytest.mark.parametrize(
    ("sku", "kind", "partner"),
    [
        pytest.param("STOVE-GAS", "dropship", "flexport", marks=pytest.mark.requirement("OF-60")),
        pytest.param("TENT-2P", "3pl", "shipbob", marks=pytest.mark.requirement("OF-61", "OMS-17")),
        pytest.param("LAMP-LED", "warehouse", "", marks=pytest.mark.requirement("OF-62")),
    ],
)
def test_an_order_of_one_source(floor, sku, kind, partner):
    order = taken(floor, (sku, 2))
    assert sources(floor, order) == {sku: LocationKind(kind)}
    if partner:
        (job,) = jobs(floor, partner, order)
        assert (job["lines"], floor.labels()) == ({sku: 2}, [])
        happens(floor, partner, order, "shipped")
    else:
        assert [len(jobs(floor, one)) for one in ("shipbob", "flexport", "warehouse")] == [0, 0, 0]
        assert len(floor.labels(order)) == 1
    floor.work()
    assert (floor.status(order), consistent(floor)) == ("fulfilled", True)


@pytest.mark.requirement("OF-63")
def test_an_order_of_all_three_sources_is_sent_as_each_is_ready(floor):
    order = taken(floor, ("LAMP-LED", 1), ("TENT-2P", 1), ("STOVE-GAS", 1))
    kinds = {"LAMP-LED": "warehouse", "TENT-2P": "3pl", "STOVE-GAS": "dropship"}
    assert sources(floor, order) == {sku: LocationKind(kind) for sku, kind in kinds.items()}
    floor.work()
    assert (floor.status(order), len(floor.labels(order))) == ("partially_fulfilled", 1)
    assert [len(floor.outbox(kind="shipment", state="sent"))] == [1]
    happens(floor, "flexport", order, "shipped")
    assert floor.status(order) == "partially_fulfilled"
    happens(floor, "shipbob", order, "shipped")
    assert (floor.status(order), consistent(floor)) == ("fulfilled", True)
    assert len(floor.outbox(kind="shipment", state="sent")) == 3
    assert {row.carrier for row in floor.shipments(order)} >= {"ups"}


def test_what_one_partner_rejects_goes_from_elsewhere_while_the_others_go_on(opener):
    floor = opener(locations=locations_of(warehouse_central="shipbob", warehouse_la="flexport"))
    floor.stock(5, skus=("TENT-2P",), places=("warehouse_central",))
    floor.stock(5, skus=("STOVE-GAS",), places=("warehouse_la",))
    order = taken(floor, ("TENT-2P", 2), ("STOVE-GAS", 1))
    floor.stock(9, places=("warehouse_east",))
    happens(floor, "shipbob", order, "rejected", reason="damaged")
    rows = {
        (row.location, row.state): [(line.sku, line.quantity) for line in row.lines] for row in floor.shipments(order)
    }
    assert rows == {
        ("warehouse_central", "voided"): [("TENT-2P", 2)],
        ("warehouse_la", "pending"): [("STOVE-GAS", 1)],
        ("warehouse_east", "labelled"): [("TENT-2P", 2)],
    }
    happens(floor, "flexport", order, "shipped")
    assert (floor.status(order), consistent(floor)) == ("fulfilled", True)


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_units_a_partner_lacks_go_from_elsewhere_and_it_sends_the_rest(opener, engine):
    floor = opener(engine, locations=locations_of(warehouse_east="warehouse"))
    floor.stock(5, places=("warehouse_east",))
    order = taken(floor, ("LAMP-LED", 3), ("TENT-2P", 1))
    floor.stock(9, places=("warehouse_central",))
    happens(floor, "warehouse", order, "confirmed", refused={"LAMP-LED": 2}, reason="two are broken")
    rows = {
        (row.location, row.state): [(line.sku, line.quantity) for line in row.lines] for row in floor.shipments(order)
    }
    assert rows == {
        ("warehouse_east", "pending"): [("LAMP-LED", 1), ("TENT-2P", 1)],
        ("warehouse_central", "labelled"): [("LAMP-LED", 2)],
    }
    assert floor.status(order) == "partially_fulfilled"
    happens(floor, "warehouse", order, "shipped")
    assert (floor.status(order), consistent(floor)) == ("fulfilled", True)
    assert floor.reserved("LAMP-LED") == floor.reserved("TENT-2P") == 0


def test_what_nobody_else_has_is_waited_for_while_the_rest_is_sent(opener):
    floor = opener(locations=locations_of(warehouse_east="warehouse"))
    floor.stock(5, places=("warehouse_east",))
    order = taken(floor, ("LAMP-LED", 3), ("TENT-2P", 1))
    happens(floor, "warehouse", order, "confirmed", refused={"LAMP-LED": 3}, reason="none left")
    happens(floor, "warehouse", order, "shipped")
    assert consistent(floor)
    (row,) = [row for row in floor.shipments(order) if row.state == "labelled"]
    assert [(line.sku, line.quantity) for line in row.lines] == [("TENT-2P", 1)]
    assert floor.status(order) == "partially_fulfilled"
