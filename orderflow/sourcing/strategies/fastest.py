"""Earliest arrival of the last parcel; the lower cost breaks ties."""

from typing import Any

from orderflow.sourcing.bid import Bid

SENTENCE = "earliest arrival"
ALIASES = ("speed_optimized",)


def key(bid: Bid) -> tuple[Any, ...]:
    """Arrival, then cost."""
    return (bid.arrival, bid.cost, bid.codes)
