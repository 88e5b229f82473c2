"""Lowest cost of all orders together: shipping cost plus what the units taken are worth to later orders."""

from typing import Any

from orderflow.sourcing.bid import Bid

SENTENCE = "lowest cost, this order's and later ones'"
ALIASES = ("exact_bid_price",)
PRICES_UNITS = True


def key(bid: Bid) -> tuple[Any, ...]:
    """Shipping cost and bid prices together, then arrival; see sourcing/bid_price.py for the price of a unit."""
    return (round(bid.cost + bid.later_cost, 2), bid.arrival, bid.codes)
