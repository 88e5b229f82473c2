"""One way to ship some units: from a single location, or from several together."""

from typing import NamedTuple

UNKNOWN = float("inf")


class Bid(NamedTuple):
    """What a strategy compares; a fact nobody knows is UNKNOWN and loses against every known one.

    Cost is in minor units, `arrival` the ordinal of the last parcel's day, `points` the weighted score (for several
    locations the mean by units), `chain_rank` the place in the fallback chain counted from 0, `later_cost` the bid
    prices of the units in minor units, 0 under a strategy that does not ask for them.
    """

    parcels: int
    cost: float
    arrival: float
    distance_km: float
    points: float
    chain_rank: int
    codes: tuple[str, ...]
    later_cost: float = 0.0
