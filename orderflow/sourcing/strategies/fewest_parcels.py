"""Fewest parcels; the lower cost breaks ties."""

from typing import Any

from orderflow.sourcing.bid import Bid

SENTENCE = "fewest parcels"


def key(bid: Bid) -> tuple[Any, ...]:
    """Parcels, then cost."""
    return (bid.parcels, bid.cost, bid.codes)
