"""Lowest shipping cost; the earlier arrival breaks ties."""

from orderflow.sourcing.bid import Bid

SENTENCE = "lowest shipping cost"
ALIASES = ("cost_optimized",)


def key(bid: Bid) -> tuple[object, ...]:
    """Cost, then arrival."""
    return (bid.cost, bid.arrival, bid.codes)
