"""An experiment through the real route task: arms, their strategies, what is noted, replay, and the stop."""

from collections import Counter
from typing import Any

import pytest
from scenarios.floor import Opener, ShopFloor, an_order

from connectors.database import decisions, experiments
from connectors.database.orders import claim_order, release_lease
from deployments.demo.orders import DemoOrder
from orderflow.experiments.assignment import arm_of
from orderflow.experiments.settings import Arm
from orderflow.experiments.tally import Observation
from orderflow.explanation import explain
from orderflow.replay.comparison import first_difference
from tasks.ingest import ingest_orders
from tasks.replan import replan
from tasks.routing.route import route_orders
from tasks.watch import watch

TRIAL = {"name": "autumn", "strategies": ["cheapest", "fastest"], "share_percent": 50}
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


def opened(opener: Opener, engine: str = "sqlite", **changes: Any) -> ShopFloor:
    floor = opener(engine, experiment=TRIAL | changes)
    floor.stock(5000)
    return floor


def routed(floor: ShopFloor, count: int, *, first_number: int = 910_001) -> list[DemoOrder]:
    """So many orders, decided; their numbers, and so their arms, are the same each time."""
    orders = [an_order(number=number) for number in range(first_number, first_number + count)]
    floor.deliver(*orders)
    floor.work(ingest_orders, route_orders)
    return orders


def noted(floor: ShopFloor) -> dict[str, dict[str, Any]]:
    return {row["order_id"]: row for row in floor.rows("SELECT * FROM experiment_order")}


@pytest.mark.requirement("OF-148")
@pytest.mark.parametrize("engine", ENGINES)
def test_each_order_is_decided_by_the_strategy_of_its_arm_and_noted_with_what_it_came_to(
    opener: Opener, engine: str
) -> None:
    floor = opened(opener, engine)
    orders = routed(floor, 60)
    experiment = floor.shop.configuration.experiment
    assert experiment
    used = {Arm.A: "cheapest", Arm.B: "fastest", Arm.ACTIVE: "weighted_score"}
    rows = noted(floor)
    for order in orders:
        stored, decision = floor.stored(order), floor.decision(order)
        arm = arm_of(experiment, stored.order)
        row = rows[stored.id]
        assert decision.arm == f"autumn/{arm}"
        assert f"Decided as arm autumn/{arm} of an experiment." in explain(decision)
        assert (row["arm"], row["strategy"]) == (arm.value, used[arm])
        assert decision.plan.cost and row["cost_minor"] == decision.plan.cost.minor
    with floor.database.read() as conn:
        found = experiments.tallies(conn, "autumn", "USD")
        assert experiments.tallies(conn, "autumn", "EUR")[Arm.A].cost.count == 0
    counted = Counter(row["arm"] for row in rows.values())
    assert {arm.value: tally.orders for arm, tally in found.items()} == counted
    assert set(counted) == {"a", "b", "active"}
    costs = [row["cost_minor"] for row in rows.values() if row["arm"] == "a"]
    assert (found[Arm.A].cost.total, found[Arm.A].cost.squares) == (sum(costs), sum(cost * cost for cost in costs))


def test_decisions_of_every_arm_are_replayed_byte_for_byte(opener: Opener) -> None:
    floor = opened(opener)
    routed(floor, 40)
    with floor.database.read() as conn:
        found = list(decisions.recorded_decisions(conn))
    assert len({one.inputs.basis.policy.strategy for one in found}) == 3
    assert [first_difference(one.document, one.inputs.decide()) for one in found] == [None] * 40
    assert len(floor.rows("SELECT hash FROM decision_basis")) == 3


def test_an_order_that_is_decided_again_keeps_its_arm_and_is_counted_once(opener: Opener) -> None:
    floor = opened(opener)
    orders = routed(floor, 12)
    before = {order: floor.decision(order).arm for order in orders}
    floor.change("UPDATE experiment_order SET cost_minor = 1")
    for order in orders:
        stored = claim_order(floor.database, floor.shop.vault, floor.stored(order).id, "person-1")
        assert stored
        replan(floor.shop, "person-1", stored, "user:kim")
        release_lease(floor.database, stored.id, "person-1")
    floor.work(route_orders)
    assert {order: floor.decision(order).arm for order in orders} == before
    rows = noted(floor).values()
    assert len(rows) == 12
    assert all(row["cost_minor"] > 1 for row in rows)


def test_without_an_experiment_nothing_is_noted_and_no_decision_has_an_arm(floor: ShopFloor) -> None:
    orders = routed(floor, 2)
    assert [floor.decision(order).arm for order in orders] == ["", ""]
    assert "experiment" not in "\n".join(explain(floor.decision(orders[0])))
    assert noted(floor) == {}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_watch_stops_an_experiment_that_harms_and_no_order_gets_an_arm_any_more(
    opener: Opener, engine: str
) -> None:
    floor = opened(opener, engine, guardrails={"minimum_orders": 30})
    orders = routed(floor, 150)
    assert floor.run(watch.fn(floor.shop))["stopped_experiments"] == 0
    dear = [
        (floor.stored(order).id, Observation(arm=Arm.B, strategy="fastest", cost_minor=9900, currency="USD"))
        for order in orders
        if floor.decision(order).arm == "autumn/b"
    ]
    with floor.database.write() as conn:
        experiments.note_orders(conn, "autumn", dear)
    assert floor.run(watch.fn(floor.shop))["stopped_experiments"] == 1
    assert floor.run(watch.fn(floor.shop))["stopped_experiments"] == 0
    with floor.database.read() as conn:
        kept = experiments.stop_of(conn, "autumn")
    assert kept and kept.actor == "system:watch-orders"
    assert kept.reason.startswith("arm b (fastest) costs")
    later = routed(floor, 8, first_number=920_001)
    assert {floor.decision(order).arm for order in later} == {""}
    assert {floor.decision(order).policy_hash for order in later} == {floor.decision(later[0]).policy_hash}
