"""What may be said of an experiment, and when it is stopped."""

import random
from collections.abc import Mapping

import pytest
from routing_values import EAST, WEST, facts, line, order, routing

from orderflow.experiments.estimates import Sample
from orderflow.experiments.guardrail import broken_guardrail
from orderflow.experiments.report import Verdict, report
from orderflow.experiments.settings import Arm, Experiment, Guardrails
from orderflow.experiments.tally import Observation, Tally
from orderflow.routing import decide
from orderflow.rules.rule_set import RuleSet

TRIAL = Experiment(name="autumn", strategies=("cheapest", "fastest"), minimum_orders=200)


def tally(arm: Arm, orders: int, cost: float, *, backordered: int = 0, seed: int = 1, spread: float = 200) -> Tally:
    by = random.Random(f"{seed}{arm}")
    costs = [round(by.gauss(cost, spread)) for _ in range(orders)]
    squares = sum(one * one for one in costs)
    known = Sample(count=orders, total=sum(costs), squares=squares)
    return Tally(arm=arm, orders=orders, cost=known, days=known, split=orders // 10, backordered=backordered)


def arms(a: float, b: float, active: float = 1000, *, orders: int = 500) -> Mapping[Arm, Tally]:
    return {
        Arm.A: tally(Arm.A, orders, a),
        Arm.B: tally(Arm.B, orders, b),
        Arm.ACTIVE: tally(Arm.ACTIVE, 18 * orders, active),
    }


def verdict(tallies: Mapping[Arm, Tally]) -> Verdict:
    return report(TRIAL, tallies, currency="USD", active_strategy="weighted_score").verdict


@pytest.mark.requirement("OF-148")
def test_the_cheaper_arm_is_named_once_there_are_enough_orders() -> None:
    assert verdict(arms(900, 1000)) is Verdict.A_IS_CHEAPER
    assert verdict(arms(1000, 900)) is Verdict.B_IS_CHEAPER
    assert verdict(arms(1000, 1000)) is Verdict.NO_DIFFERENCE


def test_no_verdict_comes_before_the_minimum_however_clear_the_figures_are() -> None:
    assert verdict(arms(100, 1000, orders=199)) is Verdict.TOO_FEW
    assert verdict(arms(100, 1000, orders=200)) is Verdict.A_IS_CHEAPER
    assert verdict({}) is Verdict.TOO_FEW


def test_no_verdict_is_given_on_arms_that_did_not_get_their_shares() -> None:
    unfair = {**arms(900, 1000), Arm.A: tally(Arm.A, 700, 900)}
    assert verdict(unfair) is Verdict.MISMATCH


def test_a_report_is_in_the_currency_with_an_interval_for_every_figure() -> None:
    found = report(TRIAL, arms(900, 1000), currency="USD", active_strategy="weighted_score")
    (a, b, active) = found.arms
    assert [arm.strategy for arm in found.arms] == ["cheapest", "fastest", "weighted_score"]
    assert a.cost and b.cost and active.cost and found.cost_difference
    assert a.cost.value == pytest.approx(9, abs=0.3)
    assert a.cost.low < a.cost.value < a.cost.high
    assert found.cost_difference.value == pytest.approx(a.cost.value - b.cost.value)
    assert a.split and a.split.value == 0.1
    assert a.backordered and a.backordered.value == 0


def test_an_arm_that_costs_much_more_than_the_active_rules_stops_the_experiment() -> None:
    assert broken_guardrail(TRIAL, arms(1000, 1150)) is None
    said = broken_guardrail(TRIAL, arms(1000, 1400))
    assert said and said.startswith("arm b (fastest) costs 4") and "20 % is allowed" in said


def test_an_arm_that_backorders_more_stops_the_experiment() -> None:
    waiting = {**arms(1000, 1000), Arm.A: tally(Arm.A, 500, 1000, backordered=60)}
    said = broken_guardrail(TRIAL, waiting)
    assert said and said.startswith("arm a (cheapest) backorders 12.0 points more")


def test_no_arm_is_judged_before_its_minimum() -> None:
    assert broken_guardrail(TRIAL, arms(1000, 5000, orders=99)) is None
    assert broken_guardrail(TRIAL, arms(1000, 5000, orders=100)) is not None


def test_a_harmless_experiment_that_is_looked_at_again_and_again_is_rarely_stopped() -> None:
    strict = TRIAL.model_copy(update={"guardrails": Guardrails(cost_rise_percent=0, backorder_rise_points=0)})
    stopped = sum(_ever_stopped(strict, seed) for seed in range(200))
    assert stopped <= 10  # 5 %, of experiments that are looked at ten times


def _ever_stopped(experiment: Experiment, seed: int) -> bool:
    by = random.Random(seed)
    sums = {arm: [0, 0, 0] for arm in Arm}
    for _ in range(10):
        for arm, orders in ((Arm.A, 100), (Arm.B, 100), (Arm.ACTIVE, 400)):
            costs = [round(by.gauss(1000, 300)) for _ in range(orders)]
            known = sums[arm]
            sums[arm] = [known[0] + orders, known[1] + sum(costs), known[2] + sum(c * c for c in costs)]
        tallies = {
            arm: Tally(arm=arm, orders=count, cost=Sample(count=count, total=total, squares=squares))
            for arm, (count, total, squares) in sums.items()
        }
        if broken_guardrail(experiment, tallies):
            return True
    return False


def test_what_is_noted_of_an_order_is_what_its_decision_came_to() -> None:
    held = {"warehouse_east": {"SKU123": 1}, "warehouse_west": {"SKU456": 2}}
    known = facts(order(line(1, "SKU123"), line(2, "SKU456", 3)), held, locations=(EAST, WEST), policy=routing())
    decision = decide(known, RuleSet())
    noted = Observation.of(Arm.B, "fastest", decision)
    assert decision.plan.cost
    assert (noted.cost_minor, noted.currency) == (decision.plan.cost.minor, "USD")
    assert (noted.locations, noted.backordered) == (2, 1)
    assert noted.days == max(shipment.estimated_days or 0 for shipment in decision.plan.shipments)
    nothing = Observation.of(Arm.A, "cheapest", decide(facts(order(), {}), RuleSet()))
    assert (nothing.cost_minor, nothing.days, nothing.locations) == (None, None, 0)
