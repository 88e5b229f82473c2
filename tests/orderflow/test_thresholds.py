"""The ladder of stock thresholds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.thresholds import (
    StockAlertAction,
    StockStatus,
    crossings,
    ladder,
    percentage_rung,
    stock_status,
)

LADDER = ladder(low=20, critical=5)


def raised_at(units: int) -> set[str]:
    return {rung.code for rung in crossings(LADDER, units, frozenset())[0]}


@pytest.mark.requirement("OF-27", "OF-28", "OF-106")
def test_below_twenty_units_asks_for_an_sms_and_a_purchase_order_draft() -> None:
    assert raised_at(20) == set()
    assert raised_at(19) == {"low"}
    low = LADDER[0]
    assert low.actions == (StockAlertAction.SMS, StockAlertAction.PURCHASE_ORDER_DRAFT)


@pytest.mark.requirement("OF-47")
def test_fifteen_units_or_fewer_ask_for_a_mail_to_the_supplier() -> None:
    assert "supplier" not in raised_at(16)
    assert "supplier" in raised_at(15)


@pytest.mark.requirement("OF-48")
def test_five_units_or_fewer_go_to_the_manager() -> None:
    assert "critical" not in raised_at(6)
    assert "critical" in raised_at(5)


@pytest.mark.requirement("OF-45")
@given(st.lists(st.integers(0, 40), max_size=30))
def test_a_rung_is_raised_once_until_the_level_recovers_above_it(levels: list[int]) -> None:
    raised: frozenset[str] = frozenset()
    below = False
    for units in levels:
        new, recovered = crossings(LADDER, units, raised)
        if any(rung.code == "low" for rung in new):
            assert units < 20 and not below
        below = units < 20
        raised = (raised | {rung.code for rung in new}) - recovered


@pytest.mark.requirement("OF-131", "OF-133")
def test_a_percentage_rung_is_that_share_of_the_demand_of_a_month() -> None:
    reorder = percentage_rung("reorder", 20, 100, [StockAlertAction.PURCHASE_ORDER_DRAFT])
    critical = percentage_rung("critical", 5, 100, [StockAlertAction.MANAGER])
    assert reorder.reached(20) and not reorder.reached(21)
    assert critical.reached(5) and not critical.reached(6)


@pytest.mark.requirement("OF-118")
@pytest.mark.parametrize(
    ("units", "status"),
    [((47, 12), StockStatus.GOOD), ((3, 28), StockStatus.LOW), ((0, 8), StockStatus.CRITICAL)],
)
def test_the_three_example_rows_have_the_three_statuses(units: tuple[int, ...], status: StockStatus) -> None:
    assert stock_status(units, low=20, critical=5) is status
