"""Earliest arrival of the last parcel; the lower cost breaks ties."""

from orderflow.sourcing.bid import Bid

SENTENCE = "earliest arrival"
ALIASES = ("speed_optimized",)


def key(bid: Bid) -> tuple[object, ...]:
    """Arrival, then cost."""
    return (bid.arrival, bid.cost, bid.codes)
