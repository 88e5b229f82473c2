"""The closest location with stock; the lower cost breaks ties and decides where no distance is known."""

from typing import Any

from orderflow.sourcing.bid import Bid

SENTENCE = "closest location with stock"
ALIASES = ("closest_with_stock",)


def key(bid: Bid) -> tuple[Any, ...]:
    """Kilometres, then cost; of several parcels the kilometres of all."""
    return (bid.distance_km, bid.cost, bid.codes)
