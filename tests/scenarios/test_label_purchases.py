"""Purchases: asked about, never repeated blindly; breakers, budgets and batches."""

import asyncio

import pytest
from scenarios.floor import UP_TO_LABELS, Opener, ShopFloor, an_order

from connectors.carriers.shippo import ShippoCarrier
from connectors.protocols import ShipmentRequest
from orderflow.shipping.rate import Rate
from tasks.buying.gather import gather_soon
from tasks.ingest import ingest_orders
from tasks.labelling.label import label_orders
from tasks.routing.route import route_orders

SHIPPO_ONLY = {"label_providers": ["shippo"], "label_limits_per_minute": {"shippo": 500}}


def planned(floor: ShopFloor, count: int) -> None:
    """That many orders, each planned and waiting for its label."""
    floor.stock(max(50, count))
    floor.deliver(*(an_order() for _ in range(count)))
    floor.work(ingest_orders, route_orders)


def ledger(floor: ShopFloor) -> list[tuple[str, int]]:
    return [(row["state"], row["attempt"]) for row in floor.rows("SELECT state, attempt FROM step ORDER BY step_key")]


def test_a_purchase_of_unknown_outcome_is_asked_about_and_adopted_when_it_is_found(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    planned(floor, 1)
    floor.sandbox.fail("shippo", "buy", "error_500_done", count=1)
    assert floor.do(label_orders) == {"postponed": 1}
    assert ledger(floor) == [("unknown", 1)]
    floor.clock.forward(seconds=10)
    assert floor.do(label_orders)["labelled"] == 1
    assert ledger(floor) == [("done", 1)]
    (label,) = floor.labels(void=True)
    (row,) = floor.rows("SELECT tracking_number, label_path FROM shipment")
    assert row["tracking_number"] == label["tracking_number"] and row["label_path"]
    floor.books_agree()


def test_a_purchase_nobody_knows_of_is_waited_for_and_then_made_once(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    planned(floor, 1)
    floor.sandbox.fail("shippo", "buy", "error_500", count=1)
    floor.do(label_orders)
    floor.clock.forward(seconds=60)
    floor.do(label_orders)
    assert (ledger(floor), floor.labels(void=True)) == ([("unknown", 1)], []), "it could still appear"
    floor.clock.forward(seconds=70)
    floor.work(label_orders)
    assert ledger(floor) == [("done", 2)]
    assert len(floor.labels(void=True)) == 1
    floor.books_agree()


def test_a_provider_that_keeps_failing_is_left_alone_and_the_other_one_sells(floor: ShopFloor) -> None:
    floor.sandbox.fail("shippo", "buy", "error_500")
    floor.sandbox.fail("shippo", "find", "error_500")
    for _ in range(8):
        planned(floor, 1)
        floor.do(label_orders)
    failing = [row for row in floor.rows("SELECT provider, state FROM step") if row["provider"] == "shippo"]
    assert 5 <= len(failing) < 8
    assert floor.books("shipstation", "labels"), "the other platform sold the rest"
    floor.sandbox.behave()
    for _ in range(6):
        floor.clock.forward(seconds=45)
        floor.work(label_orders)
    assert {row["status"] for row in floor.rows("SELECT status FROM orders")} == {"fulfilled"}
    floor.books_agree()


@pytest.mark.requirement("OF-154")
def test_labels_over_the_minutes_limit_wait_without_counting_as_tries(opener: Opener) -> None:
    floor = opener(fulfillment={"label_providers": ["shippo"], "label_limits_per_minute": {"shippo": 10}})
    planned(floor, 25)
    bought_by_second: dict[int, int] = {}
    for second in range(0, 240, 2):
        floor.do(label_orders)
        bought_by_second[second] = len(floor.labels())
        floor.clock.forward(seconds=2)
    for second, total in bought_by_second.items():
        assert total - bought_by_second.get(second - 60, 0) <= 10, f"in the minute up to second {second}"
    assert bought_by_second[238] == 25
    assert {row["attempt"] for row in floor.rows("SELECT attempt FROM step")} == {1}
    assert floor.rows("SELECT id FROM hold") == []
    floor.books_agree()


@pytest.mark.requirement("OF-55", "OF-107")
@pytest.mark.parametrize(
    ("settings", "batches"),
    [
        ({"batch_size": 50}, [50, 50, 20]),
        ({"batch_size": 80}, [80, 40]),
    ],
)
def test_labels_are_bought_in_batches_of_the_configured_size(
    opener: Opener, settings: dict[str, object], batches: list[int]
) -> None:
    floor = opener(
        fulfillment={"label_providers": ["rate_card"], "label_limits_per_minute": {"rate_card": 1000}, **settings}
    )
    planned(floor, 120)
    bought = [floor.do(label_orders).get("labelled") for _ in range(len(batches) + 1)]
    assert bought == [*batches, None]
    assert floor.do(label_orders) == {}


@pytest.mark.parametrize("settings", [{"batch_size": 10}, {"batch_processing": False}])
def test_several_batches_are_bought_in_one_go_up_to_a_limit(opener: Opener, settings: dict[str, object]) -> None:
    floor = opener(
        fulfillment={"label_providers": ["rate_card"], "label_limits_per_minute": {"rate_card": 1000}, **settings}
    )
    planned(floor, 30)
    bought = [floor.do(label_orders, limit=25).get("labelled") for _ in range(3)]
    assert bought == [25, 5, None]


@pytest.mark.requirement("OF-107")
def test_without_batch_processing_labels_are_bought_one_at_a_time(opener: Opener) -> None:
    floor = opener(fulfillment={"batch_processing": False})
    planned(floor, 2)
    assert [floor.do(label_orders)["labelled"] for _ in range(2)] == [1, 1]


@pytest.mark.requirement("OF-107")
def test_where_labels_are_made_by_hand_no_carrier_is_asked(opener: Opener) -> None:
    floor = opener(fulfillment={"auto_generate_labels": False})
    floor.stock(50)
    order = an_order()
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert (floor.status(order), floor.stored(order).step, floor.labels()) == ("awaiting_fulfillment", "none", [])
    assert [row.state for row in floor.shipments(order)] == ["pending"]
    assert floor.rows("SELECT step_key FROM step") == []


def test_an_order_that_is_not_bought_after_many_tries_goes_to_a_person(opener: Opener) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    planned(floor, 1)
    floor.sandbox.fail("shippo", "buy", "rate_limited", seconds=1)
    for _ in range(20):
        floor.do(label_orders)
        floor.clock.forward(minutes=6)
    (case,) = floor.rows("SELECT code, field FROM hold WHERE closed_at IS NULL")
    assert case == {"code": "label_failed", "field": "shipments[1]"}
    assert floor.labels(void=True) == []
    floor.books_agree()


def test_a_rule_that_wants_a_platform_nobody_enabled_is_shown_to_a_person(opener: Opener) -> None:
    rule = {"id": "r1", "name": "By ShipStation", "conditions": {}, "actions": {"label_provider": "shipstation"}}
    floor = opener(fulfillment=SHIPPO_ONLY, routing_rules=[rule])
    floor.stock(50)
    order = an_order()
    floor.deliver(order)
    floor.work(*UP_TO_LABELS)
    assert floor.held(order) == ("approval", "label_provider_not_enabled", "fulfillment.label_providers")


class PoisonousCarrier(ShippoCarrier):
    """A platform whose offers for one address bring our own code down."""

    async def rate(self, request: ShipmentRequest) -> tuple[Rate, ...]:
        if request.destination.city == "Poisonville":
            raise KeyError("a field nobody thought of")
        return await super().rate(request)


def test_an_order_our_own_code_fails_on_keeps_no_other_from_its_label(
    opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = opener(fulfillment=SHIPPO_ONLY)
    floor.stock(50)
    monkeypatch.setattr(floor.shop, "carrier", lambda _: PoisonousCarrier(PoisonousCarrier.Settings.load()))
    poisoned, healthy = an_order(city="Poisonville"), an_order()
    floor.deliver(poisoned, healthy)
    floor.work(*UP_TO_LABELS, rounds=1)
    assert floor.status(healthy) == "fulfilled"
    for _ in range(12):
        floor.clock.forward(minutes=6)
        floor.do(label_orders)
    assert floor.held(poisoned)[1] == "label_failed"
    floor.books_agree()


def test_an_order_planned_at_a_location_that_is_gone_keeps_no_other_from_its_label(floor: ShopFloor) -> None:
    lost, healthy = an_order(), an_order()
    floor.deliver(lost, healthy)
    floor.work(ingest_orders, route_orders)
    floor.change("UPDATE shipment SET location = 'warehouse_closed' WHERE id = :id", id=floor.shipments(lost)[0].id)
    floor.do(label_orders)
    assert floor.status(healthy) == "fulfilled"
    assert "warehouse_closed" in floor.stored(lost).last_error


def test_labels_that_nobody_outside_sells_have_no_limit(opener: Opener) -> None:
    floor = opener(fulfillment={"label_providers": ["rate_card"], "label_limits_per_minute": {"rate_card": 5}})
    planned(floor, 30)
    assert floor.do(label_orders) == {"labelled": 30}


@pytest.mark.parametrize("verb", ["rate", "buy"])
def test_orders_that_are_answered_are_saved_while_one_still_waits_for_its_carrier(
    opener: Opener, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setitem(gather_soon.__kwdefaults__, "patience_seconds", 0.2)
    floor = opener(fulfillment=SHIPPO_ONLY)
    planned(floor, 5)
    floor.sandbox.fail("shippo", verb, "slow", count=1, seconds=4)

    def fulfilled() -> int:
        return len(floor.rows("SELECT id FROM orders WHERE status = 'fulfilled'"))

    async def fulfilled_meanwhile() -> int:
        labelling = asyncio.ensure_future(label_orders.fn(floor.shop, "worker-1"))
        while not (fulfilled() or labelling.done()):
            await asyncio.sleep(0.05)
        meanwhile = fulfilled() if not labelling.done() else 0
        assert await labelling == {"labelled": 5}
        return meanwhile

    assert floor.run(fulfilled_meanwhile()) == 4
    assert fulfilled() == 5
    floor.books_agree()
