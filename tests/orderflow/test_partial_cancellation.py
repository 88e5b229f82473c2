"""What is given back for cancelled units, to the minor unit, in however many steps they are cancelled."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.backorders.cancellation import cancelled
from orderflow.backorders.modes import mode_of
from orderflow.money import Money
from orderflow.order import Order, OrderLine
from orderflow.policy import BackorderMode

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def an_order(*lines: tuple[int, str], total: str, shipping: str = "0.00", currency: str = "USD") -> Order:
    made = [
        OrderLine(
            line_no=number, line_id=f"l{number}", sku=f"S{number}", quantity=units, unit_price=Money.of(price, currency)
        )
        for number, (units, price) in enumerate(lines, 1)
    ]
    return Order(
        source="shopify",
        external_id="1",
        number="#1",
        placed_at=NOW,
        updated_at=NOW,
        total=Money.of(total, currency),
        shipping_paid=Money.of(shipping, currency),
        lines=tuple(made),
    )


@pytest.mark.requirement("OMS-55", "OMS-56")
def test_a_cancelled_line_is_given_back_and_shipping_is_not() -> None:
    done = cancelled(an_order((2, "10.00"), (1, "30.00"), total="57.00", shipping="7.00"), {2: 1}, {})
    assert (done.refund, done.new_total) == (Money.of("30.00", "USD"), Money.of("27.00", "USD"))
    assert not done.nothing_left


@pytest.mark.requirement("OMS-56")
def test_discounts_and_taxes_are_given_back_by_share() -> None:
    half_off = an_order((1, "10.00"), (1, "30.00"), total="25.00", shipping="5.00")
    assert cancelled(half_off, {1: 1}, {}).refund == Money.of("5.00", "USD")


@pytest.mark.requirement("OMS-56")
def test_where_nothing_is_left_everything_is_given_back_with_shipping() -> None:
    order = an_order((2, "10.00"), total="26.10", shipping="4.50")
    first = cancelled(order, {1: 1}, {})
    last = cancelled(order, {1: 1}, {1: 1})
    assert first.refund + last.refund == order.total
    assert last.nothing_left and last.new_total.minor == 0


def test_a_currency_without_minor_units_has_none_here() -> None:
    order = an_order((3, "100"), total="299", currency="JPY")
    assert cancelled(order, {1: 1}, {}).refund.amount in {Decimal(99), Decimal(100)}


@pytest.mark.parametrize(("units", "before"), [({1: 3}, {}), ({1: 1}, {1: 2}), ({9: 1}, {})])
def test_units_the_order_does_not_have_are_refused(units: dict[int, int], before: dict[int, int]) -> None:
    with pytest.raises(ValueError, match="not so many units"):
        cancelled(an_order((2, "10.00"), total="20.00"), units, before)


@given(
    quantities=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 9_999)), min_size=1, max_size=4),
    total=st.integers(0, 99_999),
    shipping=st.integers(0, 500),
)
def test_unit_by_unit_never_gives_back_more_or_less_than_the_total(
    quantities: list[tuple[int, int]], total: int, shipping: int
) -> None:
    lines = [(units, str(Decimal(minor) / 100)) for units, minor in quantities]
    order = an_order(*lines, total=str(Decimal(total) / 100), shipping=str(Decimal(min(shipping, total)) / 100))
    before: dict[int, int] = {}
    given_back = 0
    for line in order.lines:
        for _ in range(line.quantity):
            done = cancelled(order, {line.line_no: 1}, before)
            assert done.refund.minor >= 0
            given_back += done.refund.minor
            before[line.line_no] = before.get(line.line_no, 0) + 1
            assert done.new_total.minor == total - given_back
    assert given_back == total


@pytest.mark.requirement("OMS-29", "OMS-31")
@pytest.mark.parametrize("shops", list(BackorderMode))
def test_a_line_has_its_own_mode_or_a_preorders_or_the_shops(shops: BackorderMode) -> None:
    line = an_order((1, "1.00"), total="1.00").lines[0]
    assert mode_of(line, shops) is shops
    assert mode_of(line.model_copy(update={"attributes": {"preorder": "true"}}), shops) is BackorderMode.NOTIFY
    for own in BackorderMode:
        attributes = {"backorders": own.value, "preorder": "true"}
        assert mode_of(line.model_copy(update={"attributes": attributes}), shops) is own
