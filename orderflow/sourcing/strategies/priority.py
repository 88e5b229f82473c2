"""First in the shop's chain: the primary location, then the fallback chain, then everybody else by points."""

from typing import Any

from orderflow.sourcing.bid import Bid

SENTENCE = "first in the chain"


def key(bid: Bid) -> tuple[Any, ...]:
    """The place in the chain, then points; of several parcels the sum of places."""
    return (bid.chain_rank, -bid.points, bid.codes)
