"""The figures of a week, exact on small weeks."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notice_values import sample_order

from orderflow.lifecycle import OrderStatus
from orderflow.money import Money
from orderflow.order import OrderLine
from orderflow.reports import (
    LocationLoad,
    OrderFigures,
    RuledOrder,
    ShipmentFigures,
    Stay,
    StockFigures,
    invoice_lines,
    operation_figures,
    rule_figures,
    stage_figures,
    weekly_figures,
)
from orderflow.reports.rule_figures import most_expensive

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


@pytest.mark.requirement("OF-86")
def test_a_location_without_a_capacity_has_no_utilisation_and_one_with_is_exact() -> None:
    loads = [
        LocationLoad(location="east", orders=150, working_days=5, capacity_per_day=40),
        LocationLoad(location="west", orders=150, working_days=5),
        LocationLoad(location="shut", orders=0, working_days=0, capacity_per_day=40),
    ]
    figures = operation_figures(loads, parcels=0, wrong_parcels=0, scores=[], stock=NOTHING)
    assert figures.utilisation_percent == {"east": Decimal("75.0"), "west": None, "shut": None}


NOTHING = StockFigures(shipped=0, on_hand_before=0, on_hand_after=0)


@pytest.mark.requirement("FUL-23", "FUL-24", "FUL-25")
def test_accuracy_satisfaction_and_turnover_are_what_their_formulas_say() -> None:
    stock = StockFigures(shipped=90, on_hand_before=100, on_hand_after=20)
    figures = operation_figures([], parcels=200, wrong_parcels=3, scores=[5, 4, 2], stock=stock)
    assert (figures.accuracy_percent, figures.satisfaction) == (Decimal("98.5"), Decimal("3.67"))
    assert figures.turnover == Decimal("1.50")
    empty = operation_figures([], parcels=0, wrong_parcels=0, scores=[], stock=NOTHING)
    assert (empty.accuracy_percent, empty.satisfaction, empty.turnover) == (None, None, None)


def ruled(*rules: str, fulfilled: bool = True, touched: bool = False, cost: str | None = "8.00") -> RuledOrder:
    return RuledOrder(rules=rules, fulfilled=fulfilled, touched=touched, cost=Money.of(cost, "USD") if cost else None)


@pytest.mark.requirement("OF-91")
def test_rules_are_ranked_by_success_and_by_what_their_orders_cost() -> None:
    orders = [
        *[ruled("cheap") for _ in range(4)],
        ruled("dear", cost="30.00"),
        ruled("dear", "cheap", cost="20.00", touched=True),
        ruled("never", fulfilled=False, cost=None),
        ruled(),
    ]
    figures = rule_figures(orders)
    assert [(rule.rule_id, rule.matched, rule.success_percent) for rule in figures] == [
        ("cheap", 5, Decimal("80.0")),
        ("dear", 2, Decimal("50.0")),
        ("never", 1, Decimal("0.0")),
    ]
    assert [(rule.rule_id, str(rule.average_cost)) for rule in most_expensive(figures)] == [
        ("dear", "$25.00"),
        ("cheap", "$10.40"),
    ]


@pytest.mark.requirement("OF-92")
@pytest.mark.parametrize("slow", [OrderStatus.PAID, OrderStatus.HOLD, OrderStatus.AWAITING_FULFILLMENT])
def test_the_stage_that_takes_most_of_the_time_is_named_first(slow: OrderStatus) -> None:
    stages = [OrderStatus.PAID, OrderStatus.HOLD, OrderStatus.AWAITING_FULFILLMENT, OrderStatus.FULFILLED]
    stays = [
        Stay(order_id=str(number), status=status, duration=timedelta(hours=10 if status is slow else 1))
        for number in range(10)
        for status in stages
    ]
    first, *others = stage_figures(stays)
    assert (first.status, first.average, first.share_percent) == (slow, timedelta(hours=10), Decimal("83.3"))
    assert {stage.status for stage in others} == set(stages[:3]) - {slow}, "what the carrier does is not ours"


def test_nine_in_ten_stays_are_no_longer_than_the_percentile_and_open_ones_count() -> None:
    stays = [
        Stay(order_id=str(n), status=OrderStatus.PAID, duration=timedelta(minutes=n), is_over=n < 10)
        for n in range(1, 11)
    ]
    (stage,) = stage_figures(stays)
    assert (stage.percentile_90, stage.longest, stage.waiting) == (timedelta(minutes=9), timedelta(minutes=10), 1)


@pytest.mark.requirement("OF-89")
@given(
    prices=st.lists(st.tuples(st.integers(0, 100_000), st.integers(1, 9)), min_size=1, max_size=5),
    shipping=st.integers(0, 5000),
    total=st.integers(0, 1_000_000),
)
def test_an_invoice_adds_up_to_the_orders_total_whatever_it_holds(
    prices: list[tuple[int, int]], shipping: int, total: int
) -> None:
    lines = tuple(
        OrderLine(line_no=n, line_id=str(n), sku="X", quantity=units, unit_price=Money.from_minor(minor, "USD"))
        for n, (minor, units) in enumerate(prices, 1)
    )
    order = sample_order(
        lines=lines, shipping_paid=Money.from_minor(shipping, "USD"), total=Money.from_minor(total, "USD")
    )
    invoice = invoice_lines(order, "o-1", "2026-W47", MONDAY.date())
    assert sum(line["amount"] for line in invoice) == order.total.amount
    assert all(line["unit_price"] * line["quantity"] == line["amount"] for line in invoice)
    assert len({line["key"] for line in invoice}) == len(invoice)
