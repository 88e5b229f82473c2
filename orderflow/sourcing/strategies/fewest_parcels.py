"""Fewest parcels; the lower cost breaks ties."""

from orderflow.sourcing.bid import Bid

SENTENCE = "fewest parcels"


def key(bid: Bid) -> tuple[object, ...]:
    """Parcels, then cost."""
    return (bid.parcels, bid.cost, bid.codes)
