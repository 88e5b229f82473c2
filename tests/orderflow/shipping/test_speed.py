"""How fast an order is asked to be, and the day it is due."""

from datetime import UTC, date, datetime

import pytest
from routing_values import BOSTON, SAN_DIEGO, facts, order, routing

from orderflow.order import Customer
from orderflow.rules.actions import Actions
from orderflow.shipping.rate import ShippingSpeed
from orderflow.shipping.speed import due_day, service_wish, speed_bought


@pytest.mark.parametrize(
    ("method", "speed"),
    [
        ("Next Day Air", "overnight"),
        ("UPS 2-Day", "expedited"),
        ("Express", "expedited"),
        ("Saver", "economy"),
        ("USPS Ground", "standard"),
        ("Pickup at the store", None),
        ("", None),
    ],
)
def test_the_name_of_the_shipping_method_tells_the_speed(method, speed):
    assert speed_bought(order(shipping_method=method)) == speed


def test_a_rule_goes_before_the_customer_and_the_customer_before_the_shop():
    bought = facts(order(shipping_method="overnight", customer=Customer(preferred_carrier="UPS")), {})
    assert service_wish(bought, Actions(shipping_speed="economy", carrier="dhl")).speed is ShippingSpeed.ECONOMY
    assert service_wish(bought, Actions(carrier="dhl")).carrier == "dhl"
    assert service_wish(bought, Actions()).speed is ShippingSpeed.OVERNIGHT
    assert service_wish(bought, Actions()).carrier == "ups"
    assert service_wish(facts(order(), {}), Actions()).speed is ShippingSpeed.STANDARD


def due(now=None, destination=BOSTON, policy=None, requested_by=None, **actions) -> date:
    here = facts(order(destination=destination, requested_by=requested_by), {}, policy=policy or routing())
    here = here if now is None else type(here)(**{**vars(here), "now": now})
    wanted = Actions(**actions)
    return due_day(here, service_wish(here, wanted))


def test_the_due_day_counts_business_days_of_the_asked_speed():
    assert due() == date(2026, 3, 17)
    assert due(shipping_speed="expedited") == date(2026, 3, 12)
    assert due(delivery_days=4) == date(2026, 3, 16)


@pytest.mark.requirement("OF-36")
def test_today_is_counted_by_the_destinations_clock():
    late = datetime(2026, 3, 11, 5, 0, tzinfo=UTC)  # the 11th in Boston, still the 10th in San Diego
    assert due(late, BOSTON, delivery_days=1) == date(2026, 3, 12)
    assert due(late, SAN_DIEGO, delivery_days=1) == date(2026, 3, 11)


def test_the_day_a_customer_asked_for_may_only_bring_the_due_day_forward():
    assert due(requested_by=datetime(2026, 3, 13, 16, 0, tzinfo=UTC)) == date(2026, 3, 13)
    assert due(requested_by=datetime(2026, 3, 30, 16, 0, tzinfo=UTC)) == date(2026, 3, 17)


def test_a_speed_the_policy_leaves_out_has_the_usual_days():
    assert due(policy=routing(speed_days={"overnight": 1})) == date(2026, 3, 17)
