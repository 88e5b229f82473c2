"""Orders that wait for their labels exchange units: plans, stock and the record change together or not at all."""

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order
from shop_floor import fill

from connectors.database import orders
from connectors.database.invariants import offenders
from deployments.demo.orders import DemoOrder
from tasks.ingest import ingest_orders
from tasks.labelling.label import label_orders
from tasks.rerouting.swap import find_swaps, put_in_force, swap_splits
from tasks.routing.route import route_orders

WEST = {"region": "CA", "city": "Oakland", "postal_code": "94607"}


def crossed(opener: Opener, *, engine: str = "sqlite") -> tuple[ShopFloor, DemoOrder, DemoOrder]:
    """Newark's order is split because Oakland's took Newark's last lamp, before lamps came to Los Angeles."""
    floor = opener(
        engine,
        routing={"strategy": "cheapest", "fallback_chain": []},
        routing_rules=[],
        fulfillment={"auto_generate_labels": False},
    )
    fill(floor.database, 0)
    fill(floor.database, 1, skus=("LAMP-LED", "MUG-ENAMEL"), places=("warehouse_east",))
    oakland, newark = an_order(**WEST), an_order(("LAMP-LED", 1), ("MUG-ENAMEL", 1))
    floor.deliver(oakland)
    floor.work(ingest_orders, route_orders)
    fill(floor.database, 1, skus=("LAMP-LED",), places=("warehouse_la",))
    floor.deliver(newark)
    floor.work(ingest_orders, route_orders)
    assert places(floor, newark) == ["warehouse_east", "warehouse_la"]
    return floor, oakland, newark


def places(floor: ShopFloor, order: DemoOrder) -> list[str]:
    return sorted(shipment.location for shipment in floor.shipments(order))


@pytest.mark.postgresql
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_two_waiting_orders_exchange_units_and_neither_is_split_any_more(opener: Opener, engine: str) -> None:
    floor, oakland, newark = crossed(opener, engine=engine)
    before = floor.decision(oakland).plan.cost + floor.decision(newark).plan.cost
    assert floor.do(swap_splits) == {"swapped": 2, "cut": 0}
    assert (places(floor, oakland), places(floor, newark)) == (["warehouse_la"], ["warehouse_east"])
    after = floor.decision(oakland).plan.cost + floor.decision(newark).plan.cost
    assert after < before
    assert floor.reserved("LAMP-LED") == 2
    assert "system:swap-splits" in [event.actor for event in floor.timeline(newark)]
    assert floor.do(swap_splits) == {"swapped": 0, "cut": 0}
    with floor.database.read() as conn:
        assert offenders(conn, labels_by_hand=True) == {}


def test_an_order_that_moves_on_meanwhile_stops_the_whole_exchange(opener: Opener) -> None:
    floor, oakland, newark = crossed(opener)
    found = list(find_swaps(floor.shop).changed.values())
    floor.change("UPDATE orders SET version = version + 1 WHERE id = :id", id=floor.stored(oakland).id)
    assert put_in_force(floor.shop, "worker-2", found) == 0
    assert places(floor, newark) == ["warehouse_east", "warehouse_la"]
    assert floor.reserved("LAMP-LED") == 2


def test_an_order_somebody_is_at_is_left_alone(opener: Opener) -> None:
    floor, oakland, newark = crossed(opener)
    found = list(find_swaps(floor.shop).changed.values())
    assert orders.claim_order(floor.database, floor.shop.vault, floor.stored(oakland).id, "worker-1")
    assert put_in_force(floor.shop, "worker-2", found) == 0
    assert floor.do(swap_splits, "worker-2") == {"swapped": 0, "cut": 0}
    assert places(floor, newark) == ["warehouse_east", "warehouse_la"]


def test_an_order_with_a_label_or_a_case_is_never_exchanged(opener: Opener) -> None:
    floor, oakland, _ = crossed(opener)
    floor.change("UPDATE orders SET step = 'label' WHERE id = :id", id=floor.stored(oakland).id)
    floor.work(label_orders)
    assert floor.status(oakland) == "fulfilled"
    assert floor.do(swap_splits) == {"swapped": 0, "cut": 0}
    floor.work(*UP_TO_LABELS)
