"""One way to ship some units: from a single location, or from several together."""

from typing import NamedTuple

UNKNOWN = float("inf")


class Bid(NamedTuple):
    """What a strategy compares; a fact nobody knows is UNKNOWN and loses against every known one.

    Cost is in minor units, `arrival` the ordinal of the last parcel's day, `points` the weighted score (for several
    locations the mean by units), `chain_rank` the place in the fallback chain counted from 0.
    """

    parcels: int
    cost: float
    arrival: float
    distance_km: float
    points: float
    chain_rank: int
    codes: tuple[str, ...]
