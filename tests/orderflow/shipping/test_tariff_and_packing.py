"""The rates sourcing reckons with are those of the card, and heavy shipments are packed into several parcels."""

from hypothesis import given
from hypothesis import strategies as st
from routing_values import ABROAD, BOSTON, EAST, EXPRESS, GROUND, card

from orderflow.shipping.packing import packed, parcel_of
from orderflow.shipping.rate import ShippingSpeed
from orderflow.shipping.rate_choice import ServiceWish, choose_rate
from orderflow.shipping.tariff import REMEMBERED_WEIGHTS, tariff_into

CARD = card(GROUND, EXPRESS, ABROAD)
ODD_CENTS = GROUND.model_copy(update={"base": tuple(price / 3 for price in GROUND.base)})


@given(st.integers(1, 40_000), st.sampled_from(ShippingSpeed), st.sampled_from(["", "usps", "ups"]))
def test_the_tariff_and_the_choice_among_the_cards_rates_agree(grams, speed, carrier):
    for rates in (CARD, card(ODD_CENTS, EXPRESS)):
        zone = rates.zone_of(EAST.address, BOSTON)
        quote = tariff_into(rates, zone, ServiceWish(speed, None, carrier), abroad=False).quote(grams)
        offers = rates.rates(EAST.address, BOSTON, grams)
        rate = choose_rate(offers, speed=speed, preferred_carrier=carrier).rate
        assert (quote.minor, quote.days, quote.carrier) == (rate.cost.minor, rate.days, rate.carrier) if rate else True
        assert (quote is None) == (rate is None)


def test_orders_of_one_zone_and_wish_share_a_tariff_and_other_cards_do_not():
    wish = ServiceWish()
    assert tariff_into(CARD, 0, wish, abroad=False) is tariff_into(CARD, 0, ServiceWish(), abroad=False)
    twin = card(GROUND, EXPRESS, ABROAD)
    assert twin == CARD
    assert tariff_into(twin, 0, wish, abroad=False) is not tariff_into(CARD, 0, wish, abroad=False)


def test_a_tariff_forgets_rather_than_growing_for_ever():
    tariff = tariff_into(CARD, 1, ServiceWish(), abroad=False)
    for grams in range(1, 3 * REMEMBERED_WEIGHTS):
        assert tariff.quote(grams) is not None
    assert tariff.quote(500).minor == 800


def test_abroad_only_services_that_go_abroad_are_offered():
    assert tariff_into(CARD, 0, ServiceWish(), abroad=True).quote(500).carrier == "dhl"


def test_what_fits_goes_into_one_parcel():
    assert packed((500, 200), {0: 2, 1: 5}, 2000) == [{0: 2, 1: 5}]
    assert packed((500,), {0: 99}, 0) == [{0: 99}]
    assert parcel_of(1500).weight_grams == 1500


def test_a_parcel_is_filled_to_the_last_gram():
    assert packed((500,), {0: 4}, 1000) == [{0: 2}, {0: 2}]
    assert packed((500, 500), {0: 1, 1: 1}, 1000) == [{0: 1, 1: 1}]


def test_a_unit_too_heavy_for_every_service_travels_alone():
    assert packed((100, 5000, 100), {0: 1, 1: 1, 2: 1}, 1000) == [{0: 1}, {1: 1}, {2: 1}]


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(1, 9)), min_size=1, max_size=5), st.integers(900, 3000))
def test_packing_loses_no_unit_and_keeps_every_parcel_below_the_limit(contents, heaviest):
    grams, units = zip(*contents, strict=True)
    parcels = packed(grams, dict(enumerate(units)), heaviest)
    for index, count in enumerate(units):
        assert sum(parcel.get(index, 0) for parcel in parcels) == count
    assert all(sum(grams[i] * n for i, n in parcel.items()) <= heaviest for parcel in parcels)
    assert all(parcels)
