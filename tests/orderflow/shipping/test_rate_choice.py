"""Which carrier's rate is taken: weight, destination, speed, cost and preference, one varied at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing_values import BOSTON, EAST, GROUND, SAN_DIEGO, WEST, card, service

from orderflow.money import Money
from orderflow.shipping.rate import Rate, ShippingSpeed
from orderflow.shipping.rate_choice import SELECTIONS, Selection, choose_rate


def rate(carrier: str, cost: str, days: int, speed: str = "standard") -> Rate:
    return Rate(provider="shippo", carrier=carrier, service=speed, speed=speed, cost=Money.of(cost, "USD"), days=days)


CHEAP, QUICK, BEST = (
    rate("usps", "5.00", 4),
    rate("ups", "15.00", 2, "expedited"),
    rate("fedex", "40.00", 1, "overnight"),
)
OFFERS = (QUICK, BEST, CHEAP)

LIGHT_ONLY = service("usps", ShippingSpeed.STANDARD, ("5", "5", "5"), (3, 3, 3), max_grams=1000)
ANY_WEIGHT = service("ups", ShippingSpeed.STANDARD, ("9", "9", "9"), (3, 3, 3))
NEARBY = service("ontrac", ShippingSpeed.STANDARD, ("3", "20", "20"), (2, 5, 5))


@pytest.mark.requirement("OF-54")
def test_only_the_weight_changes_and_another_carrier_is_chosen():
    rates = card(LIGHT_ONLY, ANY_WEIGHT)
    light = choose_rate(rates.rates(EAST.address, BOSTON, 900)).rate
    heavy = choose_rate(rates.rates(EAST.address, BOSTON, 1100)).rate
    assert (light.carrier, heavy.carrier) == ("usps", "ups")


@pytest.mark.requirement("OF-54")
def test_only_the_destination_changes_and_another_carrier_is_chosen():
    rates = card(NEARBY, ANY_WEIGHT)
    near = choose_rate(rates.rates(EAST.address, BOSTON, 500)).rate
    far = choose_rate(rates.rates(EAST.address, SAN_DIEGO, 500)).rate
    assert (near.carrier, far.carrier) == ("ontrac", "ups")


@pytest.mark.requirement("OF-54")
def test_only_the_asked_speed_changes_and_another_carrier_is_chosen():
    chosen = {speed: choose_rate(OFFERS, speed=speed).rate.carrier for speed in ShippingSpeed}
    assert chosen == {"economy": "usps", "standard": "usps", "expedited": "ups", "overnight": "fedex"}


@pytest.mark.requirement("OF-54")
def test_only_the_cost_changes_and_another_carrier_is_chosen():
    cheaper = QUICK.model_copy(update={"cost": Money.of("4.99", "USD")})
    assert choose_rate(OFFERS).rate is CHEAP
    assert choose_rate((CHEAP, cheaper, BEST)).rate is cheaper


def test_speed_optimised_takes_the_fewest_days_and_then_the_lowest_cost():
    dearer = rate("dhl", "41.00", 1, "overnight")
    assert choose_rate((*OFFERS, dearer), selection="speed_optimized").rate is BEST


def test_days_asked_for_count_instead_of_the_name_of_the_speed():
    nearby_ground = rate("usps", "6.00", 2)
    assert choose_rate((nearby_ground, QUICK, BEST), speed="expedited", within_days=2).rate is nearby_ground


def test_when_nothing_is_fast_enough_the_fastest_is_taken_and_the_reason_says_so():
    choice = choose_rate((CHEAP, QUICK), speed="overnight")
    assert choice.rate is QUICK
    assert choice.reason == "no rate is as fast as overnight; ups expedited for $15.00 in 2 days is the fastest"
    assert "as fast as 1 days" in choose_rate((CHEAP, QUICK), within_days=1).reason


@pytest.mark.requirement("OF-37")
@pytest.mark.parametrize("selection", SELECTIONS)
def test_a_preferred_carrier_is_honoured_under_every_selection(selection):
    choice = choose_rate(OFFERS, preferred_carrier="UPS", selection=selection)
    assert choice.rate is QUICK
    assert choice.reason.startswith("preferred carrier ups: ups expedited for $15.00")


def test_a_preferred_carrier_that_is_too_slow_is_passed_over_and_the_reason_says_so():
    choice = choose_rate(OFFERS, preferred_carrier="usps", speed="expedited")
    assert choice.rate is QUICK
    assert choice.reason.startswith("preferred carrier usps offers nothing suitable; lowest cost: ups")


def test_the_default_carrier_is_preferred_only_where_the_selection_says_so_and_breaks_ties():
    assert choose_rate(OFFERS, selection="preferred", default_carrier="fedex").rate is BEST
    assert choose_rate(OFFERS, default_carrier="fedex").rate is CHEAP
    twin = rate("fedex", "5.00", 4)
    assert choose_rate((CHEAP, twin)).rate is twin, "alphabetical without a default"
    assert choose_rate((twin, CHEAP), default_carrier="usps").rate is CHEAP


def test_the_runner_up_is_told_with_its_price():
    choice = choose_rate(OFFERS)
    assert choice.runner_up is QUICK
    assert choice.reason == (
        "lowest cost: usps standard for $5.00 in 4 days, against ups expedited for $15.00 in 2 days"
    )


def test_no_rate_at_all_is_an_answer_and_no_error():
    choice = choose_rate(())
    assert (choice.rate, choice.runner_up) == (None, None)
    assert choice.reason == "no carrier offers a rate for this parcel"


IN_YEN = Rate(provider="p", carrier="dhl", service="s", cost=Money.of(3, "JPY"), days=1)
IN_EUROS = Rate(provider="p", carrier="dpd", service="s", cost=Money.of(4, "EUR"), days=1)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_a_smaller_number_of_another_currency_does_not_win_and_the_reason_says_so(selection):
    shop = Selection(selection, currency="USD")
    choice = choose_rate((IN_YEN, *OFFERS, IN_EUROS), selection=shop, preferred_carrier="dhl")
    alone = choose_rate(OFFERS, selection=shop, preferred_carrier="dhl")
    assert (choice.rate, choice.runner_up, choice.market) == (alone.rate, alone.runner_up, alone.market)
    told = "; rates in other currencies cannot be compared and are left out: 1 in EUR and 1 in JPY"
    assert choice.reason == alone.reason + told


def test_rates_of_one_foreign_currency_are_compared_among_themselves():
    dearer = IN_YEN.model_copy(update={"cost": Money.of(9, "JPY")})
    assert choose_rate((dearer, IN_YEN), selection=Selection(currency="USD")).rate is IN_YEN


def test_rates_of_several_foreign_currencies_are_nobodys_to_choose():
    choice = choose_rate((IN_YEN, IN_EUROS), selection=Selection(currency="USD"))
    assert choice.rate is None
    assert choice.reason == "the rates cannot be compared, they are in several currencies: 1 in EUR and 1 in JPY"


def test_an_unknown_selection_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="cost_optimized, speed_optimized, preferred"):
        choose_rate(OFFERS, selection="luckiest")


def test_the_rate_card_asks_by_zone_and_weight_from_each_location():
    assert [r.cost.amount for r in card(GROUND).rates(WEST.address, SAN_DIEGO, 1200)] == [6]


rates = st.builds(rate, st.sampled_from(["usps", "ups"]), st.sampled_from(["5", "6", "7"]), st.integers(1, 5))


@given(st.lists(rates, min_size=1, max_size=6).flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_order_of_the_offers_does_not_matter(both):
    one, other = both
    assert choose_rate(one) == choose_rate(other)
