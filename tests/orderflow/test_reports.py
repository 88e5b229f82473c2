"""The figures of a week, exact on small weeks."""

from datetime import UTC, datetime, timedelta

import pytest

from orderflow.money import Money
from orderflow.reports import OrderFigures, ShipmentFigures, weekly_figures

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


def order(number: str, hours: float | None, *, touched: bool = False, shipments: int = 1) -> OrderFigures:
    done = MONDAY + timedelta(hours=hours) if hours is not None else None
    return OrderFigures(
        number=number, status="x", paid_at=MONDAY, fulfilled_at=done, shipments=shipments, touched=touched
    )


@pytest.mark.requirement("OF-85", "FUL-22")
def test_the_average_fulfilment_time_is_that_of_the_fulfilled_orders() -> None:
    week = weekly_figures([order("1", 2), order("2", 4), order("3", None)], [], {})
    assert week.average_fulfillment == timedelta(hours=3)
    assert (week.orders, week.fulfilled) == (3, 2)


@pytest.mark.requirement("OF-138")
@pytest.mark.parametrize(("touched", "percent", "in_band"), [(1, 90.0, False), (3, 70.0, True), (4, 60.0, False)])
def test_the_share_without_a_person_is_held_against_the_band(touched: int, percent: float, in_band: bool) -> None:
    week = weekly_figures([order(str(n), 1, touched=n < touched) for n in range(10)], [], {})
    assert (week.automatic_percent, week.in_band) == (percent, in_band)


@pytest.mark.requirement("OF-87")
def test_each_carrier_has_its_labels_cost_and_average() -> None:
    shipments = [
        ShipmentFigures(carrier=carrier, service="x", location="east", cost=Money.of(cost, "USD"))
        for carrier, cost in [("usps", "8.00"), ("usps", "9.00"), ("ups", "20.00")]
    ]
    ups, usps = weekly_figures([], shipments, {}).carriers
    assert (usps.labels, str(usps.cost), str(usps.average_cost)) == (2, "$17.00", "$8.50")
    assert (ups.labels, str(ups.average_cost)) == (1, "$20.00")


def test_a_week_without_orders_has_no_averages() -> None:
    week = weekly_figures([], [], {})
    assert week.average_fulfillment is None and week.automatic_percent is None and week.in_band is None
