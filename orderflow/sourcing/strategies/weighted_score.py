"""Most points; among ways that need several parcels the cheapest, with the points breaking ties."""

from typing import Any

from orderflow.sourcing.bid import Bid

SENTENCE = "most points"


def key(bid: Bid) -> tuple[Any, ...]:
    """Points for one parcel. Several parcels are compared by cost: each would lose the points for full stock."""
    if bid.parcels > 1:
        return (bid.cost, -bid.points, bid.codes)
    return (-bid.points, bid.cost, bid.codes)
