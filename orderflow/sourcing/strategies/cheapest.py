"""Lowest shipping cost; the earlier arrival breaks ties."""

from typing import Any

from orderflow.sourcing.bid import Bid

SENTENCE = "lowest shipping cost"
ALIASES = ("cost_optimized",)


def key(bid: Bid) -> tuple[Any, ...]:
    """Cost, then arrival."""
    return (bid.cost, bid.arrival, bid.codes)
