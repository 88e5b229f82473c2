"""The figures are those of the textbooks, and keep their promises on data that is made to test them."""

import random
import statistics
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.experiments.estimates import (
    Sample,
    chi_square_tail,
    difference_of_means,
    difference_of_shares,
    mean_of,
    sample_ratio_p_value,
    share_of,
)

FAIR = (0.05, 0.05, 0.9)


def sample(figures: Iterable[int]) -> Sample:
    known = list(figures)
    return Sample(count=len(known), total=sum(known), squares=sum(one * one for one in known))


@given(st.lists(st.integers(0, 10**7), min_size=2, max_size=50))
def test_sums_of_squares_give_the_same_mean_and_variance(figures: list[int]) -> None:
    known = sample(figures)
    assert known.mean == pytest.approx(statistics.fmean(figures))
    assert known.variance_of_mean == pytest.approx(statistics.variance(figures) / len(figures))


def test_the_tail_of_the_chi_square_is_that_of_the_tables() -> None:
    """5 % and 0.1 % points as every table of the distribution prints them."""
    points = {(1, 3.841): 0.05, (2, 5.991): 0.05, (3, 7.815): 0.05, (4, 9.488): 0.05, (1, 10.828): 0.001}
    points |= {(2, 13.816): 0.001, (5, 20.515): 0.001}
    for (freedom, distance), probability in points.items():
        assert chi_square_tail(distance, freedom) == pytest.approx(probability, rel=0.002)
    assert chi_square_tail(0, 3) == 1


def test_the_interval_of_a_share_is_that_of_wilson() -> None:
    """10 of 100: 5.52 % to 17.44 %; 0 of 20: 0 to 16.11 % (Newcombe 1998, table I, method 3)."""
    tenth, none = share_of(10, 100), share_of(0, 20)
    assert tenth and none
    assert (tenth.low, tenth.high) == (pytest.approx(0.0552, abs=1e-4), pytest.approx(0.1744, abs=1e-4))
    assert (none.low, none.high) == (0, pytest.approx(0.1611, abs=1e-4))


def test_the_difference_of_shares_is_that_of_newcombe() -> None:
    """56/70 against 48/80: 0.2, from 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    found = difference_of_shares((56, 70), (48, 80))
    assert found
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=1e-4), pytest.approx(0.3339, abs=1e-4))


def test_too_few_figures_have_no_interval() -> None:
    assert mean_of(sample([5])) is None
    assert share_of(0, 0) is None
    assert difference_of_means(sample([1]), sample([1, 2])) is None


def test_the_interval_of_a_difference_covers_the_truth_as_often_as_it_says() -> None:
    by = random.Random(11)
    covered = 0
    for _ in range(600):
        one = sample(round(by.gauss(1200, 300)) for _ in range(60))
        other = sample(round(by.gauss(1000, 150)) for _ in range(90))
        found = difference_of_means(one, other)
        assert found
        covered += found.low <= 200 <= found.high
    assert 0.92 <= covered / 600 <= 0.98


@pytest.mark.requirement("OF-148")
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), orders=st.integers(10_000, 20_000))
def test_a_planted_sixty_to_forty_is_found(seed: int, orders: int) -> None:
    by = random.Random(seed)
    counts = by.choices(("a", "b", "active"), weights=(0.06, 0.04, 0.9), k=orders)
    split = [counts.count(arm) for arm in ("a", "b", "active")]
    assert sample_ratio_p_value(split, FAIR) < 0.001


def test_fair_splits_are_rarely_called_unfair() -> None:
    by = random.Random(5)
    alarms = 0
    for _ in range(1000):
        split = by.choices(("a", "b", "active"), weights=FAIR, k=500)
        alarms += sample_ratio_p_value([split.count(arm) for arm in ("a", "b", "active")], FAIR) < 0.001
    assert alarms <= 5
