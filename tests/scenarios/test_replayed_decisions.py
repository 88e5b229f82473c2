"""Whatever the route task decided can be decided again from its record, byte for byte."""

import itertools
from typing import Any

import pytest
from scenarios.floor import Opener, ShopFloor, an_order

from connectors.database import decisions
from connectors.database.decisions import RecordedDecision
from orderflow.replay.comparison import first_difference
from tasks.ingest import ingest_orders
from tasks.routing.route import route_orders

SKUS = ("LAMP-LED", "MUG-ENAMEL", "TENT-4P")
CANARIES = ("Zebediah", "Quux", "99 Nightjar Lane", "zq@canary.example")


def recorded(floor: ShopFloor, **wanted: Any) -> list[RecordedDecision]:
    with floor.database.read() as conn:
        return list(decisions.recorded_decisions(conn, **wanted))


def all_kinds_of_orders(count: int) -> list[Any]:
    """Orders of one to three lines to places near and far, some of them odd."""
    places = itertools.cycle(
        [
            {},
            {"city": "Los Angeles", "region": "CA", "postal_code": "90012"},
            {"city": "Chicago", "region": "IL", "postal_code": "60601", "tags": ("VIP",)},
            {"postal_code": "00000"},
        ]
    )
    lines = itertools.cycle(
        [lines for size in (1, 2, 3) for lines in itertools.combinations(zip(SKUS, (1, 3, 2), strict=True), size)]
    )
    return [an_order(*next(lines), **next(places)) for _ in range(count)]


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_every_decision_of_the_route_task_is_reproduced_byte_for_byte(opener: Opener, engine: str) -> None:
    floor = opener(engine, locations=limited(opener), routing={"approval": {"limit": None, "complex_plan": False}})
    floor.stock(12)
    floor.deliver(*all_kinds_of_orders(120))
    floor.work(ingest_orders, route_orders)
    found = recorded(floor)
    outcomes = {one.inputs.decide().outcome.value for one in found}
    assert (len(found), outcomes) == (120, {"ship", "backorder", "hold"})
    assert [first_difference(one.document, one.inputs.decide()) for one in found] == [None] * 120


def limited(opener: Opener) -> list[dict[str, Any]]:
    """The demonstration's locations, each of which takes a few parcels a day: then the load of the batch counts."""
    places = opener().shop.configuration.locations
    return [place.model_dump(mode="json") | {"capacity_per_day": 25} for place in places]


def test_a_record_holds_no_personal_data_and_the_basis_is_stored_once(floor: ShopFloor) -> None:
    name, surname, street, mail = CANARIES
    order = an_order(name=f"{name} {surname}", line1=street, email=mail)
    floor.deliver(order, an_order(), an_order())
    floor.work(ingest_orders, route_orders)
    (one,) = recorded(floor, order_id=floor.stored(order).id)
    known = str(one.inputs.facts.order)
    assert floor.stored(order).order.customer.email == mail
    assert not [canary for canary in CANARIES if canary in known or canary in one.document]
    assert len(floor.rows("SELECT hash FROM decision_basis")) == 1


def test_a_decision_is_pinned_to_the_rules_of_its_time(floor: ShopFloor) -> None:
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    (one,) = recorded(floor, order_id=floor.stored(order).id)
    assert one.inputs.basis == floor.shop.basis
    cheaper = one.inputs.basis.with_strategy("fastest")
    assert first_difference(one.document, one.inputs.on(cheaper).decide()) is not None


def test_a_decision_of_an_earlier_release_is_still_read_and_counted(floor: ShopFloor) -> None:
    order = an_order()
    floor.deliver(order)
    floor.work(ingest_orders, route_orders)
    before = floor.decision(order)
    floor.change("UPDATE decision SET basis = NULL, inputs = NULL")
    assert floor.decision(order) == before
    assert recorded(floor) == []
    with floor.database.read() as conn:
        assert decisions.count_unrecorded(conn, days=1) == 1


def test_only_the_days_asked_for_are_read(floor: ShopFloor) -> None:
    floor.deliver(an_order())
    floor.work(ingest_orders, route_orders)
    assert len(recorded(floor, days=1)) == 1
    floor.clock.forward(hours=48)
    assert recorded(floor, days=1) == []
    assert len(recorded(floor, days=3)) == 1
