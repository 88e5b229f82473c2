"""The bid price of a unit: what later orders lose on average when it is taken away now.

    bid price = P(Poisson(outlook.units) ≥ available) × outlook.detour_minor

The first factor is the chance that every unit here will be wanted by an order that would rather ship from here, the
second what such an order pays for going to its second-best location instead. It stands for the dual value of the
stock in a transportation problem over all orders until the replenishment (Acimovic and Graves, "Making Better
Fulfillment Decisions on the Fly in an Online Retail Environment", 2015), without solving one.
"""

from functools import lru_cache
from math import exp, lgamma, log, sqrt

from orderflow.inventory import StockLevel

SURE_DEVIATIONS = 8  # so many standard deviations away from the mean the answer is 0 or 1 for all practical purposes


def bid_price(level: StockLevel | None) -> float:
    """The bid price of one unit of this level, in minor units with two decimals; 0 where no outlook is known."""
    if level is None or level.outlook is None:
        return 0.0
    return round(at_least(level.outlook.units, level.available) * level.outlook.detour_minor, 2)


@lru_cache(maxsize=65_536)
def at_least(mean: float, count: int) -> float:
    """P(X ≥ count) for X of the Poisson distribution with this mean.

    To nine digits, so that rounding never lets it rise with the count.
    """
    if count <= 0:
        return 1.0
    if mean <= 0 or count > mean + SURE_DEVIATIONS * sqrt(mean) + SURE_DEVIATIONS:
        return 0.0
    if count < mean - SURE_DEVIATIONS * sqrt(mean):
        return 1.0
    term = exp(count * log(mean) - mean - lgamma(count + 1))
    total, further = term, count
    while term > total * 1e-12:
        further += 1
        term *= mean / further
        total += term
    return min(1.0, round(total, 9))
