"""The decision about one order: its outcome, and everything it must say to be made again."""

import hashlib
import tomllib
from pathlib import Path

import pytest
from routing_values import BOSTON, EAST, NOW, WEST, facts, level, line, order, routing, shipped, waiting

from orderflow.decision import Decision, Outcome
from orderflow.holds import HoldReason
from orderflow.inventory import StockView
from orderflow.order import PaymentStatus
from orderflow.policy import content_hash
from orderflow.routing import Override, decide
from orderflow.routing.version import CODE_VERSION
from orderflow.rules.actions import Actions
from orderflow.rules.rule import Rule
from orderflow.rules.rule_set import RuleSet
from orderflow.rulings.ruling import Rejection, Rulings

HELD = {EAST.code: {"SKU123": 2}, WEST.code: {"SKU123": 9}}
TWO = order(line(1, "SKU123", 2))
APPROVED = Rulings(approved=True)


def always(**actions) -> RuleSet:
    rule = Rule(id="r1", name="Rule one", conditions={"order_value": {"gte": 0}}, actions=Actions(**actions))
    return RuleSet(rules=(rule,))


def test_an_order_that_can_ship_ships_with_everything_written_down():
    here = facts(TWO, HELD)
    decision = decide(here, always(tags=("checked",)))
    assert (decision.source, decision.external_id, decision.outcome) == ("shopify", "1001", Outcome.SHIP)
    assert shipped(decision.plan) == {EAST.code: {1: 2}}
    assert decision.actions == {"tags": ["checked"]}
    assert [match.rule_id for match in decision.rules] == ["r1"]
    assert (decision.decided_at, decision.code_version) == (NOW, CODE_VERSION)
    assert (decision.policy_hash, decision.rule_set_hash) == (
        content_hash(here.policy),
        always(tags=("checked",)).content_hash,
    )


def test_a_decision_is_the_same_after_it_was_stored():
    decision = decide(facts(TWO, HELD), always(gift_wrap=True, shipping_speed="expedited"))
    assert Decision.model_validate_json(decision.model_dump_json()) == decision


def test_the_version_in_decisions_is_that_of_the_project():
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    assert project["version"] == CODE_VERSION


def test_only_the_stock_of_the_orders_products_is_recorded():
    levels = [level(WEST, "SKU123", 9), level(EAST, "SKU123", 2), level(EAST, "OTHER", 7)]
    decision = decide(facts(TWO, StockView(levels)), RuleSet())
    assert decision.stock == (levels[1], levels[0])


def test_an_order_nobody_can_ship_is_a_backorder_and_keeps_every_unit():
    decision = decide(facts(TWO, {EAST.code: {"SKU123": 0}}), RuleSet())
    assert (decision.outcome, waiting(decision.plan)) == (Outcome.BACKORDER, {1: 2})
    assert decision.reason == "Backordered: no location has 2 × SKU123"
    assert (decision.route_score, decision.confidence) == (None, None)


@pytest.mark.requirement("OF-73", "OF-129")
def test_where_backorders_are_not_allowed_units_nobody_has_hold_the_order():
    decision = decide(facts(TWO, {EAST.code: {"SKU123": 1}}, policy=routing(backorders="do_not_allow")), RuleSet())
    assert (decision.outcome, decision.hold.reason) == (Outcome.HOLD, HoldReason.INVENTORY)
    assert decision.hold.code == "insufficient_stock"
    assert "1 of SKU123 (line 1)" in decision.hold.detail
    assert (shipped(decision.plan), waiting(decision.plan)) == ({EAST.code: {1: 1}}, {1: 1})


@pytest.mark.parametrize(
    ("shop", "product", "outcome"),
    [
        ("do_not_allow", "allow_notify", Outcome.BACKORDER),
        ("allow_silent", "do_not_allow", Outcome.HOLD),
        ("do_not_allow", "unheard of", Outcome.HOLD),
    ],
)
def test_a_products_own_backorder_mode_beats_the_shops(shop, product, outcome):
    lines = line(1, "SKU123", attributes={"backorders": product})
    here = facts(order(lines), {EAST.code: {"SKU123": 0}}, policy=routing(backorders=shop))
    assert decide(here, RuleSet()).outcome is outcome


def test_a_rule_may_hold_an_order_and_a_person_may_let_it_pass():
    rules = always(hold="check_by_hand")
    held = decide(facts(TWO, HELD), rules)
    assert (held.outcome, held.hold.code, held.plan.shipments) == (Outcome.HOLD, "check_by_hand", ())
    assert "Rule one" in held.hold.detail
    assert decide(facts(TWO, HELD, rulings=APPROVED), rules).outcome is Outcome.SHIP


def test_an_approved_order_passes_the_outside_risk_but_not_a_broken_address():
    risky = order(line(1, "SKU123"), risk="high")
    assert decide(facts(risky, HELD, rulings=APPROVED), RuleSet()).outcome is Outcome.SHIP
    broken = risky.model_copy(update={"destination": BOSTON.model_copy(update={"city": ""})})
    assert decide(facts(broken, HELD, rulings=APPROVED), RuleSet()).hold.reason is HoldReason.ADDRESS


BY_HAND = Override(location=WEST.code, reason="the dock in the east is flooded", actor="user:ops-lead")


def test_a_persons_choice_beats_the_rules():
    decision = decide(facts(TWO, HELD, rulings=Rulings(override=BY_HAND)), always(warehouse=EAST.code))
    assert shipped(decision.plan) == {WEST.code: {1: 2}}
    assert decision.reason == "chosen by user:ops-lead"


def test_a_persons_choice_that_ships_nothing_is_held_and_says_why():
    decision = decide(facts(TWO, HELD | {WEST.code: {"SKU123": 0}}, rulings=Rulings(override=BY_HAND)), RuleSet())
    assert (decision.outcome, decision.hold.code) == (Outcome.HOLD, "override_impossible")
    assert "holds 0 of 2 SKU123" in decision.hold.detail
    assert waiting(decision.plan) == {1: 2}


def test_a_persons_choice_of_a_place_that_does_not_exist_is_held():
    nowhere = BY_HAND.model_copy(update={"location": "warehouse_moon"})
    decision = decide(facts(TWO, HELD, rulings=Rulings(override=nowhere)), RuleSet())
    assert (decision.hold.code, decision.hold.field) == ("unknown_location", "override.location")
    assert "warehouse_central, warehouse_east, warehouse_west" in decision.hold.remedy


def test_a_location_that_rejected_the_order_is_left_out():
    refused = Rejection(location=EAST.code, reason="no box fits", actor="partner:east")
    decision = decide(facts(TWO, HELD, rulings=Rulings(rejections=(refused,))), RuleSet())
    assert shipped(decision.plan) == {WEST.code: {1: 2}}


@pytest.mark.requirement("LANE-15")
@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"payment_status": PaymentStatus.FAILED}, "payment"),
        ({"destination": BOSTON.model_copy(update={"postal_code": ""})}, "address"),
        ({"lines": (line(1, "SKU999"),)}, "inventory"),
        ({"risk": "high"}, "fraud"),
    ],
)
def test_each_kind_of_exception_has_its_own_branch_and_no_shipment(broken, reason):
    decision = decide(facts(TWO.model_copy(update=broken), HELD), RuleSet())
    assert (decision.outcome, decision.hold.reason) == (Outcome.HOLD, reason)
    assert decision.reason.startswith(f"Held for {reason}: ")
    assert not decision.plan.shipments


@pytest.mark.requirement("OF-126", "LANE-14")
def test_a_thousand_decisions_of_the_same_facts_are_the_same_bytes():
    here = facts(order(line(1, "SKU123", 4)), HELD)
    made = {hashlib.sha256(decide(here, RuleSet()).model_dump_json().encode()).digest() for _ in range(1000)}
    assert len(made) == 1
