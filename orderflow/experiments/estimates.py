"""Means, shares and their differences, each with the interval it lies in; and whether a split is what was asked for."""

import math
from collections.abc import Sequence
from statistics import NormalDist

from orderflow.value import Value

CONFIDENCE = 0.95


class Sample(Value):
    """Many figures by their number, their sum and the sum of their squares, in whole units."""

    count: int = 0
    total: int = 0
    squares: int = 0

    @property
    def mean(self) -> float:
        """The mean; 0 of no figures."""
        return self.total / self.count if self.count else 0.0

    @property
    def variance_of_mean(self) -> float:
        """The variance of the mean (the sample's by the number less one, divided by the number)."""
        if self.count < 2:
            return 0.0
        spread = max(0, self.squares * self.count - self.total**2)  # whole numbers: nothing is lost by cancelling
        return spread / self.count / (self.count - 1) / self.count


class Estimate(Value):
    """A figure and the interval it lies in with the confidence asked for."""

    value: float
    low: float
    high: float

    def scaled(self, factor: float) -> "Estimate":
        """The same estimate in another unit."""
        return Estimate(value=self.value * factor, low=self.low * factor, high=self.high * factor)


def mean_of(sample: Sample, confidence: float = CONFIDENCE) -> Estimate | None:
    """The mean, by the normal approximation, good from about thirty figures on; None of fewer than two."""
    if sample.count < 2:
        return None
    reach = _quantile(confidence) * math.sqrt(sample.variance_of_mean)
    return Estimate(value=sample.mean, low=sample.mean - reach, high=sample.mean + reach)


def difference_of_means(one: Sample, other: Sample, confidence: float = CONFIDENCE) -> Estimate | None:
    """How much more the one's mean is, variances not taken to be equal (Welch 1947); None of fewer than two figures."""
    if min(one.count, other.count) < 2:
        return None
    reach = _quantile(confidence) * math.sqrt(one.variance_of_mean + other.variance_of_mean)
    value = one.mean - other.mean
    return Estimate(value=value, low=value - reach, high=value + reach)


def share_of(hits: int, count: int, confidence: float = CONFIDENCE) -> Estimate | None:
    """The share with Wilson's score interval (Wilson 1927), right for few hits too; None of nothing."""
    if count == 0:
        return None
    z = _quantile(confidence)
    share, weight = hits / count, 1 + z**2 / count
    middle = (share + z**2 / (2 * count)) / weight
    reach = z / weight * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return Estimate(value=share, low=max(0.0, middle - reach), high=min(1.0, middle + reach))


def difference_of_shares(
    one: tuple[int, int], other: tuple[int, int], confidence: float = CONFIDENCE
) -> Estimate | None:
    """How much more the one's share is, (hits, count) each, from both score intervals (Newcombe 1998, method 10)."""
    first, second = share_of(*one, confidence), share_of(*other, confidence)
    if first is None or second is None:
        return None
    value = first.value - second.value
    below = math.hypot(first.value - first.low, second.high - second.value)
    above = math.hypot(first.high - first.value, second.value - second.low)
    return Estimate(value=value, low=value - below, high=value + above)


def sample_ratio_p_value(counts: Sequence[int], shares: Sequence[float]) -> float:
    """How likely counts at least so far from their shares are by chance (Pearson's chi-square); 1 of nothing."""
    total = sum(counts)
    if total == 0:
        return 1.0
    wanted = [total * share for share in shares]
    distance = sum((count - want) ** 2 / want for count, want in zip(counts, wanted, strict=True))
    return chi_square_tail(distance, len(counts) - 1)


def chi_square_tail(distance: float, freedom: int) -> float:
    """The probability of a chi-square above `distance` (Abramowitz and Stegun 26.4.4 and 26.4.5)."""
    half = distance / 2
    tail = math.exp(-half) if freedom % 2 == 0 else math.erfc(math.sqrt(half))
    for degrees in range(2 - freedom % 2, freedom, 2):
        tail += math.exp(degrees / 2 * math.log(half) - half - math.lgamma(degrees / 2 + 1)) if half else 0.0
    return tail


def _quantile(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2)
