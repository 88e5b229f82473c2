"""The exception notice and its recommended actions."""

from datetime import timedelta
from decimal import Decimal

import pytest
from notice_values import LETTERHEAD, NOW, sample_exception, sample_order, usd

from orderflow.address import Address
from orderflow.holds import Hold, HoldReason
from orderflow.notices.staff.escalation import Severity, escalates_at
from orderflow.notices.staff.exception_notice import exception_notice
from orderflow.notices.staff.recommended_actions import Offer, Shortage, shortage_actions
from orderflow.shipping.rate import ShippingSpeed
from orderflow.shipping.rate_card import RateCard, ServiceRates, Zone

SHORTAGE = Shortage(product="Widget Pro", ordered=12, left=11)


@pytest.mark.requirement("OUT-09", "OUT-10")
def test_the_notice_says_what_is_wrong_with_which_order():
    notice = sample_exception()
    assert notice.subject == "⚠️ Fulfillment Exception: Order #ORD-2024-087654"
    assert notice.status == "EXCEPTION – Inventory Mismatch"
    assert notice.detected_at == "2024-01-16 10:15 AM"
    assert (notice.customer, notice.value) == ("Dana Whitfield", "$2,450.00")
    assert notice.facts[-1] == "Widget Pro: 12 ordered, 11 left"


@pytest.mark.parametrize(
    ("left", "verdict"), [(11, "PARTIALLY FULFILLABLE"), (0, "NOT FULFILLABLE"), (12, "FULFILLABLE")]
)
def test_the_verdict_follows_from_what_is_left(left, verdict):
    assert Shortage(product="Widget Pro", ordered=12, left=left).verdict == verdict


@pytest.mark.requirement("OUT-12")
def test_the_missing_unit_comes_from_the_cheapest_place_at_the_price_of_its_rates():
    flat = ServiceRates(
        carrier="usps",
        service="ground",
        speed=ShippingSpeed.STANDARD,
        base=(Decimal("12"),),
        per_step=(Decimal("1"),),
        days=(3,),
    )
    rates = RateCard(currency="USD", zones=(Zone(to_km=1, name="all"),), services=(flat,))
    cost = rates.rates(Address(country="US"), Address(country="US"), 400)[0].cost
    offers = [
        Offer(location="Warehouse West", units=9, extra_cost=usd("15")),
        Offer(location="Warehouse Central", units=30, extra_cost=cost),
        Offer(location="Nearly Empty", units=0, extra_cost=usd("1")),
    ]
    actions = [action.sentence for action in shortage_actions(SHORTAGE, offers)]
    assert actions[:2] == [
        "Source the missing unit from Warehouse Central (+$12)",
        "Source the missing unit from Warehouse West (+$15)",
    ]
    assert not any("Nearly Empty" in action for action in actions)


@pytest.mark.requirement("OUT-13", "OUT-14")
def test_after_the_other_places_come_the_split_and_then_the_customer():
    split, contact = shortage_actions(SHORTAGE, [])
    assert split.sentence == "Split into 11 + 1 shipments"
    assert contact.sentence == "Contact the customer and offer a 10 % discount"
    assert contact.by_hand
    assert not split.by_hand


def test_nothing_is_recommended_where_nothing_is_missing_and_no_split_of_nothing():
    assert shortage_actions(Shortage(product="Widget Pro", ordered=2, left=2), []) == ()
    assert [a.code for a in shortage_actions(Shortage(product="Widget Pro", ordered=2, left=0), [])] == [
        "contact_customer"
    ]


@pytest.mark.requirement("OUT-15")
def test_the_notice_counts_down_to_the_ops_manager():
    notice = sample_exception()
    assert (notice.severity, notice.escalates_to, notice.escalates_in) == ("Medium", "Ops Manager", "1h 45m")
    assert notice.action_required == "Choose one of the recommended actions."


@pytest.mark.requirement("OUT-15")
def test_each_severity_has_its_own_patience():
    patience = {severity: escalates_at(severity, NOW) - NOW for severity in Severity}
    hours = {severity: wait / timedelta(hours=1) for severity, wait in patience.items()}
    assert hours == {Severity.LOW: 4, Severity.MEDIUM: 2, Severity.HIGH: 2}


def test_every_reason_of_a_hold_has_a_status_and_names_the_field_to_look_at():
    for reason in HoldReason:
        hold = Hold(reason=reason, code="x", field="lines[2].sku", detail="wrong", remedy="mend it")
        notice = exception_notice(
            sample_order(), hold, severity=Severity.LOW, detected_at=NOW, now=NOW, letterhead=LETTERHEAD
        )
        assert notice.status.startswith("EXCEPTION – ")
        assert "Look at lines[2].sku" in notice.facts
        assert notice.verdict == ""


@pytest.mark.requirement("OF-83")
def test_only_a_severe_exception_is_worth_a_text_message():
    assert sample_exception(Severity.MEDIUM).short_text == ""
    assert "#ORD-2024-087654" in sample_exception(Severity.HIGH).short_text
