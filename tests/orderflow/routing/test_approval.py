"""Which routed orders wait for a person, and which go on by themselves."""

import pytest
from routing_values import EAST, TORONTO, WEST, facts, line, order, routing

from orderflow.decision import Outcome
from orderflow.holds import HoldReason
from orderflow.money import Money
from orderflow.order import Customer
from orderflow.policy import ApprovalPolicy, RoutingPolicy
from orderflow.routing import decide
from orderflow.rules.actions import Actions
from orderflow.rules.rule import Rule
from orderflow.rules.rule_set import RuleSet
from orderflow.rulings.ruling import Rulings

HELD = {EAST.code: {"SKU123": 9}, WEST.code: {"SKU456": 9}}
VIP = Customer(tier="VIP")


def always(**actions) -> RuleSet:
    """A rule set whose one rule applies to every order of the tests."""
    rule = Rule(id="always", name="Always", conditions={"order_value": {"gte": 0}}, actions=Actions(**actions))
    return RuleSet(rules=(rule,))


def decided(order_, rules=None, *, policy=None, **ruled):
    here = facts(order_, HELD, policy=policy or RoutingPolicy(), rulings=Rulings(**ruled))
    return decide(here, rules or RuleSet())


@pytest.mark.requirement("OF-68", "OF-135")
@pytest.mark.parametrize(("total", "outcome"), [("499.99", Outcome.SHIP), ("500.00", Outcome.HOLD)])
def test_an_order_below_the_limit_goes_on_and_one_at_it_waits(total, outcome):
    decision = decided(order(total=Money.of(total, "USD")))
    assert decision.outcome is outcome
    assert decision.plan.shipments, "the stock of the plan is reserved while it waits"


@pytest.mark.requirement("OF-68")
def test_an_approved_order_ships_with_the_same_plan():
    dear = order(total=Money.of(5000, "USD"))
    waiting, approved = decided(dear), decided(dear, approved=True)
    assert (waiting.hold.reason, waiting.hold.code) == (HoldReason.APPROVAL, "high_value")
    assert waiting.hold.detail == "the value $5,000.00 reaches the limit of $500.00."
    assert (approved.outcome, approved.plan) == (Outcome.SHIP, waiting.plan)


@pytest.mark.requirement("OF-68")
def test_a_value_in_another_currency_cannot_be_compared_and_waits():
    decision = decided(order(total=Money.of(1, "EUR")))
    assert decision.hold.code == "no_limit_in_currency"
    assert decision.hold.detail == "the value EUR 1.00 cannot be compared with the limit, $500.00."


def test_without_a_limit_no_value_waits():
    policy = RoutingPolicy(approval=ApprovalPolicy(limit=None))
    assert decided(order(total=Money.of(10**6, "USD")), policy=policy).outcome is Outcome.SHIP


@pytest.mark.requirement("OF-136")
def test_an_order_abroad_waits_for_approval_even_with_customs_papers():
    able = EAST.model_copy(update={"ships_international": True})
    policy = RoutingPolicy(customs_ready=True)
    decision = decide(facts(order(destination=TORONTO), HELD, locations=(able,), policy=policy), RuleSet())
    assert (decision.outcome, decision.hold.code) == (Outcome.HOLD, "international")


@pytest.mark.requirement("OF-137")
def test_a_split_plan_waits_for_approval():
    decision = decided(order(line(1, "SKU123"), line(2, "SKU456")))
    assert decision.hold.code == "split_plan"
    assert "warehouse_east, warehouse_west" in decision.hold.detail
    assert len(decision.plan.shipments) == 2


@pytest.mark.requirement("OF-137")
def test_a_vip_order_waits_unless_the_rule_says_it_may_pass():
    assert decided(order(customer=VIP)).hold.code == "vip"
    assert decided(order(customer=VIP), always(auto_approve=True)).outcome is Outcome.SHIP


def test_letting_a_vip_pass_does_not_let_a_high_value_pass():
    dear = order(customer=VIP, total=Money.of(500, "USD"))
    assert decided(dear, always(auto_approve=True)).hold.code == "high_value"


def test_a_rule_may_require_approval_by_itself():
    decision = decided(order(), always(approval="required"))
    assert (decision.hold.code, decision.hold.detail) == ("required_by_rule", "a rule requires approval.")


def test_every_reason_for_approval_is_told():
    decision = decided(order(customer=VIP, total=Money.of(900, "USD")), always(approval="required"))
    assert decision.hold.code == "required_by_rule"
    assert decision.hold.detail == (
        "a rule requires approval; the value $900.00 reaches the limit of $500.00; the customer is of tier VIP."
    )


def test_an_order_with_nothing_to_ship_yet_needs_no_approval():
    here = facts(order(total=Money.of(900, "USD")), {EAST.code: {"SKU123": 0}}, policy=RoutingPolicy())
    assert decide(here, RuleSet()).outcome is Outcome.BACKORDER


def test_several_parcels_from_one_place_are_not_a_split():
    heavy = order(line(1, "SKU123", 3, weight_grams=20_000))
    decision = decided(heavy, policy=routing(approval=ApprovalPolicy()))
    assert (decision.outcome, len(decision.plan.shipments)) == (Outcome.SHIP, 3)
