"""Amounts of one currency: exact, rounded half up, stored as whole minor units."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.money import CurrencyMismatchError, Money, minor_digits

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])
minors = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [("0.005", "USD", "0.01"), ("-0.005", "USD", "-0.01"), ("2.5", "JPY", "3"), ("1.2345", "KWD", "1.235")],
)
def test_amounts_are_rounded_half_up_to_the_minor_unit_of_their_currency(amount, currency, rounded):
    assert Money.of(amount, currency).amount == Decimal(rounded)


@pytest.mark.parametrize(
    ("currency", "minor", "written"),
    [("USD", 245000, "$2,450.00"), ("EUR", 815, "EUR 8.15"), ("JPY", 500, "JPY 500"), ("KWD", 1500, "KWD 1.500")],
)
def test_money_is_written_with_its_currency_and_its_digits(currency, minor, written):
    assert str(Money.from_minor(minor, currency)) == written


@given(minors, CURRENCIES)
def test_what_is_stored_in_minor_units_comes_back_exactly(minor, currency):
    assert Money.from_minor(minor, currency).minor == minor


@given(minors, minors, CURRENCIES)
def test_adding_and_taking_away_are_exact(one, other, currency):
    total = Money.from_minor(one, currency) + Money.from_minor(other, currency)
    assert total.minor == one + other
    assert total - Money.from_minor(other, currency) == Money.from_minor(one, currency)


@given(minors, minors, CURRENCIES)
def test_amounts_compare_as_their_minor_units(one, other, currency):
    assert (Money.from_minor(one, currency) < Money.from_minor(other, currency)) == (one < other)
    assert (Money.from_minor(one, currency) <= Money.from_minor(other, currency)) == (one <= other)


@given(st.integers(0, 10**6), st.integers(0, 1000), CURRENCIES)
def test_a_price_times_a_quantity_is_the_sum_of_that_many(minor, quantity, currency):
    assert (Money.from_minor(minor, currency) * quantity).minor == minor * quantity


def test_a_share_of_an_amount_is_rounded_half_up():
    assert Money.of("0.05", "USD") * Decimal("0.5") == Money.of("0.03", "USD")


@pytest.mark.parametrize("mix", ["__add__", "__sub__", "__lt__", "__le__"])
def test_two_currencies_are_never_mixed(mix):
    with pytest.raises(CurrencyMismatchError, match="USD and EUR"):
        getattr(Money.of(1, "USD"), mix)(Money.of(1, "EUR"))


@pytest.mark.parametrize("currency", ["usd", "US", "DOLLAR", ""])
def test_a_currency_is_three_capital_letters(currency):
    with pytest.raises(ValueError, match="currency"):
        Money(amount=Decimal(1), currency=currency)


def test_currencies_without_hundredths_are_known():
    assert [minor_digits(code) for code in ("USD", "JPY", "KRW", "KWD", "TND")] == [2, 0, 0, 3, 3]
    assert Money.zero("JPY").minor == 0
