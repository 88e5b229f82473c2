"""A rate card says what a parcel costs, by formula or by table, and refuses to be half filled in."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from orderflow.address import Address
from orderflow.money import Money
from orderflow.shipping.rate import ShippingSpeed, speed_of
from orderflow.shipping.rate_card import RateCard, ServiceRates, Zone

HOME = Address(country="US", latitude=34.0, longitude=-118.2)
NEAR = Address(country="US", latitude=34.1, longitude=-118.3)
FAR = Address(country="US", latitude=40.7, longitude=-74.0)
ABROAD = Address(country="GB", latitude=51.5, longitude=-0.1)

BY_FORMULA = ServiceRates(
    carrier="ups",
    service="Ground",
    speed=ShippingSpeed.STANDARD,
    days=(1, 5),
    step_grams=500,
    base=(Decimal(5), Decimal(9)),
    per_step=(Decimal(1), Decimal(2)),
)
BY_TABLE = ServiceRates(
    carrier="ups",
    service="Table",
    speed=ShippingSpeed.STANDARD,
    days=(1, 5),
    max_grams=1000,
    up_to_grams=(500, 1000),
    prices=((Decimal("4.5"), Decimal("8.5")), (Decimal("6.25"), Decimal("12"))),
)
ZONES = (Zone(to_km=100, name="near"), Zone(to_km=20_000, name="far"))


def card(*services: ServiceRates) -> RateCard:
    return RateCard(currency="USD", zones=ZONES, services=services)


@pytest.mark.parametrize(
    ("grams", "near", "far"), [(1, "5", "9"), (500, "5", "9"), (501, "6", "11"), (1500, "7", "13")]
)
def test_a_formula_counts_every_weight_step_begun(grams: int, near: str, far: str) -> None:
    assert [BY_FORMULA.price(zone, grams) for zone in (0, 1)] == [Decimal(near), Decimal(far)]


@pytest.mark.parametrize(("grams", "near"), [(1, "4.5"), (500, "4.5"), (501, "6.25"), (1000, "6.25")])
def test_a_table_takes_the_first_weight_the_parcel_does_not_exceed(grams: int, near: str) -> None:
    assert BY_TABLE.price(0, grams) == Decimal(near)


def test_a_service_that_does_not_take_the_weight_makes_no_offer() -> None:
    offers = card(BY_TABLE, BY_FORMULA).rates(HOME, NEAR, 1001)
    assert [(offer.service, offer.cost) for offer in offers] == [("Ground", Money.of(7, "USD"))]


def test_offers_are_those_for_at_home_or_for_abroad() -> None:
    air = BY_FORMULA.model_copy(update={"service": "Air", "international": True})
    both = card(BY_FORMULA, air)
    assert [offer.service for offer in both.rates(HOME, FAR, 100)] == ["Ground"]
    assert [offer.service for offer in both.rates(HOME, ABROAD, 100)] == ["Air"]


def test_an_address_nobody_can_place_is_in_the_farthest_zone() -> None:
    nowhere = Address(country="US")
    assert card(BY_FORMULA).rates(HOME, nowhere, 100) == card(BY_FORMULA).rates(HOME, FAR, 100)


@given(st.integers(1, 1000), st.integers(1, 1000), st.sampled_from([BY_FORMULA, BY_TABLE]))
def test_a_heavier_parcel_never_costs_less(grams: int, more: int, service: ServiceRates) -> None:
    lighter, heavier = sorted((grams, more))
    assert service.price(0, lighter) <= service.price(0, heavier) <= service.price(1, heavier)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"up_to_grams": (500,)}, "needs its row of prices"),
        ({"up_to_grams": (1000, 500)}, "must rise"),
        ({"max_grams": 2000}, "ends before max_grams"),
        ({"prices": ((Decimal(1),), (Decimal(2),))}, "one figure for each of the zones"),
        ({"days": (1,)}, "one figure for each of the zones"),
    ],
)
def test_a_card_with_a_hole_is_refused_in_words(wrong: dict, words: str) -> None:
    document = BY_TABLE.model_dump() | wrong
    with pytest.raises(ValidationError, match=words):
        RateCard.model_validate({"currency": "USD", "zones": ZONES, "services": [document]})


@pytest.mark.parametrize(
    ("days", "speed"),
    [
        (1, ShippingSpeed.OVERNIGHT),
        (2, ShippingSpeed.EXPEDITED),
        (3, ShippingSpeed.STANDARD),
        (5, ShippingSpeed.STANDARD),
        (6, ShippingSpeed.ECONOMY),
    ],
)
def test_days_in_transit_amount_to_a_service_level(days: int, speed: ShippingSpeed) -> None:
    assert speed_of(days) is speed
