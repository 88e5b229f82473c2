"""What keeps an order from being routed, named so that an operations engineer knows what to do."""

import pytest
from routing_values import BOSTON, EAST, NOW, TORONTO, facts, level, line, order, routing

from orderflow.decision import Outcome
from orderflow.holds import Hold, HoldReason
from orderflow.inventory import StockView
from orderflow.order import PaymentStatus
from orderflow.routing import decide
from orderflow.routing.readiness import problem_of
from orderflow.rules.rule_set import RuleSet

HELD = {EAST.code: {"SKU123": 9, "SKU456": 9}}


def found(order_, **changes) -> tuple[str, str, str]:
    hold = problem_of(facts(order_, HELD, **changes))
    assert hold is not None
    assert hold.detail
    assert hold.remedy
    return hold.reason.value, hold.code, hold.field


def test_an_order_with_everything_in_place_has_no_problem():
    assert problem_of(facts(order(), HELD)) is None


@pytest.mark.requirement("LANE-11")
def test_there_are_exactly_five_reasons_and_free_text_is_refused():
    assert {reason.value for reason in HoldReason} == {"payment", "address", "inventory", "fraud", "approval"}
    with pytest.raises(ValueError, match="payment"):
        Hold(reason="looks odd", code="x", detail="x", remedy="x")


@pytest.mark.requirement("OF-75", "LANE-15")
def test_a_failed_payment_is_a_payment_case():
    assert found(order(payment_status=PaymentStatus.FAILED)) == ("payment", "payment_failed", "payment_status")
    assert found(order(payment_status=PaymentStatus.REFUNDED)) == ("payment", "refunded", "payment_status")


@pytest.mark.parametrize("status", [PaymentStatus.PENDING, PaymentStatus.AUTHORIZED])
def test_an_unpaid_order_is_no_problem_but_is_not_shipped_either(status):
    unpaid = facts(order(payment_status=status), HELD)
    assert problem_of(unpaid) is None
    decision = decide(unpaid, RuleSet())
    assert (decision.outcome, decision.hold.code) == (Outcome.HOLD, "awaiting_payment")
    assert not decision.plan.shipments


def test_a_part_given_back_does_not_unpay_an_order():
    partly = facts(order(payment_status=PaymentStatus.PARTIALLY_REFUNDED), HELD)
    assert decide(partly, RuleSet()).outcome is Outcome.SHIP


def test_a_cancelled_order_is_held():
    assert found(order(cancelled_at=NOW))[1] == "cancelled"


def test_an_order_of_downloads_only_has_nothing_to_ship():
    assert found(order(line(1, "EBOOK", requires_shipping=False))) == ("inventory", "nothing_to_ship", "lines")


@pytest.mark.requirement("OF-74")
@pytest.mark.parametrize("name", ["country", "line1", "city", "region", "postal_code"])
def test_an_address_without_a_needed_field_is_an_address_case_naming_the_field(name):
    incomplete = BOSTON.model_copy(update={name: ""})
    assert found(order(destination=incomplete)) == ("address", "missing_address_field", f"destination.{name}")


def test_a_country_without_regions_needs_none():
    lisbon = BOSTON.model_copy(update={"country": "PT", "region": "", "postal_code": ""})
    assert found(order(destination=lisbon))[1] == "customs_not_ready"


@pytest.mark.requirement("OF-74")
def test_what_the_address_check_found_is_an_address_case():
    wrong = ("postal_code", "02110 is not in California")
    hold = problem_of(facts(order(), HELD, address_problem=wrong))
    assert (hold.reason, hold.code, hold.field) == (HoldReason.ADDRESS, "invalid_address", "destination.postal_code")
    assert "02110 is not in California" in hold.detail


@pytest.mark.requirement("OF-73")
@pytest.mark.parametrize("sku", ["SKU999", ""])
def test_a_product_nobody_knows_is_an_inventory_case_naming_the_line(sku):
    lines = (line(1, "SKU123"), line(2, sku))
    known = frozenset({("SKU123", "")})
    assert found(order(*lines), known_skus=known) == ("inventory", "unknown_sku", "lines[2].sku")


def test_a_known_product_that_is_stocked_nowhere_yet_is_no_problem():
    assert problem_of(facts(order(line(1, "NEW")), HELD, known_skus=frozenset({("NEW", "")}))) is None


def test_a_variant_nobody_knows_is_not_its_product():
    stock = StockView([level(EAST, "TEE", 9, variant="S")])
    assert problem_of(facts(order(line(1, "TEE", variant="S")), stock)) is None
    assert problem_of(facts(order(line(1, "TEE", variant="XXL")), stock)).code == "unknown_sku"


@pytest.mark.parametrize("grams", [None, 0])
def test_a_line_without_a_weight_is_an_inventory_case_naming_the_line(grams):
    assert found(order(line(1, "SKU123", weight_grams=grams))) == (
        "inventory",
        "missing_weight",
        "lines[1].weight_grams",
    )


def test_a_product_fixed_to_a_place_that_does_not_exist_is_told():
    lost = line(1, "SKU123", attributes={"fulfilled_by": "warehouse_moon"})
    assert found(order(lost)) == ("inventory", "unknown_source", "lines[1].attributes.fulfilled_by")


@pytest.mark.requirement("OF-149")
def test_only_an_outside_signal_makes_a_fraud_case():
    assert found(order(risk="high")) == ("fraud", "high_risk", "risk")
    assert problem_of(facts(order(risk="medium"), HELD)) is None


@pytest.mark.requirement("OF-149")
def test_an_order_that_looks_suspicious_to_us_is_not_judged():
    odd = order(line(1, "SKU123", 9), note="ship fast!!!", destination=BOSTON.model_copy(update={"name": "N. N."}))
    assert problem_of(facts(odd, HELD)) is None


@pytest.mark.requirement("OF-158", "OF-136")
def test_an_order_abroad_without_customs_papers_is_an_exception_and_not_a_label():
    abroad = order(destination=TORONTO)
    assert found(abroad) == ("address", "customs_not_ready", "destination.country")
    decision = decide(facts(abroad, HELD), RuleSet())
    assert (decision.outcome, decision.plan.shipments) == (Outcome.HOLD, ())


@pytest.mark.requirement("OF-158")
def test_with_customs_papers_only_locations_that_ship_abroad_are_used():
    policy, abroad = routing(customs_ready=True), order(destination=TORONTO)
    home_only = decide(facts(abroad, HELD, policy=policy), RuleSet())
    assert home_only.outcome is Outcome.BACKORDER
    able = EAST.model_copy(update={"ships_international": True})
    assert decide(facts(abroad, HELD, policy=policy, locations=(able,)), RuleSet()).outcome is Outcome.SHIP
