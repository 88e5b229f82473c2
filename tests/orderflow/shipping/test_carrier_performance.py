"""The record of a carrier: shrunk for small samples, and reckoned into what its rates cost."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.configuration import ConfigurationError, load_configuration
from orderflow.money import Money
from orderflow.shipping.performance import CarrierRecord, Performance, PerformanceWeights, shrunk
from orderflow.shipping.rate import Rate, ShippingSpeed
from orderflow.shipping.rate_choice import Selection, carrier_of_quarter, choose_rate

COUNTS = st.integers(0, 10_000)


def rate(carrier: str, cost: str, days: int = 3, **changes: object) -> Rate:
    known = {"provider": "shippo", "carrier": carrier, "service": "ground", "speed": ShippingSpeed.STANDARD}
    return Rate(**known | {"cost": Money.of(cost, "USD"), "days": days} | changes)


CHEAP, SURE = rate("speedy", "10.00"), rate("steady", "11.00")


def by_record(*records: CarrierRecord, **weights: object) -> Selection:
    return Selection("performance", performance=Performance(records, PerformanceWeights(**weights)))


def record(carrier: str, **counts: int) -> CarrierRecord:
    return CarrierRecord(carrier=carrier, **counts)


@pytest.mark.requirement("OF-143", "OF-54")
def test_a_carrier_that_is_often_late_loses_to_a_dearer_one_that_is_not() -> None:
    late = record("speedy", due=400, late=120), record("steady", due=400, late=4)
    choice = choose_rate([CHEAP, SURE], selection=by_record(*late))
    assert choice.rate == SURE
    assert choice.reason.startswith("lowest cost by its record (98 % on time after 400 parcels): steady ground")
    even = record("speedy", due=400, late=4), record("steady", due=400, late=4)
    assert choose_rate([CHEAP, SURE], selection=by_record(*even)).rate == CHEAP


@pytest.mark.requirement("OF-143")
@pytest.mark.parametrize(
    "counts", [{"labelled": 400, "claims": 40}, {"tries": 400, "failures": 300}], ids=["claims", "labels"]
)
def test_claims_and_failed_labels_count_too(counts: dict[str, int]) -> None:
    clean = {name: 0 if name in {"claims", "failures"} else count for name, count in counts.items()}
    bad = record("speedy", **counts), record("steady", **clean)
    assert choose_rate([CHEAP, SURE], selection=by_record(*bad)).rate == SURE
    none = {"claim_weight": 0, "failure_weight": 0}
    assert choose_rate([CHEAP, SURE], selection=by_record(*bad, **none)).rate == CHEAP


@pytest.mark.requirement("OF-143")
def test_one_late_parcel_out_of_one_does_not_condemn_a_carrier() -> None:
    few = record("speedy", due=1, late=1), record("steady", due=1000, late=30)
    assert choose_rate([CHEAP, SURE], selection=by_record(*few)).rate == CHEAP


def test_the_figures_of_the_formula() -> None:
    performance = Performance([record("a", due=10, late=5), record("b", due=90, late=5)])
    assert performance.of("A").late == (5 + 20 * Decimal("0.1")) / 30
    assert performance.of("nobody measured").late == Decimal("0.1"), "an average carrier"
    assert performance.expected_cost(rate("b", "10.00")) == 10 * (1 + (5 + 20 * Decimal("0.1")) / 110)


def test_without_any_record_the_choice_is_that_of_the_cost() -> None:
    assert choose_rate([SURE, CHEAP], selection=by_record()).rate == CHEAP


@given(bad=COUNTS, good=COUNTS, pooled=st.decimals(0, 1, places=3), prior=st.integers(1, 100))
def test_a_shrunk_share_lies_between_the_carriers_own_and_everybodys(
    bad: int, good: int, pooled: Decimal, prior: int
) -> None:
    count = bad + good
    own = Decimal(bad) / count if count else pooled
    share = shrunk(bad, count, pooled, prior)
    tiny = Decimal("1e-12")
    assert min(own, pooled) - tiny <= share <= max(own, pooled) + tiny


@given(st.integers(1, 50), st.integers(1, 50))
def test_the_more_parcels_the_closer_to_the_carriers_own_share(parcels: int, more: int) -> None:
    few, many = (shrunk(count, count, Decimal(0), 20) for count in (parcels, parcels + more))
    assert few < many < 1


@pytest.mark.requirement("OF-143")
def test_carriers_follow_each_other_quarter_by_quarter_and_the_choice_says_so() -> None:
    carriers = ("steady", "speedy")
    turns = [carrier_of_quarter(carriers, date(2026, month, 1)) for month in (1, 3, 4, 7, 10, 12)]
    assert turns == ["steady", "steady", "speedy", "steady", "speedy", "speedy"]
    assert carrier_of_quarter(carriers, date(2027, 1, 1)) == "steady"
    choice = choose_rate([CHEAP, SURE], selection=Selection("rotation", turn="steady"))
    assert (choice.rate, choice.reason.startswith("carrier of this quarter steady")) == (SURE, True)
    assert choose_rate([CHEAP, SURE], selection=Selection("rotation", turn="speedy")).rate == CHEAP


def test_a_carrier_whose_turn_it_is_must_still_be_fast_enough_and_yields_to_a_wish() -> None:
    slow = rate("steady", "4.00", days=9)
    turn = Selection("rotation", turn="steady")
    assert choose_rate([CHEAP, slow], selection=turn, within_days=3).rate == CHEAP
    wished = choose_rate([CHEAP, SURE], selection=turn, preferred_carrier="speedy")
    assert (wished.rate, wished.reason.startswith("preferred carrier speedy")) == (CHEAP, True)


@pytest.mark.requirement("OF-140")
def test_the_market_is_the_mean_of_what_would_have_done_as_well() -> None:
    too_slow, foreign = rate("snail", "1.00", days=20), rate("abroad", "11.50")
    foreign = foreign.model_copy(update={"cost": Money.of("11.50", "EUR")})
    choice = choose_rate([CHEAP, SURE, too_slow, foreign], selection=Selection(currency="USD"), within_days=5)
    assert (choice.market, choice.offers) == (Money.of("10.50", "USD"), 2)
    assert choose_rate([CHEAP]).market == CHEAP.cost
    assert choose_rate([]).market is None


@pytest.mark.requirement("OF-143")
def test_the_configuration_offers_both_ways_and_a_rotation_needs_its_carriers() -> None:
    loaded, _ = load_configuration(
        {"fulfillment": {"carrier_selection": "performance", "carrier_performance": {"late_weight": 2}}}
    )
    assert loaded.fulfillment.carrier_performance.late_weight == 2
    rotating = {"carrier_selection": "rotation", "carrier_rotation": ["ups", "usps"]}
    assert load_configuration({"fulfillment": rotating})[0].fulfillment.carrier_rotation == ("ups", "usps")
    with pytest.raises(ConfigurationError, match="needs the carriers that follow each other"):
        load_configuration({"fulfillment": {"carrier_selection": "rotation"}})
