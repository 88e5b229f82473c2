"""Route score and confidence are recomputed here from the trace by their published formulas."""

from datetime import timedelta

import pytest
from routing_values import CENTRAL, EAST, NOW, WEST, facts, level, line, order, routing

from orderflow.inventory import StockView
from orderflow.policy import ScoreWeights
from orderflow.routing import decide
from orderflow.routing.score import route_score
from orderflow.rules.rule_set import RuleSet

HELD = {EAST.code: {"SKU123": 9}, CENTRAL.code: {"SKU123": 9}, WEST.code: {"SKU123": 9}}


def decided(held=HELD, **changes):
    return decide(facts(order(), held, **changes), RuleSet())


@pytest.mark.requirement("OUT-08")
def test_the_best_possible_route_scores_ten():
    assert decided().route_score == 10.0


@pytest.mark.requirement("OUT-08")
def test_the_route_score_is_the_place_between_the_worst_and_the_best_possible():
    decision = decided(policy=routing(strategy="priority", primary_location=WEST.code))
    # West: 50 for stock, 50 for speed, -11 for cost; best 100 - 5; worst -100 + 0 - 11 - 30 - 10.
    assert decision.route_score == round(10 * (89 + 151) / (95 + 151), 1) == 9.8
    assert decision.route_score == route_score(decision.plan.candidates, ScoreWeights())


@pytest.mark.requirement("OUT-08")
def test_the_confidence_grows_with_the_lead_over_the_next_location():
    close, alone = decided(), decided({EAST.code: {"SKU123": 9}})
    assert close.confidence == round(0.5 + 0.5 * (95 - 92) / 50, 2) == 0.53
    assert alone.confidence == 1.0


@pytest.mark.requirement("OUT-08")
def test_the_confidence_falls_with_the_age_of_the_count():
    def confidence(age: timedelta) -> float:
        counted = StockView([level(EAST, "SKU123", 9, counted_at=NOW - age)])
        return decide(facts(order(), counted), RuleSet()).confidence

    assert confidence(timedelta(minutes=60)) == 1.0
    assert confidence(timedelta(minutes=60 + 690)) == 0.75
    assert confidence(timedelta(hours=24)) == confidence(timedelta(days=9)) == 0.5


def test_the_oldest_count_is_the_one_that_tells():
    counts = [level(EAST, "SKU123", 9, counted_at=NOW), level(WEST, "SKU123", 0, counted_at=NOW - timedelta(days=2))]
    assert decide(facts(order(), StockView(counts)), RuleSet()).confidence == 0.5


def test_where_no_weight_counts_every_route_is_the_best_one():
    nothing = dict.fromkeys(ScoreWeights.model_fields, 0)
    assert decided(policy=routing(weights=nothing)).route_score == 10.0


def test_a_location_preferred_against_the_points_leaves_little_confidence():
    decision = decided(policy=routing(strategy="priority", primary_location=WEST.code))
    assert decision.confidence == 0.5


def test_a_split_scores_the_mean_of_its_locations_by_units():
    held = {EAST.code: {"SKU123": 3}, WEST.code: {"SKU123": 1}}
    decision = decide(facts(order(line(1, "SKU123", 4)), held), RuleSet())
    mean = {c.location: c.score for c in decision.plan.candidates if c.chosen}
    assert mean == {EAST.code: -56.5, WEST.code: -62.5}
    points = (3 * -56.5 + 1 * -62.5) / 4
    assert decision.route_score == round(10 * (points + 152.5) / (93.5 + 152.5), 1)
