"""Most points; among ways that need several locations the cheapest, with the points breaking ties."""

from typing import Any

from orderflow.sourcing.bid import Bid

SENTENCE = "most points"


def key(bid: Bid) -> tuple[Any, ...]:
    """Points for one location. Several are compared by cost: each would lose the points for full stock."""
    if len(bid.codes) > 1:
        return (bid.cost, -bid.points, bid.codes)
    return (-bid.points, bid.cost, bid.codes)
